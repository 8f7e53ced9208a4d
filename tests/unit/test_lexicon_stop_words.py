"""Stop words hit in every word form and under every disguise, and never inside another word."""

from __future__ import annotations

import pytest

from feedback_service.lexicon.inspector import Inspector


def hits(text: str, *stop_words: str) -> list[str]:
    return [finding.excerpt for finding in Inspector().inspect(text, stop_words) if finding.rule == "stop_word"]


@pytest.mark.parametrize(
    ("stop_word", "text"),
    [
        ("возврат", "Оформите возврат"),
        ("возврат", "о ВОЗВРАТАХ не пишем"),
        ("вернуть", "Мы вернём всё"),
        ("вернуть", "вернувшие товар"),
        ("деньги", "без денег"),
        ("человек", "много людей"),
        ("ёлка", "под елкой"),
        ("елка", "под ёлкой"),
        ("промокод", "с промокодом"),
        ("ozon", "дешевле на Ozon"),
        ("Wildberries", "на WILDBERRIES"),
        ("магазин", "интернет-магазина"),
        ("интернет-магазин", "нашему интернет-магазину"),
        ("возвраты", "без возврата"),
    ],
)
def test_every_form_of_a_stop_word_hits(stop_word: str, text: str) -> None:
    assert len(hits(text, stop_word)) == 1


@pytest.mark.parametrize(
    ("stop_word", "text"),
    [
        ("бан", "стеклянная банка, банный день и банан"),
        ("банка", "открыли новый банк"),
        ("брак", "бракованный, собрать, браконьер"),
        ("суд", "посуда и сударь"),
        ("вернуть", "возвращать"),
        ("мат", "матовый математик, материал"),
        ("ад", "адрес и шоколад"),
        ("", "любой текст"),
        ("—", "любой — текст"),
    ],
)
def test_a_part_of_another_word_does_not_hit(stop_word: str, text: str) -> None:
    assert hits(text, stop_word) == []


@pytest.mark.parametrize(
    "text",
    [
        "вoзврат",
        "вoзвpатa",
        "воз\u00adврат",
        "воз\u200bврат",
        "в0зврат",
        "во\u0301зврат",
        "ВОЗВРАТ",
        "BOЗBPAT",
        "воз\u2060врату",
    ],
)
def test_a_disguised_stop_word_hits(text: str) -> None:
    assert len(hits(f"Оформите {text} сегодня", "возврат")) == 1


def test_a_latin_stop_word_hits_with_cyrillic_look_alikes_in_it() -> None:
    assert len(hits("Купите на Оzоn", "ozon")) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Мы вернём деньги", ["вернём деньги"]),
        ("Вернём, деньги", ["Вернём, деньги"]),
        ("вернули\nденег", ["вернули\nденег"]),
        ("Просим вернуть. Деньги любят счёт", []),
        ("вернуть ваши деньги", []),
        ("деньги вернуть", []),
        ("вернуть", []),
    ],
)
def test_a_phrase_hits_as_a_sequence_of_words_within_one_sentence(text: str, found: list[str]) -> None:
    assert hits(text, "вернуть деньги") == found


def test_each_stop_word_is_named_once_by_its_own_wording() -> None:
    findings = Inspector().inspect("Возврат, возврата, возврату и скидка", ("возврат", "скидка", "возврат"))

    assert [finding.explanation for finding in findings] == [
        "Стоп-слово «возврат»: «Возврат»",
        "Стоп-слово «скидка»: «скидка»",
    ]
