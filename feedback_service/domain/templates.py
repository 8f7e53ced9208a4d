"""Answers to reviews without words, chosen from the supplier's texts or from ours, without a model."""

from __future__ import annotations

import hashlib
import re

from feedback_service.domain.feedback import Review
from feedback_service.domain.length import TextLimit
from feedback_service.domain.supplier import Template, Voice

NAME_SLOT = re.compile(r"\{\s*(?:name|имя)\s*\}", re.IGNORECASE)
LEADING_NAME_SLOT = re.compile(rf"(^|(?<=[.!?]\s)){NAME_SLOT.pattern}\s*[,!—-]?\s*", re.IGNORECASE)
INNER_NAME_SLOT = re.compile(rf"\s*,?\s*{NAME_SLOT.pattern}", re.IGNORECASE)
PLAUSIBLE_NAME = re.compile(r"[а-яё]{3,14}(?:-[а-яё]{3,14})?|ия|ян", re.IGNORECASE)
SAME_LETTER_THRICE = re.compile(r"(.)\1\1", re.IGNORECASE)
VOWELS = frozenset("аеёиоуыэюя")
NOT_NAMES = re.compile(
    r"аноним|анонимно|анонимный|анонимная|анонимус|без|вайлдберриз|валдберис|вб|гость|гостья|девушка|дама|женщина"
    r"|заказчик|имя|имени|клиент|клиентка|мама|менеджер|мужчина|неизвестно|неизвестный|никто|озон|ооо|отзыв|папа"
    r"|пользователь|покупатель|покупательница|скрыто|скрыт|тест|товар|участник|хозяйка|человек|яндекс",
    re.IGNORECASE,
)
"""First words that stand in an author field instead of a first name."""

DEFAULTS = (
    Template(
        stars=frozenset({5}),
        texts=(
            "Здравствуйте, {name}! Спасибо за высокую оценку. Пусть покупка радует долго!",
            "{name}, благодарим за пять звёзд! Нам очень приятно, что вы остались довольны.",
            "Спасибо за вашу оценку! Рады, что всё понравилось. Будем ждать вас снова.",
            "Добрый день, {name}! Пять звёзд от вас для нас лучшая награда. Хорошего вам настроения!",
            "Здравствуйте! Благодарим, что нашли минутку и поставили оценку. Приятного пользования!",
            "{name}, большое спасибо! Такая оценка очень поддерживает всю нашу команду.",
            "Как приятно видеть пять звёзд! Спасибо, что выбрали нас, и до новых встреч.",
            "Добрый день! От души благодарим за отличную оценку и за ваш выбор.",
        ),
    ),
    Template(
        stars=frozenset({4}),
        texts=(
            "Здравствуйте, {name}! Спасибо за хорошую оценку. Будем стараться дотянуться и до пятой звезды.",
            "{name}, благодарим за оценку! Если есть что улучшить, напишите, нам это важно.",
            "Спасибо за четыре звезды! Рады, что в целом покупка вам подошла.",
            "Добрый день, {name}! Благодарим за ваш выбор. Нам интересно, чего не хватило до пятёрки.",
            "Здравствуйте! Спасибо, что оценили товар. Пусть он служит вам долго.",
            "Благодарим за хорошую оценку! Мы продолжаем работать, чтобы становиться лучше.",
            "{name}, спасибо, что поделились впечатлением! Надеемся порадовать вас ещё не раз.",
        ),
    ),
    Template(
        stars=frozenset({0, 3}),
        texts=(
            "Здравствуйте, {name}! Спасибо за оценку. Расскажите, пожалуйста, что нам стоит исправить.",
            "{name}, благодарим, что оценили покупку! Будем признательны, если напишете, чего вам не хватило.",
            "Спасибо за вашу оценку! Нам важно понять, что можно сделать лучше: дополните отзыв, если будет минутка.",
            "Добрый день, {name}! Видим, что впечатление вышло средним. Поделитесь подробностями, мы их учтём.",
            "Здравствуйте! Благодарим за отклик. Хотим, чтобы в следующий раз вам понравилось больше.",
            "Благодарим за честную оценку! Постараемся стать лучше, а ваши замечания нам в этом помогут.",
            "{name}, спасибо за отклик! Жаль, что покупка порадовала не во всём. Напишите, что именно смутило.",
        ),
    ),
    Template(
        stars=frozenset({1, 2}),
        texts=(
            "Здравствуйте, {name}! Нам жаль, что покупка вас расстроила. Расскажите, пожалуйста, что произошло.",
            "{name}, сожалеем, что ожидания не оправдались. Дополните отзыв деталями, чтобы мы смогли разобраться.",
            "Жаль, что товар вас не порадовал. Напишите, пожалуйста, что именно не так: это поможет нам всё проверить.",
            "Добрый день, {name}! Нас огорчила эта оценка, хотим понять её причину. Поделитесь, пожалуйста, деталями.",
            "Здравствуйте! Спасибо за отклик, хотя нам и грустно видеть такую оценку. Что мы могли бы сделать лучше?",
            "Нам жаль, что впечатление осталось плохим. Опишите, пожалуйста, с чем вы столкнулись, мы всё прочтём.",
            "{name}, благодарим за честность. Нам важно понять, что подвело: качество, размер или доставка?",
        ),
    ),
)
"""Our own texts, in Russian, used where the supplier has none for the stars; 0 stands for "no rating"."""


def choose_template(voice: Voice, item: Review, limit: TextLimit) -> str:
    """A ready answer for a review that has only stars: the same item always gets the same text, neighbours differ.

    Texts that would not fit the limit are left aside; where none fits, the guard will say so of the one returned.
    The customer is named only by what looks like a first name, and no slot for it is ever left over.
    """
    name = first_name(item.author)
    texts = [signed(with_name(text, name), voice.signature) for text in texts_for(voice, item.rating)]
    fitting = [text for text in texts if limit.fits(text)] or texts
    digest = hashlib.sha256(item.item_id.encode("utf-8", "surrogatepass")).digest()
    return fitting[int.from_bytes(digest[:8], "big") % len(fitting)]


def texts_for(voice: Voice, rating: int) -> tuple[str, ...]:
    """The supplier's texts for these stars, else ours."""
    own = tuple(text for template in voice.templates if rating in template.stars for text in template.texts)
    if own:
        return own
    stars = min(max(rating, 0), 5)
    return next(template.texts for template in DEFAULTS if stars in template.stars)


def with_name(text: str, name: str) -> str:
    """The text with its name slots filled, or, without a name, mended as if they had never been there."""
    if name:
        return NAME_SLOT.sub(name, text)
    text = INNER_NAME_SLOT.sub("", LEADING_NAME_SLOT.sub("", text)).strip()
    return text[:1].upper() + text[1:]


def first_name(author: str) -> str:
    """The author's first name where the field plausibly begins with one (in Cyrillic), else an empty text."""
    word = author.strip().partition(" ")[0].strip(".,")
    plausible = (
        PLAUSIBLE_NAME.fullmatch(word)
        and not NOT_NAMES.fullmatch(word)
        and not SAME_LETTER_THRICE.search(word)
        and VOWELS & set(word.lower())
    )
    return "-".join(part.capitalize() for part in word.split("-")) if plausible else ""


def signed(text: str, signature: str) -> str:
    """The text with the signature at its end, added only where it is not in the text yet."""
    text, signature = text.strip(), signature.strip()
    if not signature or signature.casefold() in text.casefold():
        return text
    return f"{text}\n{signature}" if text else ""
