"""What `check` says of looks at an account: their findings, and what kept them from looking."""

from __future__ import annotations

import asyncio

import pytest

from feedback_service.domain.errors import AccountFault, InDoubt, Retryable, Unavailable
from feedback_service.ports.facts import LATER, LATER_IN_CABINET, told, told_in_turn, trouble
from feedback_service.ports.platform import Fact

GOOD = Fact("reviews", True, "accepted")


async def accepted() -> Fact:
    return GOOD


async def wrong() -> Fact:
    return Fact("reviews", False, "none of them opens", "name others")


async def lost() -> Fact:
    raise Retryable("GET /reviews: no answer")


async def unforeseen() -> Fact:
    raise ValueError("a defect of ours")


def test_a_look_that_comes_to_its_end_tells_what_it_found():
    found = asyncio.run(told("reviews", accepted))

    assert found is GOOD


@pytest.mark.parametrize("kind", [AccountFault, Unavailable])
def test_an_account_out_of_order_is_told_with_its_own_remedy(kind):
    problem = kind("the key has expired", "make a new one")

    found = trouble("login", problem)

    assert found == Fact("login", False, "the key has expired", "make a new one")


@pytest.mark.parametrize("problem", [Retryable("no answer"), InDoubt("no answer")])
def test_any_other_trouble_is_told_with_where_to_look(problem):
    found = [trouble("login", problem), trouble("session", problem, LATER_IN_CABINET)]

    assert found == [Fact("login", False, "no answer", LATER), Fact("session", False, "no answer", LATER_IN_CABINET)]


def test_a_look_that_is_kept_from_looking_is_a_line_like_the_others():
    found = asyncio.run(told("reviews", lost, LATER_IN_CABINET))

    assert found == Fact("reviews", False, "GET /reviews: no answer", LATER_IN_CABINET)


def test_a_defect_of_ours_is_not_told_as_the_accounts():
    with pytest.raises(ValueError, match="a defect of ours"):
        asyncio.run(told("reviews", unforeseen))


@pytest.mark.parametrize("bad", [wrong, lost])
def test_the_first_trouble_ends_looks_that_need_each_other(bad):
    looks = [("login", accepted), ("places", bad), ("reviews", unforeseen)]

    found = asyncio.run(told_in_turn(*looks))

    assert [fact.ok for fact in found] == [True, False]


def test_looks_without_trouble_are_all_told_in_their_order():
    looks = [("login", accepted), ("reviews", accepted)]

    found = asyncio.run(told_in_turn(*looks))

    assert found == [GOOD, GOOD]
