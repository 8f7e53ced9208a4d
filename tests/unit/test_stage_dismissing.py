"""Skipped items leave the platform's own list of what waits, where the supplier wants it and the platform can."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.errors import FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.supplier import AnswerPolicy, Decision
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, review

SKIPPING = AnswerPolicy(reviews={5: Decision.SKIP, 1: Decision.APPROVE}, dismiss_skipped=True)


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock, SKIPPING)


def dismissed(flow: Flow) -> list[str]:
    return [one.item_id for one in flow.platform.dismissed]


async def test_what_our_rules_skip_is_dismissed_on_the_platform_and_nothing_else(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved(review("r1", rating=5), review("r2", rating=1))
    assert (flow.status("r1"), flow.status("r2")) == (FeedbackStatus.SKIPPED, FeedbackStatus.HELD)
    assert dismissed(flow) == []

    with caplog.at_level("INFO"):
        for _ in range(5):
            await flow.collect.step()

    assert dismissed(flow) == ["r1"]
    assert actions(caplog.records) == ["dismissed"]


async def test_a_supplier_who_did_not_ask_for_it_has_nothing_dismissed(clock: ManualClock):
    flow = Flow(clock, replace(SKIPPING, dismiss_skipped=False))
    await flow.approved(review("r1", rating=5))

    await flow.collect.step()

    assert (flow.status("r1"), dismissed(flow)) == (FeedbackStatus.SKIPPED, [])


async def test_a_dismissal_that_fails_is_said_once_harms_nothing_and_is_made_later(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved(review("r1", rating=5))
    flow.platform.away.extend([None, None, Retryable("HTTP 502")] * 2)  # two lists, then the dismissal

    with caplog.at_level("INFO"):
        failures = sum([(await flow.collect.step()).failed for _ in range(3)])

    assert (failures, dismissed(flow)) == (0, ["r1"])
    assert actions(caplog.records) == ["dismiss_away", "dismissed"]
    assert flow.store.paused == {}


async def test_many_are_dismissed_by_batches_and_an_item_that_stays_listed_is_told_again_now_and_then(flow: Flow):
    await flow.approved(*(review(f"r{number}", rating=5) for number in range(120)))
    for _ in range(10):
        await flow.classify.step()

    for _ in range(31):
        await flow.collect.step()
        flow.clock.pass_by(timedelta(minutes=1))

    assert len(set(dismissed(flow))) == 120
    assert len(dismissed(flow)) == 240


@pytest.mark.parametrize("problem", [Refused("no such review"), InDoubt("connection lost")], ids=str)
async def test_a_dismissal_that_the_platform_refuses_or_that_ends_in_doubt_spoils_no_reading(
    flow: Flow, problem: FeedbackServiceError
):
    await flow.approved(review("r1", rating=5))
    read_before = flow.store.collected[ACCOUNT]
    flow.clock.pass_by(timedelta(minutes=1))
    flow.platform.away.extend([None, None, problem])

    await flow.collect.step()
    assert flow.store.collected[ACCOUNT] > read_before
    await flow.collect.step()

    assert dismissed(flow) == ["r1"]
