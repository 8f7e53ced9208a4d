"""Drafting: templates for stars alone, the model for words, a person where the model declines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.reply import DraftOrigin
from feedback_service.domain.templates import choose_template
from feedback_service.pipeline.stage import ATTEMPTS
from tests.support.bazaar import LIMIT
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import Flow, actions, review


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def classified(flow: Flow, *items: object) -> None:
    flow.platform.show(*items)
    await flow.collect.step()
    await flow.classify.step()


async def test_words_are_answered_by_the_model_within_the_platforms_limit(flow: Flow):
    await classified(flow, review())

    progress = await flow.write.step()

    assert (progress.taken, progress.moved) == (1, 1)
    draft, brief = flow.feedback().draft, flow.model.briefs[0]
    assert (draft.text, draft.origin) == (THANKS, DraftOrigin.MODEL)
    assert (brief.limit, brief.objection, brief.supplier) == (LIMIT, "", flow.supplier)


async def test_stars_alone_are_answered_from_the_templates(flow: Flow):
    await classified(flow, review("r1", " \n", rating=5))

    await flow.write.step()

    draft = flow.feedback().draft
    assert flow.model.briefs == []
    assert draft.origin is DraftOrigin.TEMPLATE
    assert draft.text == choose_template(flow.supplier.voice, flow.feedback().item, LIMIT)


async def test_what_the_model_declines_goes_to_a_person_with_the_reason(flow: Flow):
    await classified(flow, review("r1"), review("r2"))
    flow.model.faults.append(Refused("the model declines"))

    progress = await flow.write.step()

    assert progress.moved == 2
    assert sorted([flow.status("r1"), flow.status("r2")]) == [FeedbackStatus.DRAFTED, FeedbackStatus.HELD]
    assert (flow.status("r1"), flow.feedback("r1").note) == (FeedbackStatus.HELD, "no draft: the model declines")


@pytest.mark.parametrize("problem", [Retryable("HTTP 503"), AccountFault("no balance", "top it up")], ids=str)
async def test_an_outage_gives_the_claims_back_uncounted_and_is_said_once(
    flow: Flow, clock: ManualClock, caplog: pytest.LogCaptureFixture, problem: FeedbackServiceError
):
    await classified(flow, review())
    flow.model.faults.extend([problem] * 7)
    rests = []

    with caplog.at_level("INFO"):
        for _ in range(8):
            progress = await flow.write.step()
            rests.append(progress.rest)
            clock.pass_by(timedelta(seconds=progress.rest))

    assert rests == [5, 15, 60, 300, 300, 300, 300, 0]
    assert flow.status() is FeedbackStatus.DRAFTED
    assert actions(caplog.records) == ["model_away", "model_back"]


async def test_a_limit_met_in_the_middle_of_a_batch_keeps_the_drafts_that_were_made(flow: Flow):
    await classified(flow, *(review(f"r{n}") for n in range(3)))
    flow.model.faults.extend([None, Retryable("429", retry_after=30.0), None])

    progress = await flow.write.step()

    assert (progress.moved, progress.failed, progress.rest, progress.later) == (2, 1, 30, (30,))
    assert flow.status("r1") is FeedbackStatus.CLASSIFIED
    assert flow.feedback("r1").attempts == 0


async def test_an_item_on_which_the_model_always_breaks_delays_no_other_and_goes_to_a_person(
    flow: Flow, clock: ManualClock
):
    await classified(flow, review("broken", "очень странный отзыв"))
    flow.model.breaks_on = "странный"

    for n in range(ATTEMPTS):
        await classified(flow, review(f"r{n}"))
        progress = await flow.write.step()
        assert (flow.status(f"r{n}"), progress.rest) == (FeedbackStatus.DRAFTED, 0)
        clock.pass_by(timedelta(minutes=5))

    assert flow.status("broken") is FeedbackStatus.HELD
    assert "HTTP 500" in flow.feedback("broken").note


async def test_a_draft_that_the_guard_sent_back_is_made_anew_with_its_objection(flow: Flow):
    flow.model.said.append("Звоните: +7 900 123-45-67")
    await classified(flow, review())
    await flow.write.step()
    await flow.guard.step()

    await flow.write.step()

    assert "+7 900 123-45-67" in flow.model.briefs[1].objection
    assert flow.status() is FeedbackStatus.DRAFTED


async def test_an_objection_survives_an_outage(flow: Flow, clock: ManualClock):
    flow.model.said.append("Звоните: +7 900 123-45-67")
    await classified(flow, review())
    await flow.write.step()
    await flow.guard.step()
    flow.model.faults.append(Retryable("HTTP 503"))

    await flow.write.step()
    clock.pass_by(timedelta(seconds=5))
    await flow.write.step()

    assert flow.model.briefs[1].objection == flow.model.briefs[2].objection != ""


async def test_stars_alone_go_to_the_model_when_a_person_wants_another_wording(flow: Flow):
    await classified(flow, review("r1", "", rating=5))
    await flow.write.step()
    await flow.person().redraft(flow.feedback().id, "короче")

    await flow.write.step()

    assert flow.feedback().draft.origin is DraftOrigin.MODEL
    assert flow.model.briefs[0].objection == "короче"
