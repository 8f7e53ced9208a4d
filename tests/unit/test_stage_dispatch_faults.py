"""Sending in spite of faults: one write, and either a confirmation or a person with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from tests.support.bazaar import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAULTS,
    LIMITED,
    LOCKED,
    REFUSED,
    SERVER_ERROR,
    SPEC,
    TIMED_OUT,
    UNREACHABLE,
    Fault,
    Standing,
)
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, review

NAMES = {
    DROPPED_BEFORE: "drop before the write",
    DROPPED_AFTER: "drop after the write",
    TIMED_OUT: "timeout",
    SERVER_ERROR: "5xx",
    LIMITED: "429",
    UNREACHABLE: "no connection",
    REFUSED: "refused",
    LOCKED: "account fault",
}


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES.__getitem__)
async def test_after_any_fault_a_customer_has_one_answer_or_a_person_has_the_reason(flow: Flow, fault: Fault):
    await flow.approved()
    flow.platform.faults.append(fault)

    await flow.for_long()

    if fault is REFUSED:
        assert (flow.status(), flow.platform.landed) == (FeedbackStatus.HELD, [])
        assert "the customer is blocked" in flow.feedback().note
    else:
        assert flow.status() is FeedbackStatus.ANSWERED
        assert len(flow.platform.landed) == 1


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        (DROPPED_BEFORE, DispatchStatus.IN_DOUBT),
        (DROPPED_AFTER, DispatchStatus.IN_DOUBT),
        (TIMED_OUT, DispatchStatus.IN_DOUBT),
        (SERVER_ERROR, DispatchStatus.IN_DOUBT),
        (LIMITED, DispatchStatus.PENDING),
        (UNREACHABLE, DispatchStatus.PENDING),
        (REFUSED, DispatchStatus.REFUSED),
        (LOCKED, DispatchStatus.PENDING),
    ],
    ids=lambda one: NAMES.get(one, str(one)),
)
async def test_each_fault_leaves_the_entry_where_the_next_start_can_go_on(
    flow: Flow, fault: Fault, left: DispatchStatus
):
    await flow.approved()
    flow.platform.faults.append(fault)

    await flow.send.step()
    again = await flow.send.step()

    assert flow.delivery() is left
    assert (again.taken, len(flow.platform.asked)) == (0, 1)


async def test_a_redelivery_waits_as_long_as_the_rule_says_and_a_person_gets_it_in_the_end(
    flow: Flow, clock: ManualClock
):
    await flow.approved()
    flow.platform.faults.extend([UNREACHABLE] * 20)
    waits = []

    while flow.delivery() is DispatchStatus.PENDING:
        later = (await flow.send.step()).later
        waits.append(later[0])
        clock.pass_by(timedelta(seconds=later[0]))

    assert waits == [10, 60, 600, 600, 600, 600, 600, 0]
    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "given up after 8 attempts" in flow.feedback().note


async def test_a_platform_that_says_when_to_come_back_is_obeyed_and_never_given_up(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.faults.extend([Fault(Retryable("5 requests an hour", retry_after=720.0))] * 20)

    for _ in range(20):
        later = (await flow.send.step()).later
        assert later[0] >= 720
        clock.pass_by(timedelta(seconds=later[0]))
    await flow.send.step()

    assert flow.delivery() is DispatchStatus.SENT


async def test_a_long_wait_for_one_is_a_wait_for_all(flow: Flow):
    await flow.approved(*(review(f"r{n}") for n in range(12)))
    flow.send = replace(flow.send, connector=replace(flow.platform, spec=replace(SPEC, batch=30)))
    flow.send.connector.faults.extend([Fault(Retryable("5 requests an hour", retry_after=720.0))] * 12)

    progress = await flow.send.step()

    assert len(flow.platform.asked) == 4
    assert progress.rest == 720
    assert (await flow.send.step()).taken == 0


async def test_a_platform_that_cannot_be_read_is_not_written_to(flow: Flow, caplog: pytest.LogCaptureFixture):
    await flow.approved()
    flow.platform.away.extend([Retryable("HTTP 502"), Retryable("HTTP 502")])

    with caplog.at_level("INFO"):
        rests = []
        for _ in range(3):
            later = (await flow.send.step()).later
            rests.append(later[0])
            flow.clock.pass_by(timedelta(seconds=later[0]))

    assert rests == [5, 15, 1]
    assert actions(caplog.records) == ["send_away", "send_back", "sent"]
    assert len(flow.platform.asked) == 1


async def test_an_account_fault_pauses_once_and_gives_the_rest_back(flow: Flow, caplog: pytest.LogCaptureFixture):
    await flow.approved(*(review(f"r{n}") for n in range(5)))
    flow.platform.faults.extend([LOCKED] * 4)

    with caplog.at_level("INFO"):
        progress = await flow.send.step()

    assert progress.rest == 300
    assert len(flow.platform.asked) == 4
    assert flow.store.paused == {ACCOUNT: str(LOCKED.raises)}
    assert actions(caplog.records).count("account_paused") == 1
    assert (await flow.send.step()).taken == 0


async def test_an_account_that_may_read_and_not_write_is_said_once_and_stays_paused_until_a_write_works(
    flow: Flow, clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    await flow.approved()
    flow.platform.faults.extend([LOCKED] * 3)

    with caplog.at_level("INFO"):
        for _ in range(3):
            await flow.send.step()
            await flow.collect.step()
            assert flow.store.paused
            clock.pass_by(timedelta(minutes=5))
        await flow.send.step()

    said = actions(caplog.records)
    assert (said.count("account_paused"), said.count("account_back")) == (1, 1)
    assert flow.store.paused == {}


async def test_a_reading_fault_of_the_account_is_over_when_it_can_be_read_again(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.away.append(AccountFault("the token is revoked", "make a new one"))
    await flow.send.step()
    assert flow.store.paused

    clock.pass_by(timedelta(minutes=5))
    flow.platform.answer("r1", Standing("Ответили в кабинете", clock.now(), ours=False))
    await flow.send.step()

    assert flow.store.paused == {}
