"""The promise by the queue: lost, repeated and shuffled messages, publishers that die or stand still, retractions.

`FLOW_EXAMPLES=5000 FLOW_SEED=1 pytest --timeout 0 tests/unit/test_flow_queue_promise.py` goes on for longer, elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from random import Random

import pytest

from feedback_service.domain.errors import MustRetract
from tests.support.bazaar import DROPPED_AFTER, FAULTS, Fault
from tests.support.market import COLLECT, CONFIRM, SEND, Turn
from tests.support.queue_market import Post, QueueMarket
from tests.unit.test_flow_promise import EXAMPLES, FIRST, GOOD, HAPPENINGS, PAUSES, Drawn, Happening, item, some, ways

LENGTH = 45
ROLL_BACK, RETRACT = 6, 7
STAGES = (COLLECT, SEND, SEND, CONFIRM, CONFIRM, ROLL_BACK, ROLL_BACK, RETRACT)
WRONGLY = Fault(MustRetract("half of it is missing"), written=True)
OPERATIONS = ("approve", "edit", "word and approve", "hold", "withdraw", "resend", "retract", "retract", "retract")


def turn(dice: Random) -> Turn:
    return Turn(
        pause=dice.choice(PAUSES),
        jump=dice.choice((0, 0, 45, 150)),
        fresh=dice.choice((0, 1, 2)),
        chosen=some(dice, STAGES, 5),  # type: ignore[arg-type]
        writes=some(dice, (None, None, DROPPED_AFTER, WRONGLY, *FAULTS), 5),  # type: ignore[arg-type]
        seed=dice.randrange(1000),
    )


def post(dice: Random) -> Post:
    return Post(lost=dice.choice((0, 0, 30, 100)), twice=dice.choice((0, 50, 100)), away=dice.random() < 0.1)


def work(dice: Random) -> dict[str, object]:
    return {"turn": turn(dice), "post": post(dice)}


def death(dice: Random) -> dict[str, object]:
    return {**work(dice), "after": dice.randint(1, 14)}


def stall(dice: Random) -> dict[str, object]:
    return {"turn": turn(dice), "at": dice.randint(1, 8), "rounds": dice.randint(1, 16)}


def only_turn(dice: Random) -> dict[str, object]:
    return {"turn": turn(dice)}


def operation(dice: Random) -> dict[str, object]:
    return {**item(dice), "name": dice.choice(OPERATIONS), "text": dice.choice(GOOD)}


QUEUED: dict[str, tuple[int, Drawn]] = {
    **HAPPENINGS,
    "stages_run_side_by_side": (5, only_turn),
    "publishers_work": (8, work),
    "a_publisher_dies": (4, death),
    "a_publisher_stands_still": (3, stall),
    "a_person_acts": (5, operation),
}


def schedule(seed: int) -> list[Happening]:
    dice = Random(seed)
    weights = [weight for weight, _ in QUEUED.values()]
    names = dice.choices(list(QUEUED), weights, k=LENGTH)
    return [("the_platform_changes_its_ways", ways(dice)), *((name, QUEUED[name][1](dice)) for name in names)]


def fault_of(happenings: Sequence[Happening]) -> str:
    """What the service does wrong when these things happen one after another, and then all is well; empty: nothing."""
    with closing(QueueMarket()) as market:
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
def test_whatever_the_queue_and_its_publishers_do_each_customer_has_at_most_one_answer_and_none_is_lost(part: int):
    for seed in range(FIRST + part, FIRST + EXAMPLES, 5):
        happenings = schedule(seed)

        if fault_of(happenings):
            least = shortened(happenings)
            told = "\n".join(f"  market.{name}(**{fields})" for name, fields in least)
            pytest.fail(f"FLOW_SEED={seed}: {fault_of(least)}\n{told}", pytrace=False)
