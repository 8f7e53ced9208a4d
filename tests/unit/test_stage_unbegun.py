"""When a person is told that no publisher begins an account's answers, and when it is only waiting."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import AccountFault
from feedback_service.domain.pauses import Pauser
from feedback_service.pipeline.announce import AGAIN, Announce
from feedback_service.pipeline.deliver import Deliver
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.rollback import RollBack
from feedback_service.pipeline.unbegun import NOBODY, ROUNDS
from feedback_service.ports.queue import Notice
from tests.support.bazaar import LOCKED, REFUSED
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, review
from tests.support.queues import MemoryQueue

MINUTE = timedelta(minutes=1)


class Office:
    """A worker that announces, and a publisher that works when it is told to."""

    def __init__(self, clock: ManualClock) -> None:
        self.flow = Flow(clock)
        self.queue = MemoryQueue(clock)
        self.reasons: list[str] = []
        account = self.flow.supplier.accounts[0]
        self.announce = Announce(account, self.flow.storage, self.queue, clock)
        deliver = Deliver(account, self.flow.policy, self.flow.platform, self.flow.storage, self.queue, clock)
        health = Health(Pauser.WRITING, well=True)  # it has run for long, and was cut off meanwhile
        self.deliver = replace(deliver, health=health)

    @property
    def told(self) -> str:
        return self.flow.store.paused.get(ACCOUNT, "")

    async def pass_by(self, minutes: int, publishes: int = 0) -> None:
        """Minute by minute; `publishes` notices are worked off in each."""
        for _ in range(minutes):
            await self.announce.step()
            self.reasons.append(self.told)
            for message in await self.queue.notices().receive(publishes, 0.0) if publishes else ():
                assert isinstance(message.content, Notice)
                with suppress(AccountFault):
                    await self.deliver.deliver(message.content)
                await message.done()
            self.flow.clock.pass_by(MINUTE)


@pytest.fixture
def office(clock: ManualClock) -> Office:
    return Office(clock)


async def test_an_answer_that_no_publisher_begins_is_told_once_with_the_remedy(
    office: Office, caplog: pytest.LogCaptureFixture
):
    await office.flow.approved()

    await office.pass_by(AGAIN // MINUTE * (ROUNDS - 1))
    before = office.told
    await office.pass_by(60)

    assert before == ""
    assert office.told.startswith(NOBODY)
    assert "RUN_PUBLISHER" in office.told
    assert "queue check" in office.told
    assert actions(caplog.records).count("account_paused") == 1


async def test_announcing_goes_on_and_the_first_publisher_delivers_and_ends_the_alarm_once(
    office: Office, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await office.flow.approved(review("r1"), review("r2"))
    await office.pass_by(45)

    await office.pass_by(12, publishes=5)

    assert office.told == ""
    assert {office.flow.delivery("r1"), office.flow.delivery("r2")} == {DispatchStatus.SENT}
    assert actions(caplog.records).count("account_back") == 1


async def test_an_answer_that_is_begun_and_refused_ends_the_alarm_too(office: Office):
    await office.flow.approved()
    await office.pass_by(45)
    told = office.told
    office.flow.platform.faults.append(REFUSED)

    await office.pass_by(1, publishes=5)
    await RollBack(office.queue, lambda _: office.flow.storage, office.flow.clock).step()
    await office.pass_by(1)

    assert told.startswith(NOBODY)
    assert office.told == ""


async def test_a_publisher_that_comes_back_to_an_account_out_of_order_leaves_its_reason_standing(
    office: Office, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await office.flow.approved()
    await office.pass_by(45)
    office.flow.platform.faults.extend([LOCKED, LOCKED])

    await office.pass_by(9, publishes=1)
    out_of_order, said = office.told, actions(caplog.records).count("account_back")
    await office.pass_by(30, publishes=1)

    assert out_of_order == "the token is revoked; make a new one"
    assert said == 0
    assert office.told == ""


async def test_an_answer_that_a_person_takes_back_ends_no_alarm(office: Office):
    await office.flow.approved()
    await office.pass_by(45)

    await office.flow.person().withdraw(office.flow.feedback().id)
    await office.pass_by(2)

    assert office.told.startswith(NOBODY)


async def test_a_slow_publisher_with_a_long_backlog_is_no_fault(office: Office):
    await office.flow.approved(*(review(f"r{number}") for number in range(60)))
    for _ in range(20):
        for stage in (office.flow.classify, office.flow.write, office.flow.guard):
            await stage.step()

    await office.pass_by(50, publishes=1)

    assert office.told == ""
    assert len(office.flow.platform.landed) >= 40


async def test_an_account_whose_login_has_ended_keeps_its_own_reason(office: Office):
    await office.flow.approved(review("r1"), review("r2"), review("r3"))
    office.flow.platform.away.extend([AccountFault("the session has ended", "sign in")] * 100)

    await office.pass_by(60, publishes=1)

    assert set(office.reasons) == {"", "the session has ended; sign in"}


async def test_a_new_process_does_not_take_the_alarm_back_before_somebody_delivers(
    office: Office, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await office.flow.approved()
    await office.pass_by(25)
    office.announce = Announce(office.announce.account, office.flow.storage, office.queue, office.flow.clock)

    await office.pass_by(15)
    kept = office.told
    await office.pass_by(15, publishes=1)

    assert kept.startswith(NOBODY)
    assert office.told == ""
    assert "account_back" in actions(caplog.records)


async def test_a_publisher_that_dies_in_the_middle_of_a_backlog_is_told(office: Office):
    await office.flow.approved(*(review(f"r{number}") for number in range(30)))
    for _ in range(20):
        for stage in (office.flow.classify, office.flow.write, office.flow.guard):
            await stage.step()
    await office.pass_by(12, publishes=1)

    await office.pass_by(55)

    assert office.told.startswith(NOBODY)
