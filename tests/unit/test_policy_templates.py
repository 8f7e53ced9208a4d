"""Ready answers to reviews that have only stars."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import ItemId
from feedback_service.domain.policy import TextLimit, choose_template, first_name, signed
from feedback_service.domain.supplier import Template, Voice
from feedback_service.domain.templates import DEFAULTS

LIMIT = TextLimit(2, 5000)


def stars(rating: int, item_id: str = "r1", author: str = "") -> Review:
    return Review(item_id=ItemId(item_id), created_at=datetime(2026, 7, 1, tzinfo=UTC), rating=rating, author=author)


def test_every_star_group_has_at_least_six_texts_of_ours() -> None:
    covered = {star for template in DEFAULTS for star in template.stars}

    assert covered == {0, 1, 2, 3, 4, 5}
    assert all(len(set(template.texts)) >= 6 for template in DEFAULTS)


@pytest.mark.parametrize("author", ["", "Наталья", "user77", "Покупатель"])
@pytest.mark.parametrize("rating", range(-1, 8))
def test_no_slot_is_ever_left_over_and_every_text_starts_like_a_sentence(rating: int, author: str) -> None:
    texts = {choose_template(Voice(), stars(rating, f"id-{n}", author), LIMIT) for n in range(80)}

    assert len(texts) >= 6
    assert not any(sign in text for text in texts for sign in "{}")
    assert all(text[0].isupper() and " ," not in text and " !" not in text for text in texts)


def test_the_same_item_gets_the_same_text_and_neighbours_differ() -> None:
    chosen = [choose_template(Voice(), stars(5, f"id-{n}"), LIMIT) for n in range(20)]

    assert chosen == [choose_template(Voice(), stars(5, f"id-{n}"), LIMIT) for n in range(20)]
    assert len(set(chosen)) > 3


def test_the_suppliers_own_texts_come_before_ours() -> None:
    voice = Voice(templates=(Template(stars=frozenset({5}), texts=("Спасибо, {name}, заходите!",)),))

    assert choose_template(voice, stars(5, author="анна к."), LIMIT) == "Спасибо, Анна, заходите!"
    assert choose_template(voice, stars(5, author="kot_777"), LIMIT) == "Спасибо, заходите!"
    assert "заходите" not in choose_template(voice, stars(4), LIMIT)


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Наталья", "Наталья"),
        ("  мария С.", "Мария"),
        ("ОЛЬГА ПЕТРОВА", "Ольга"),
        ("Анна-Мария", "Анна-Мария"),
        ("Ян", "Ян"),
        ("Покупатель WB", ""),
        ("Пользователь предпочёл скрыть", ""),
        ("И.", ""),
        ("ООО Ромашка", ""),
        ("ааааа", ""),
        ("ввгд", ""),
        ("user123", ""),
        ("Killer", ""),
        ("Имя123", ""),
        ("", ""),
    ],
)
def test_a_customer_is_named_only_by_what_looks_like_a_first_name(author: str, name: str) -> None:
    assert first_name(author) == name


def test_texts_that_do_not_fit_are_left_aside() -> None:
    voice = Voice(templates=(Template(stars=frozenset({5}), texts=("Спасибо большое!" * 20, "Спасибо!")),))

    assert {choose_template(voice, stars(5, str(n)), TextLimit(2, 50)) for n in range(30)} == {"Спасибо!"}


def test_the_signature_stands_once_at_the_end() -> None:
    assert signed("Спасибо!", "Ваш Чайный дом") == "Спасибо!\nВаш Чайный дом"
    assert signed("Спасибо! ваш чайный дом", "Ваш Чайный дом") == "Спасибо! ваш чайный дом"
    assert signed("Спасибо!", "") == "Спасибо!"
    assert choose_template(Voice(signature="Ваш Чайный дом"), stars(5), LIMIT).endswith("\nВаш Чайный дом")
