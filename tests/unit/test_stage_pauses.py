"""Whose fault pauses an account, and whose success ends that: each is said once, over all processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import AccountFault
from feedback_service.domain.feedback import Kind
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, review

READ_ONLY = AccountFault("the token may only read", "make one that may write")
LOCKED_OUT = AccountFault("the token is revoked", "make a new one")


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def one_pass(flow: Flow) -> None:
    """As cron has it: a new process every quarter of an hour."""
    flow.restart()
    for stage in flow.stages:
        await stage.step()
    flow.clock.pass_by(timedelta(minutes=15))


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one for one in actions(caplog.records) if one.startswith("account_")]


async def test_an_account_that_may_be_read_and_not_written_is_told_of_once_over_all_passes(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.show(review("r1"))
    flow.platform.unwritable[Kind.REVIEW] = READ_ONLY

    with caplog.at_level("INFO"):
        for _ in range(5):
            await one_pass(flow)
        paused = dict(flow.store.paused)
        flow.platform.unwritable.clear()
        for _ in range(3):
            await one_pass(flow)

    assert paused == {ACCOUNT: str(READ_ONLY)}
    assert flow.delivery() in (DispatchStatus.SENT, DispatchStatus.CONFIRMED)
    assert said(caplog) == ["account_paused", "account_back"]
    assert flow.store.paused == {}


async def test_a_graver_fault_is_told_though_the_account_is_paused_already(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.show(review("r1"))
    flow.platform.unwritable[Kind.REVIEW] = READ_ONLY
    await one_pass(flow)

    for kind in Kind:
        flow.platform.unreadable[kind] = LOCKED_OUT
    for _ in range(3):
        await one_pass(flow)

    assert flow.store.paused == {ACCOUNT: str(LOCKED_OUT)}
    assert said(caplog) == ["account_paused", "account_paused"]


async def test_a_lesser_fault_neither_hides_a_graver_one_nor_is_told_beside_it(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved(review("r1"))
    for kind in Kind:
        flow.platform.unreadable[kind] = LOCKED_OUT
    await flow.collect.step()
    flow.platform.unreadable.clear()
    flow.platform.unwritable[Kind.REVIEW] = READ_ONLY

    await flow.send.step()

    assert flow.store.paused == {ACCOUNT: str(LOCKED_OUT)}
    assert said(caplog) == ["account_paused"]


async def test_the_wrong_cabinet_after_a_new_login_is_told_anew(flow: Flow, caplog: pytest.LogCaptureFixture):
    await flow.approved(*(review(f"r{number}") for number in range(3)))
    for kind in Kind:
        flow.platform.unreadable[kind] = LOCKED_OUT
    await flow.collect.step()

    flow.platform.unreadable.clear()
    flow.platform.items.clear()
    flow.platform.show(review("stranger"))
    await flow.send.step()

    assert said(caplog) == ["account_paused", "account_paused"]
    assert flow.store.paused[ACCOUNT].startswith("none of the account's items is there")


async def test_a_pause_whose_work_has_nothing_left_to_try_ends_after_two_days(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.show(review("r1"))
    flow.platform.unwritable[Kind.REVIEW] = READ_ONLY
    await one_pass(flow)
    await flow.person().withdraw(flow.feedback().id)

    with caplog.at_level("INFO"):
        for _ in range(47):
            flow.clock.pass_by(timedelta(hours=1))
            await flow.collect.step()
        assert said(caplog) == ["account_paused"]
        flow.clock.pass_by(timedelta(hours=1))
        await flow.collect.step()

    assert said(caplog) == ["account_paused", "account_back"]
