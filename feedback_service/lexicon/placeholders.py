"""Finds what a writer forgot: unfilled placeholders, markup, talk about being a model, and no text at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback_service.domain.reply import Finding

SLOT_WORDS = (
    r"имя|ф\.?и\.?о\.?|название|товар|магазин|бренд|компания|город|дата|номер|подпись|должность|ссылка|телефон"
    r"|name|brand|shop|store|product|company|date|signature|title|link|phone"
)
PLACEHOLDER = re.compile(
    rf"""
    \{{[^{{}}\n]{{0,60}}\}}\}}?                                  # a name in braces, one pair or two
  | \[[^\[\]\n]{{0,60}}[^\W\d_][^\[\]\n]{{0,60}}\]              # [Имя]
  | <\s*/?[^\W\d_][^<>\n]{{0,60}}>                              # <имя>, and tags of markup
  | [«"“](?:{SLOT_WORDS})(?:\s[^«»"“”\n]{{0,40}})?[»"”]         # «имя клиента»
  | \(\s*(?:укажите|вставьте|впишите|ваше\s|имя|название|подпись)[^()\n]{{0,60}}\)
  | \b(?:ваше|ваша)\s(?:имя|подпись|компания|должность)\s*$     # "С уважением, ваше имя"
  | \$[A-Za-z_]\w+ | %\([A-Za-z_]+\)[sd] | (?<!\d)%[A-Za-z_]{{2,30}}% | (?<!\d)%[sd](?!\w)
  | (?<!\w)_{{3,}}(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
CAPITAL_PLACEHOLDER = re.compile(r"\b(?:[XХ]{3,}|ИМЯ|ФИО|НАЗВАНИЕ|TODO|TBD|LOREM)\b(?!\s*[:—-]?\s*\d)")
MARKUP = re.compile(r"```|\*\*[^*\n]+\*\*|^\s{0,3}#{1,6}\s|&(?:nbsp|quot|amp|lt|gt);|\\n", re.MULTILINE)
MODEL_TALK = re.compile(
    r"""
    \bкак\s(?:большая\s)?(?:языковая\s(?:ИИ-?)?модель|нейросеть|искусственный\sинтеллект|ИИ(?:-\w+)?|чат-?бот)\b
  | \bя\s*[—–-]?\s*(?:являюсь\s|всего\sлишь\s|просто\s|лишь\s)*
      (?:(?:языков\w+|ИИ-)\s?модел\w+|искусственн\w+\sинтеллект\w*|нейросет\w+|чат-?бот\w*|ИИ(?:-\w+)?)\b
  | \bas\s(?:an?\s)?(?:ai|artificial\sintelligence|(?:large\s)?language\smodel)\b
  | \bi(?:\sam|['’]m)\s(?:just\s)?an?\s(?:ai|language\smodel|chatbot|assistant)\b
  | \bi(?:['’]m\ssorry|\sapologi[sz]e),?\sbut\si\s(?:can(?:['’]t|not)|am\sunable)\b
  | \bя\sне\sмогу\s(?:помочь|ответить)\s(?:вам\s)?(?:с|на)\sэт\w+\sзапрос\w*
  | \b(?:chat-?gpt|openai|system\sprompt|системн\w+\sпромпт\w*|промпт\w*)\b
  | ^\W*(?:конечно|разумеется|sure|certainly|of\scourse)\b[\s,!.]{1,4}(?:вот|here\sis|here['’]s)\b
  | ^\W*(?:вот|here\sis|here['’]s)\s[^.!?\n]{0,40}\b(?:ответ|answer|reply|response)\w*\b
  | ^\W*(?:вариант\sответа|черновик\sответа|ответ|answer|reply|response)\s*:
    """,
    re.IGNORECASE | re.VERBOSE,
)
LETTER = re.compile(r"[^\W\d_]")

RULES = (
    ("placeholder", (PLACEHOLDER, CAPITAL_PLACEHOLDER), "Незаполненная вставка"),
    ("markup", (MARKUP,), "Разметка вместо простого текста"),
    ("model_talk", (MODEL_TALK,), "Речь модели о себе или о задании"),
)


def leftover_findings(text: str) -> Iterator[Finding]:
    """One finding for each rule's first hit in the visible text, or that there is no text at all."""
    if not LETTER.search(text):
        yield Finding("empty", text.strip(), "В ответе нет ни одного слова")
        return
    for rule, patterns, explanation in RULES:
        match = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
        if match:
            excerpt = match.group().strip()
            yield Finding(rule, excerpt, f"{explanation}: «{excerpt}»")
