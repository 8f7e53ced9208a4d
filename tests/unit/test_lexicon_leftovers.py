"""What a writer forgot in the text, and texts that are none."""

from __future__ import annotations

import time

import pytest

from feedback_service.domain.templates import DEFAULTS, with_name
from feedback_service.lexicon.inspector import LONGEST_TEXT, Inspector

CLEAN = (
    "Здравствуйте, Наталья! Спасибо за подробный отзыв и высокую оценку. Рады, что чайник пришёлся вам по душе: "
    "объём 1,7 л, мощность 2200 Вт, нагрев за 3–4 минуты. Пусть служит долго!\nС уважением, команда «ЛЮКС» 🙂"
)


def rules(text: str) -> list[str]:
    return [finding.rule for finding in Inspector().inspect(text, ())]


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте, {name}!",
        "Здравствуйте, {{ имя }}!",
        "Здравствуйте, {}!",
        "Здравствуйте, [Имя]!",
        "Здравствуйте, [имя клиента]!",
        "Здравствуйте, <имя>!",
        "Здравствуйте, <b>Анна</b>!",
        "Здравствуйте, «ИМЯ»!",
        'Магазин "Название магазина" благодарит',
        "Здравствуйте, %s!",
        "Здравствуйте, %name%!",
        "Здравствуйте, %(name)s!",
        "Здравствуйте, $name!",
        "Здравствуйте, ${name}!",
        "Здравствуйте, XXX!",
        "Здравствуйте, ХХХ!",
        "Здравствуйте, ИМЯ!",
        "Здравствуйте, ____!",
        "Здравствуйте, (укажите имя)!",
        "Спасибо!\nС уважением, ваше имя",
    ],
)
def test_an_unfilled_placeholder_is_found(text: str) -> None:
    assert rules(text) == ["placeholder"]


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "Скидка 20% сегодня, цена < 100 и > 50",
        "Размер XXL и XXXL, 2XL",
        "Магазин «ЛЮКС» и бренд «Имярек»",
        "Мы любим вас <3",
        "Хлопок (100 %), полиэстер [5 %]",
        "Модель чайника удобна, как и описано",
        "Ваше имя нам знакомо, спасибо!",
        "Ответ на ваш вопрос: да, подходит",
        "Интеллект и стиль в одном",
    ],
)
def test_ordinary_texts_are_clean(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Как языковая модель, я не могу оценить товар",
        "Я являюсь искусственным интеллектом",
        "я — чат-бот магазина",
        "Я ИИ-помощник",
        "As an AI, I am glad",
        "As a large language model I cannot",
        "I'm sorry, but I can't help",
        "Конечно! Вот ответ: спасибо",
        "Вот вежливый ответ покупателю",
        "Вариант ответа: спасибо",
        "Ответ: спасибо",
        "Here is a polite reply you can use",
        "Системный промпт гласит",
        "Спросите у ChatGPT",
    ],
)
def test_a_model_that_speaks_of_itself_or_of_its_task_is_found(text: str) -> None:
    assert "model_talk" in rules(text)


@pytest.mark.parametrize("text", ["**Спасибо** за отзыв", "```спасибо```", "# Спасибо", "спасибо&nbsp;вам", "да\\nнет"])
def test_markup_is_found(text: str) -> None:
    assert rules(text) == ["markup"]


@pytest.mark.parametrize("text", ["", "  \n", "...", "🙂", "!!!", "5", "\u200b"])
def test_a_text_without_a_word_is_empty(text: str) -> None:
    assert rules(text) == ["empty"]


def test_a_text_longer_than_any_platform_takes_is_never_clean() -> None:
    assert rules("а" * (LONGEST_TEXT + 1)) == ["unreadable"]


def test_long_finds_are_quoted_short() -> None:
    finding = Inspector().inspect(f"Смотрите https://example.com/{'a' * 500}", ())[0]

    assert len(finding.excerpt) <= 81
    assert len(finding.explanation) < 120


@pytest.mark.parametrize(
    "unit", ["x-", "http:", "<a", "вот ", "№ ", "[", "{", "8 9", "+7 ", "@", "a@", "_", "я — ", "(at ", "а.ру ", "\x00"]
)
def test_no_text_makes_the_inspector_slow(unit: str) -> None:
    text = (unit * LONGEST_TEXT)[:LONGEST_TEXT]
    began = time.perf_counter()

    Inspector().inspect(text, ("возврат",))

    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("name", ["", "Наталья"])
def test_our_own_ready_answers_pass_the_inspector(name: str) -> None:
    texts = [with_name(text, name) for template in DEFAULTS for text in template.texts]

    assert [text for text in texts if rules(text)] == []
