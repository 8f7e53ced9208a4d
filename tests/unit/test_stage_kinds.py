"""A limit, an outage or a missing right of one kind of item leaves the other kind alone, and is said once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus, ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable, Unavailable
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from tests.support.bazaar import SPEC, FakePlatform
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, question, review

HOUR = timedelta(hours=1)
LACKING = Unavailable("questions are not part of the subscription", "subscribe")
LACKING_ALL = Unavailable("nothing is part of the subscription", "subscribe")
LOCKED_OUT = AccountFault("the token is revoked", "make a new one")
LIMITED = Retryable("420 calls an hour", retry_after=1800.0)
AWAY = Retryable("HTTP 502")


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


class Poisoned(FakePlatform):
    """A platform that fails over every look at r1."""

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        if any(ref.item_id == "r1" for ref in refs):
            raise AWAY.with_traceback(None) from None
        return await super().sight(refs)


async def sent_until_idle(flow: Flow) -> None:
    while (await flow.send.step()).more:
        pass


@pytest.mark.parametrize("broken", Kind)
@pytest.mark.parametrize("problem", [LACKING, LOCKED_OUT, LIMITED], ids=str)
async def test_a_kind_that_can_be_read_goes_on_whatever_is_wrong_with_the_other(
    flow: Flow, caplog: pytest.LogCaptureFixture, broken: Kind, problem: FeedbackServiceError
):
    flow.platform.show(review("r1"), question("q1"))
    flow.platform.unreadable[broken] = problem

    for _ in range(3):
        await flow.collect.step()
        flow.clock.pass_by(HOUR)

    assert [one.item.kind for one in flow.store.feedback.values()] == [kind for kind in Kind if kind is not broken]
    assert flow.store.paused == {}
    said = [one for one in actions(caplog.records) if one.startswith("kind_")]
    assert said == ["kind_away" if problem is LIMITED else "kind_unavailable"]


async def test_that_a_kind_cannot_be_read_and_that_it_can_again_is_said_once_over_all_processes(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.unreadable[Kind.QUESTION] = LACKING

    with caplog.at_level("INFO"):
        for _ in range(3):
            flow.restart()
            await flow.collect.step()
        flow.platform.unreadable.clear()
        for _ in range(2):
            flow.restart()
            await flow.collect.step()

    assert [one for one in actions(caplog.records) if one.startswith("kind_")] == ["kind_unavailable", "kind_available"]


@pytest.mark.parametrize(
    ("problems", "paused_for", "failed"),
    [
        ({Kind.REVIEW: LACKING_ALL, Kind.QUESTION: LACKING_ALL}, LACKING_ALL, 1),
        ({Kind.REVIEW: LOCKED_OUT, Kind.QUESTION: LACKING}, LOCKED_OUT, 1),
        ({Kind.REVIEW: LOCKED_OUT, Kind.QUESTION: AWAY}, LOCKED_OUT, 1),
        ({Kind.REVIEW: AWAY, Kind.QUESTION: LACKING}, None, 1),
        ({Kind.REVIEW: AWAY, Kind.QUESTION: AWAY}, None, 1),
        ({Kind.REVIEW: LOCKED_OUT}, None, 1),
        ({Kind.QUESTION: LACKING}, None, 0),
    ],
    ids=["no kind", "revoked", "revoked beside an outage", "outage", "outage of both", "one revoked", "one lacking"],
)
async def test_an_account_is_paused_where_nothing_of_it_can_be_read(
    flow: Flow, problems: dict[Kind, FeedbackServiceError], paused_for: AccountFault | None, failed: int
):
    flow.platform.unreadable |= problems

    progress = await flow.collect.step()

    assert list(flow.store.paused.values()) == ([str(paused_for)] if paused_for else [])
    assert progress.failed == failed
    assert (progress.rest > 0) == (len(problems) == len(Kind))


async def test_an_account_counts_as_read_where_all_that_its_subscription_has_was_read(flow: Flow):
    flow.platform.unreadable[Kind.QUESTION] = LACKING

    await flow.collect.step()

    assert flow.store.collected == {ACCOUNT: flow.clock.now()}


@pytest.mark.parametrize("problem", [AWAY, LIMITED, LOCKED_OUT], ids=str)
async def test_an_account_does_not_count_as_read_while_a_kind_of_it_is_not(flow: Flow, problem: FeedbackServiceError):
    flow.platform.unreadable[Kind.QUESTION] = problem

    for _ in range(2):
        await flow.collect.step()

    assert flow.store.collected == {}


async def test_a_limited_kind_is_asked_again_when_it_said(flow: Flow):
    flow.platform.show(review("r1"), question("q1"))
    flow.platform.unreadable[Kind.QUESTION] = LIMITED
    await flow.collect.step()
    flow.platform.unreadable.clear()

    flow.clock.pass_by(timedelta(minutes=29))
    await flow.collect.step()
    assert len(flow.store.feedback) == 1
    flow.clock.pass_by(timedelta(minutes=1))
    await flow.collect.step()

    assert len(flow.store.feedback) == 2


async def test_questions_that_may_not_be_written_starve_no_review(flow: Flow, caplog: pytest.LogCaptureFixture):
    questions = [question(f"q{number}") for number in range(12)]
    await flow.approved(*questions, review("r1"))
    flow.platform.unwritable[Kind.QUESTION] = LACKING

    with caplog.at_level("INFO"):
        await sent_until_idle(flow)

    assert [one.ref.item_id for one in flow.platform.landed] == ["r1"]
    assert len(flow.platform.asked) <= 4 + 1  # as many as were under way at once, and the review
    assert flow.store.paused == {}
    assert [one for one in actions(caplog.records) if "writing" in one] == ["writing_unavailable"]


async def test_a_kind_that_may_not_be_written_is_tried_again_after_an_hour_and_its_return_said_once(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved(question("q1"), question("q2"))
    flow.platform.unwritable[Kind.QUESTION] = LACKING

    with caplog.at_level("INFO"):
        await sent_until_idle(flow)
        tried = len(flow.platform.asked)
        for _ in range(5):
            flow.restart()
            flow.clock.pass_by(timedelta(minutes=10))
            await sent_until_idle(flow)
        assert len(flow.platform.asked) == tried
        flow.clock.pass_by(timedelta(minutes=10))
        await sent_until_idle(flow)
        assert len(flow.platform.asked) > tried
        flow.platform.unwritable.clear()
        flow.clock.pass_by(HOUR)
        await sent_until_idle(flow)

    assert {flow.delivery("q1"), flow.delivery("q2")} == {DispatchStatus.SENT}
    said = [one for one in actions(caplog.records) if "writing" in one or "account" in one]
    assert said == ["writing_unavailable", "writing_available"]


async def test_the_time_that_the_platform_names_counts_for_a_kind_that_may_not_be_written(flow: Flow):
    await flow.approved(question("q1"))
    flow.platform.unwritable[Kind.QUESTION] = Unavailable("not now", "wait", retry_after=60.0)
    await sent_until_idle(flow)
    flow.platform.unwritable.clear()

    flow.clock.pass_by(timedelta(seconds=60))
    await sent_until_idle(flow)

    assert flow.delivery("q1") is DispatchStatus.SENT


async def test_an_answer_to_a_review_does_not_bring_questions_back(flow: Flow):
    await flow.approved(question("q1"))
    flow.platform.unwritable[Kind.QUESTION] = LACKING
    await sent_until_idle(flow)

    await flow.approved(review("r1"))
    await sent_until_idle(flow)
    await flow.approved(question("q2"))
    await sent_until_idle(flow)

    assert flow.delivery("r1") is DispatchStatus.SENT
    assert [one.ref.item_id for one in flow.platform.asked] == ["q1", "r1"]


async def test_a_kind_that_cannot_be_seen_now_keeps_no_other_from_being_sent_and_confirmed(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved(*(question(f"q{number}") for number in range(9)), review("r1"))
    flow.platform.unreadable[Kind.QUESTION] = LIMITED

    with caplog.at_level("INFO"):
        await sent_until_idle(flow)
        flow.clock.pass_by(timedelta(seconds=30))
        await flow.confirm.step()

    assert flow.status("r1") is FeedbackStatus.ANSWERED
    assert {flow.delivery(f"q{number}") for number in range(9)} == {DispatchStatus.PENDING}
    assert actions(caplog.records).count("send_away") == 1
    assert flow.dispatch("q0").looks == 0


async def test_a_limit_on_questions_delays_no_confirmation_of_reviews(flow: Flow):
    await flow.sent(question("q1"), review("r1"))
    flow.platform.unreadable[Kind.QUESTION] = LIMITED
    flow.clock.pass_by(timedelta(minutes=1))

    first = await flow.confirm.step()

    assert (flow.status("r1"), flow.status("q1")) == (FeedbackStatus.ANSWERED, FeedbackStatus.APPROVED)
    assert (first.rest, sorted(first.later)) == (0, [1800])
    flow.platform.unreadable.clear()
    flow.clock.pass_by(timedelta(minutes=30))
    await flow.confirm.step()
    assert flow.status("q1") is FeedbackStatus.ANSWERED


async def test_one_item_that_makes_the_look_fail_does_not_keep_its_kind_from_being_sent_for_ever(flow: Flow):
    await flow.approved(review("r1"), review("r2"), review("r3"))
    flow.send = replace(flow.send, connector=Poisoned(flow.clock, SPEC, items=flow.platform.items))

    for _ in range(12):
        await sent_until_idle(flow)
        flow.clock.pass_by(timedelta(minutes=5))

    assert {flow.delivery("r2"), flow.delivery("r3")} == {DispatchStatus.SENT}
    assert flow.delivery("r1") is DispatchStatus.PENDING


async def test_a_kind_outside_the_subscription_waits_and_pauses_nothing(flow: Flow):
    await flow.approved(question("q1"))
    flow.platform.unreadable[Kind.QUESTION] = LACKING

    await sent_until_idle(flow)

    assert flow.delivery("q1") is DispatchStatus.PENDING
    assert flow.store.paused == {}


async def test_what_is_approved_while_its_kind_rests_is_not_looked_at_before_the_rest_is_over(flow: Flow):
    await flow.approved(question("q1"))
    flow.platform.unreadable[Kind.QUESTION] = LIMITED
    await sent_until_idle(flow)
    flow.platform.unreadable.clear()
    await flow.approved(question("q2"))

    await sent_until_idle(flow)
    assert flow.platform.sights == []
    flow.clock.pass_by(timedelta(minutes=30))
    await sent_until_idle(flow)

    assert {flow.delivery("q1"), flow.delivery("q2")} == {DispatchStatus.SENT}
