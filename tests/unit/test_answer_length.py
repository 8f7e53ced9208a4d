"""How long an answer may be: counted in the platform's own unit, and refused with one sentence for a person."""

from __future__ import annotations

import pytest

from feedback_service.domain.errors import Refused
from feedback_service.domain.length import LengthUnit, TextLimit

WORDS = TextLimit(2, 5)


@pytest.mark.parametrize("text", ["да", "ясно!", "  "])
def test_an_answer_within_both_bounds_is_let_through(text):
    found = WORDS.require(text)

    assert found is None


@pytest.mark.parametrize(("text", "length"), [("", 0), ("д", 1), ("спасибо", 7), (" " * 6, 6)])
def test_an_answer_out_of_bounds_is_refused_with_its_length_and_the_bounds(text, length):
    for require in (WORDS.require, WORDS.require_words):
        with pytest.raises(Refused) as problem:
            require(text)

        assert str(problem.value) == f"the text has {length} characters; 2 to 5 are allowed"


@pytest.mark.parametrize(("unit", "length"), [(LengthUnit.BYTES, 8), (LengthUnit.UTF16, 4)])
def test_an_answer_is_counted_in_the_platforms_own_unit(unit, length):
    limit = TextLimit(1, 3, unit)

    with pytest.raises(Refused) as problem:
        limit.require("да😀")

    assert str(problem.value) == f"the text has {length} {unit}; 1 to 3 are allowed"


@pytest.mark.parametrize("text", ["  ", " \t\n ", "\u00a0\u2003"])
def test_a_blank_answer_is_refused_where_words_are_wanted(text):
    with pytest.raises(Refused) as problem:
        WORDS.require_words(text)

    assert str(problem.value) == "the text is blank; 2 to 5 are allowed"


def test_an_answer_of_words_is_let_through_where_words_are_wanted():
    found = WORDS.require_words(" да ")

    assert found is None
