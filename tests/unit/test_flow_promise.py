"""The promise over the whole flow: whatever happens, at most one answer each, nothing forbidden, nothing lost.

`FLOW_EXAMPLES=5000 FLOW_SEED=1 pytest --timeout 0 tests/unit/test_flow_promise.py` goes on for longer, elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from random import Random

import pytest

from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind
from tests.support.bazaar import DROPPED_AFTER, FAULTS
from tests.support.market import CLASSIFY, COLLECT, CONFIRM, DRAFT, GUARD, KIND_FAULTS, SEND, Market, Turn

EXAMPLES = int(os.environ.get("FLOW_EXAMPLES", "120"))
FIRST = int(os.environ.get("FLOW_SEED", "0"))
LENGTH = 40
FORBIDDEN = ("Пишите на anna@example.com", "Звоните: +7 900 123-45-67", "Спасибо, {name}!", "Всё бесплатно!", "")
GOOD = ("Спасибо! Мы передадим ваши слова мастеру.", "Благодарим за отзыв!")
OPERATIONS = ("approve", "edit", "word and approve", "hold", "redraft", "withdraw", "resend")
READING = (Retryable("HTTP 502"), Retryable("429", retry_after=3.0), AccountFault("revoked", "make a new one"))
THINKING = (*READING, Refused("the model declines"))
PAUSES = (0, 1, 11, 11, 31, 31, 31, 130, 130, 700, 4000, 300_000)
STAGES = (COLLECT, CLASSIFY, DRAFT, GUARD, SEND, SEND, SEND, CONFIRM, CONFIRM)

Happening = tuple[str, dict[str, object]]
Drawn = Callable[[Random], dict[str, object]]


def some(dice: Random, of: Sequence[object], most: int) -> list[object]:
    return [dice.choice(of) for _ in range(dice.randint(0, most))]


def turn(dice: Random) -> dict[str, object]:
    drawn = Turn(
        pause=dice.choice(PAUSES),
        jump=dice.choice((0, 0, 45, 150)),
        fresh=dice.choice((0, 0, 1, 2)),
        chosen=[dice.choice(STAGES), *some(dice, STAGES, 4)],
        writes=some(dice, (None, None, DROPPED_AFTER, *FAULTS), 5),
        seed=dice.randrange(1000),
    )
    return {"turn": drawn}


def whole_turn(dice: Random) -> dict[str, object]:
    reads, thoughts = some(dice, (*[None] * 6, *READING), 4), some(dice, (*[None] * 6, *THINKING), 4)
    return {**turn(dice), "reads": reads, "thoughts": thoughts}


def death(dice: Random) -> dict[str, object]:
    return {**turn(dice), "after": dice.randint(1, 50)}


def operation(dice: Random) -> dict[str, object]:
    return {**item(dice), "name": dice.choice(OPERATIONS), "text": dice.choice((*GOOD, FORBIDDEN[0]))}


def item(dice: Random) -> dict[str, object]:
    return {"number": dice.randrange(1000)}


def a_review(dice: Random) -> dict[str, object]:
    words = dice.choice(("Хорошая кружка", "Ручка отвалилась", "", "яд"))
    return {"stars": dice.choice((5, 5, 4, 3, 2, 1)), "words": words}


def moderation(dice: Random) -> dict[str, object]:
    return {**item(dice), "state": dice.choice((AnswerState.VISIBLE, AnswerState.REJECTED))}


def ways(dice: Random) -> dict[str, object]:
    state = dice.choice((AnswerState.VISIBLE, AnswerState.VISIBLE, AnswerState.MODERATING))
    return {"state": state, "lag": dice.choice((0, 5, 35))}


def bad_writing(dice: Random) -> dict[str, object]:
    return {"said": some(dice, (*GOOD, *FORBIDDEN), 3), "urgent": dice.random() < 0.2}


def kind_fault(dice: Random) -> dict[str, object]:
    return {"kind": dice.choice(list(Kind)), "why": dice.choice(list(KIND_FAULTS))}


HAPPENINGS: dict[str, tuple[int, Drawn]] = {
    "a_customer_reviews": (3, a_review),
    "a_customer_asks": (1, lambda _: {}),
    "a_customer_thinks_again": (2, item),
    "a_customer_takes_it_away": (1, item),
    "the_seller_answers_on_the_platform": (2, item),
    "the_platform_changes_its_ways": (1, ways),
    "the_platform_moderates": (2, moderation),
    "a_kind_may_not_be_read": (1, kind_fault),
    "a_kind_may_not_be_written": (1, kind_fault),
    "every_kind_may_be_read_and_written": (2, lambda _: {}),
    "somebody_signs_in_to_another_cabinet": (1, turn),
    "the_model_will_write_badly": (1, bad_writing),
    "everything_runs_in_order": (6, whole_turn),
    "stages_run_side_by_side": (4, turn),
    "two_processes_work_for_one_supplier": (2, turn),
    "the_process_dies": (4, death),
    "the_process_is_told_to_end": (2, death),
    "a_person_acts": (4, operation),
    "a_person_acts_while_stages_run": (2, lambda dice: {**turn(dice), **operation(dice)}),
}
"""How often each happens, and what it is told."""


def schedule(seed: int) -> list[Happening]:
    dice = Random(seed)
    weights = [weight for weight, _ in HAPPENINGS.values()]
    names = dice.choices(list(HAPPENINGS), weights, k=LENGTH)
    return [("the_platform_changes_its_ways", ways(dice)), *((name, HAPPENINGS[name][1](dice)) for name in names)]


def fault_of(happenings: Sequence[Happening]) -> str:
    """What the service does wrong when these things happen one after another, and then all is well; empty: nothing."""
    with closing(Market()) as market:
        try:
            for name, fields in happenings:
                getattr(market, name)(**fields)
                market.check()
            market.come_to_rest()
            market.check()
            market.nothing_is_lost()
        except Exception as problem:  # noqa: BLE001  a crash of the service is a fault as well
            return f"{type(problem).__name__}: {problem}"
    return ""


def shortened(happenings: Sequence[Happening]) -> list[Happening]:
    """The same fault with as little as possible around it, for whoever reads of it."""
    left = list(happenings)
    for size in (8, 4, 2, 1):
        for start in range(len(left) - size, -1, -1):
            fewer = left[:start] + left[start + size :]
            if fault_of(fewer):
                left = fewer
    return left


@pytest.mark.parametrize("part", range(5))
def test_whatever_happens_each_customer_has_at_most_one_answer_and_none_is_lost(part: int):
    for seed in range(FIRST + part, FIRST + EXAMPLES, 5):
        happenings = schedule(seed)

        if fault_of(happenings):
            least = shortened(happenings)
            told = "\n".join(f"  market.{name}(**{fields})" for name, fields in least)
            pytest.fail(f"FLOW_SEED={seed}: {fault_of(least)}\n{told}", pytrace=False)
