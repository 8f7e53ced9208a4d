"""Texts that PostgreSQL cannot hold as they are come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.storage.text import escape, unescape

TRICKY = st.text(st.characters() | st.sampled_from("\x00\x1a\ud800\udfff0123456789abcdef"))


@pytest.mark.parametrize(
    "text", ["", "\x00", "\x1a", "\x1a0041", "\x1a\x1a0000", "\ud83d\ude00", "😀", "a\x00b\udfffc"]
)
def test_an_awkward_text_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@given(text=TRICKY)
def test_every_text_comes_back_and_can_be_stored_meanwhile(text: str) -> None:
    stored = escape(text)

    assert unescape(stored) == text
    assert "\x00" not in stored
    stored.encode()


def test_an_ordinary_text_is_stored_as_it_is() -> None:
    text = "Хорошая кружка 😀\n\t1a00"

    assert escape(text) == text
