"""A valid login of another cabinet: nothing of ours is there, and nothing is closed, refused or recorded for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import AnswerPolicy
from tests.support.bazaar import DROPPED_AFTER
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, question, review

HOUR = timedelta(hours=1)
QUESTION = "is this the right cabinet?"


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


@pytest.fixture
def careful(clock: ManualClock) -> Flow:
    """Everything waits for a person."""
    return Flow(clock, AnswerPolicy(reviews={}))


def enter_another_cabinet(flow: Flow, *strangers: str) -> None:
    flow.platform.items = {ItemId(name): review(name) for name in strangers}


@pytest.mark.parametrize(
    ("held", "strangers", "left"),
    [
        (1, (), FeedbackStatus.CLOSED),
        (2, (), FeedbackStatus.CLOSED),
        (2, ("x1",), FeedbackStatus.CLOSED),
        (3, (), FeedbackStatus.HELD),
        (3, ("x1", "x2"), FeedbackStatus.HELD),
        (8, (), FeedbackStatus.HELD),
    ],
)
async def test_items_of_which_none_is_there_are_closed_only_where_they_are_few(
    careful: Flow, held: int, strangers: tuple[str, ...], left: FeedbackStatus
):
    await careful.approved(*(review(f"r{number}") for number in range(held)))
    enter_another_cabinet(careful, *strangers)

    for _ in range(3):
        await careful.collect.step()
        careful.clock.pass_by(timedelta(minutes=5))

    assert {careful.status(f"r{number}") for number in range(held)} == {left}
    assert (QUESTION in careful.store.paused.get(ACCOUNT, "")) == (left is FeedbackStatus.HELD)


async def test_a_stranger_s_items_are_not_taken_for_ours_and_our_own_login_mends_it(
    careful: Flow, caplog: pytest.LogCaptureFixture
):
    await careful.approved(*(review(f"r{number}") for number in range(3)), question("q1"))
    ours = careful.platform.items
    enter_another_cabinet(careful, "x1", "x2")

    with caplog.at_level("INFO"):
        for _ in range(2):
            careful.restart()
            await careful.collect.step()
        assert len(careful.store.feedback) == 4
        careful.platform.items = ours
        await careful.collect.step()

    said = actions(caplog.records)
    assert (said.count("account_paused"), said.count("account_back")) == (1, 1)
    assert careful.store.paused == {}


async def test_items_of_which_none_is_there_are_no_surer_gone_because_nothing_else_may_be_looked_at(careful: Flow):
    await careful.approved(review("r1"), *(question(f"q{number}") for number in range(3)))
    for number in range(3):
        await careful.person().hold(careful.feedback(f"q{number}").id)
    careful.platform.unreadable[Kind.REVIEW] = Unavailable("reviews are not part of the subscription", "subscribe")
    enter_another_cabinet(careful)

    await careful.collect.step()

    assert {careful.status(f"q{number}") for number in range(3)} == {FeedbackStatus.HELD}


@pytest.mark.parametrize("witness", ["another that waits", "one that was answered"])
async def test_many_that_really_went_are_closed_where_anything_else_of_ours_is_there(flow: Flow, witness: str):
    await flow.answered(review("witness", rating=5 if witness == "one that was answered" else 1))
    flow.policy = AnswerPolicy(reviews={})
    flow.restart()
    await flow.approved(*(review(f"r{number}") for number in range(3)))

    for number in range(3):
        flow.platform.gone.add(ItemId(f"r{number}"))
    await flow.collect.step()

    assert {flow.status(f"r{number}") for number in range(3)} == {FeedbackStatus.CLOSED}


@pytest.mark.parametrize(
    ("pending", "left"),
    [
        (1, DispatchStatus.REFUSED),
        (2, DispatchStatus.REFUSED),
        (3, DispatchStatus.PENDING),
        (12, DispatchStatus.PENDING),
    ],
)
async def test_answers_of_which_no_item_is_there_are_refused_only_where_they_are_few(
    flow: Flow, pending: int, left: DispatchStatus
):
    await flow.approved(*(review(f"r{number}") for number in range(pending)))
    enter_another_cabinet(flow, "x1")

    for _ in range(4):
        await flow.send.step()
        flow.clock.pass_by(timedelta(minutes=5))

    assert {flow.delivery(f"r{number}") for number in range(pending)} == {left}
    assert (QUESTION in flow.store.paused.get(ACCOUNT, "")) == (left is DispatchStatus.PENDING)
    assert flow.platform.asked == []


async def test_answers_whose_items_went_are_refused_where_others_of_ours_are_there(flow: Flow):
    await flow.answered(review("witness"))
    await flow.approved(*(review(f"r{number}") for number in range(3)))

    for number in range(3):
        flow.platform.gone.add(ItemId(f"r{number}"))
    await flow.send.step()

    assert {flow.delivery(f"r{number}") for number in range(3)} == {DispatchStatus.REFUSED}


async def test_answers_leave_again_when_the_right_login_is_back(flow: Flow):
    await flow.approved(*(review(f"r{number}") for number in range(3)))
    ours = flow.platform.items
    enter_another_cabinet(flow)
    await flow.send.step()

    flow.platform.items = ours
    flow.clock.pass_by(timedelta(minutes=5))
    await flow.send.step()

    assert {flow.delivery(f"r{number}") for number in range(3)} == {DispatchStatus.SENT}
    assert flow.store.paused == {}


async def test_in_another_cabinet_no_answer_that_was_sent_is_given_to_a_person(flow: Flow):
    await flow.sent(*(review(f"r{number}") for number in range(4)))
    ours = flow.platform.items
    enter_another_cabinet(flow, "x1")

    for _ in range(3):
        flow.clock.pass_by(timedelta(minutes=5))
        await flow.confirm.step()
    assert {flow.delivery(f"r{number}") for number in range(4)} == {DispatchStatus.SENT}
    assert QUESTION in flow.store.paused[ACCOUNT]
    flow.platform.items = ours
    flow.clock.pass_by(timedelta(minutes=5))
    await flow.confirm.step()

    assert {flow.status(f"r{number}") for number in range(4)} == {FeedbackStatus.ANSWERED}
    assert flow.store.paused == {}


async def test_a_doubt_is_not_over_sooner_because_its_item_is_not_to_be_seen(flow: Flow):
    flow.platform.lag = timedelta(seconds=35)
    await flow.approved()
    flow.platform.faults.append(DROPPED_AFTER)
    await flow.send.step()
    ours = flow.platform.items
    enter_another_cabinet(flow)
    flow.clock.pass_by(timedelta(seconds=10))

    await flow.confirm.step()

    assert flow.delivery() is DispatchStatus.IN_DOUBT
    flow.platform.items = ours
    flow.clock.pass_by(timedelta(seconds=30))
    await flow.confirm.step()
    assert flow.status() is FeedbackStatus.ANSWERED


@pytest.mark.parametrize("strangers", [(), ("x1", "x2")])
async def test_a_small_shop_whose_items_really_went_goes_on_after_a_day_of_the_same_finding(
    careful: Flow, caplog: pytest.LogCaptureFixture, strangers: tuple[str, ...]
):
    await careful.approved(*(review(f"r{number}") for number in range(4)))
    enter_another_cabinet(careful, *strangers)

    with caplog.at_level("INFO"):
        for hour in range(24):
            careful.restart()
            await careful.collect.step()
            assert {careful.status(f"r{number}") for number in range(4)} == {FeedbackStatus.HELD}, hour
            careful.clock.pass_by(HOUR)
        for _ in range(50):
            careful.restart()
            await careful.collect.step()
            careful.clock.pass_by(HOUR)

    assert {careful.status(f"r{number}") for number in range(4)} == {FeedbackStatus.CLOSED}
    assert len(careful.store.feedback) == 4 + len(strangers)
    assert careful.store.paused == {}
    said = actions(caplog.records)
    assert (said.count("account_paused"), said.count("account_back"), said.count("gone_for_good")) == (1, 1, 1)


async def test_a_shop_with_many_known_items_of_which_none_is_there_waits_for_a_person(careful: Flow):
    await careful.approved(*(review(f"r{number}") for number in range(25)))
    enter_another_cabinet(careful, "x1")

    for _ in range(10):
        await careful.collect.step()
        careful.clock.pass_by(timedelta(hours=12))

    assert len(careful.store.feedback) == 25
    assert QUESTION in careful.store.paused[ACCOUNT]


async def test_a_day_begins_anew_where_ours_was_seen_meanwhile(careful: Flow):
    await careful.approved(*(review(f"r{number}") for number in range(3)))
    ours = careful.platform.items
    for _ in range(3):
        enter_another_cabinet(careful)
        for _ in range(20):
            careful.restart()
            await careful.collect.step()
            careful.clock.pass_by(HOUR)
        careful.platform.items = ours
        await careful.collect.step()

    assert {careful.status(f"r{number}") for number in range(3)} == {FeedbackStatus.HELD}
    assert careful.store.paused == {}


async def test_approved_answers_of_a_small_shop_whose_items_went_come_to_a_person_after_a_day(flow: Flow):
    await flow.approved(*(review(f"r{number}") for number in range(12)))
    enter_another_cabinet(flow)

    for _ in range(24 * 12 + 12):
        await flow.send.step()
        flow.clock.pass_by(timedelta(minutes=5))

    assert {flow.status(f"r{number}") for number in range(12)} == {FeedbackStatus.HELD}


async def test_answers_to_be_taken_away_from_a_small_shop_that_went_come_to_a_person_after_a_day(flow: Flow):
    await flow.answered(*(review(f"r{number}") for number in range(3)))
    for number in range(3):
        await flow.person().retract(flow.feedback(f"r{number}").id)
    enter_another_cabinet(flow)

    await flow.retract.step()
    assert QUESTION in flow.store.paused[ACCOUNT]
    for _ in range(24 * 12 + 12):
        await flow.retract.step()
        flow.clock.pass_by(timedelta(minutes=5))

    assert {flow.status(f"r{number}") for number in range(3)} == {FeedbackStatus.HELD}


async def test_in_another_cabinet_no_answer_of_ours_is_taken_for_retracted(flow: Flow):
    await flow.answered(*(review(f"r{number}") for number in range(3)))
    for number in range(3):
        await flow.person().retract(flow.feedback(f"r{number}").id)
    enter_another_cabinet(flow)

    for _ in range(3):
        await flow.retract.step()
        flow.clock.pass_by(timedelta(minutes=5))

    assert {flow.delivery(f"r{number}") for number in range(3)} == {DispatchStatus.RETRACTING}
