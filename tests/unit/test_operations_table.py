"""What a person may do in each state of an item: the whole table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.supplier import AnswerPolicy
from feedback_service.operations.operate import Operations
from tests.support.bazaar import DROPPED_BEFORE, REFUSED
from tests.support.clock import ManualClock
from tests.support.flow import Flow, review
from tests.support.witness import witnessed

F = FeedbackStatus
GOOD = "Спасибо! Мы передадим ваши слова мастеру."
DEEDS: dict[str, Callable[[Operations, FeedbackId], Awaitable[str]]] = {
    "approve": lambda person, id_: person.approve(id_),
    "edit": lambda person, id_: person.edit(id_, GOOD),
    "word and approve": lambda person, id_: person.edit(id_, GOOD, approve=True),
    "hold": lambda person, id_: person.hold(id_),
    "redraft": lambda person, id_: person.redraft(id_, "короче"),
    "withdraw": lambda person, id_: person.withdraw(id_),
    "resend": lambda person, id_: person.resend(id_),
    "retract": lambda person, id_: person.retract(id_),
}
NO = None
TABLE: dict[str, dict[str, FeedbackStatus | None]] = {
    "collected": {"edit": F.HELD, "word and approve": F.APPROVED, "hold": F.HELD, "withdraw": F.SKIPPED},
    "classified": {"edit": F.HELD, "word and approve": F.APPROVED, "hold": F.HELD, "withdraw": F.SKIPPED},
    "drafted": {
        "edit": F.HELD,
        "word and approve": F.APPROVED,
        "hold": F.HELD,
        "redraft": F.CLASSIFIED,
        "withdraw": F.SKIPPED,
    },
    "held": {
        "approve": F.APPROVED,
        "edit": F.HELD,
        "word and approve": F.APPROVED,
        "hold": F.HELD,
        "redraft": F.CLASSIFIED,
        "withdraw": F.SKIPPED,
    },
    "refused": {
        "approve": F.APPROVED,
        "edit": F.HELD,
        "word and approve": F.APPROVED,
        "hold": F.HELD,
        "redraft": F.CLASSIFIED,
        "withdraw": F.SKIPPED,
        "resend": F.APPROVED,
    },
    "approved": {"hold": F.HELD, "withdraw": F.HELD},
    "in doubt": {},
    "sent": {},
    "answered": {"edit": F.APPROVED, "word and approve": F.APPROVED, "retract": F.APPROVED},
    "skipped": {"edit": F.HELD, "word and approve": F.APPROVED, "redraft": F.CLASSIFIED},
    "closed": {},
}
CELLS = [(state, deed, TABLE[state].get(deed, NO)) for state in TABLE for deed in DEEDS]


async def brought_to(state: str, clock: ManualClock) -> Flow:
    """One review in the state that the table calls so."""
    flow = Flow(clock, AnswerPolicy())
    stars = 5 if state in ("approved", "refused", "in doubt", "sent", "answered") else 1
    flow.platform.show(review(rating=stars))
    stages = {
        "collected": 1,
        "classified": 2,
        "drafted": 3,
        "held": 4,
        "approved": 4,
        "skipped": 4,
        "closed": 4,
        "refused": 5,
        "in doubt": 5,
        "sent": 5,
        "answered": 5,
    }
    flow.platform.faults.extend({"refused": [REFUSED], "in doubt": [DROPPED_BEFORE]}.get(state, []))
    for stage in flow.stages[: stages[state]]:
        await stage.step()
    await last_touch(state, flow)
    return flow


async def last_touch(state: str, flow: Flow) -> None:
    if state == "skipped":
        await flow.person("boris").withdraw(flow.feedback().id)
    if state == "closed":
        flow.platform.items.clear()
        await flow.collect.step()
    if state == "answered":
        await flow.for_long(rounds=2)


@pytest.mark.parametrize(("state", "deed", "end"), CELLS, ids=[f"{deed} what is {state}" for state, deed, _ in CELLS])
async def test_every_operation_in_every_state(clock: ManualClock, state: str, deed: str, end: FeedbackStatus | None):
    flow = await brought_to(state, clock)
    flow.storage, steps = witnessed(flow.storage)
    before, id_ = flow.feedback(), flow.feedback().id

    if end is NO:
        with pytest.raises(NotAllowed, match=rf"feedback {id_} .*\w"):
            await DEEDS[deed](flow.person(), id_)
        assert (flow.feedback(), steps) == (before, [])
        return
    sentence = await DEEDS[deed](flow.person(), id_)

    assert str(id_) in sentence
    assert flow.status() is end
    assert {step.who for step in steps} == {"anna"}
    assert all(step.because for step in steps)
    assert flow.feedback().note == steps[-1].because


@pytest.mark.parametrize("state", ["drafted", "held", "refused", "skipped"])
@pytest.mark.parametrize("deed", DEEDS)
async def test_what_a_person_lets_go_is_sent_once_and_what_not_is_not(clock: ManualClock, state: str, deed: str):
    flow = await brought_to(state, clock)
    end = TABLE[state].get(deed)
    if end is not None:
        await DEEDS[deed](flow.person(), flow.feedback().id)
    again = state == "refused" and deed == "redraft"  # five stars: the rules let the new draft go by itself

    await flow.for_long(rounds=3)

    assert len(flow.platform.landed) == int(end is F.APPROVED or again)


async def test_the_states_that_the_table_speaks_of_are_those(clock: ManualClock):
    ends = {state: (await brought_to(state, ManualClock())) for state in TABLE}

    assert {state: flow.status() for state, flow in ends.items()} == {
        **{state: FeedbackStatus(state) for state in TABLE if state not in ("refused", "in doubt", "sent")},
        "refused": F.HELD,
        "in doubt": F.APPROVED,
        "sent": F.APPROVED,
    }
    assert ends["in doubt"].delivery() is DispatchStatus.IN_DOUBT
    assert ends["sent"].delivery() is DispatchStatus.SENT
