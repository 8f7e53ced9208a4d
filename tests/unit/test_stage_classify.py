"""Classifying: what needs no model, what the model leaves out or refuses, and what an outage costs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.reply import Sentiment
from feedback_service.domain.supplier import AnswerPolicy, Decision
from feedback_service.pipeline.stage import ATTEMPTS
from tests.support.clock import ManualClock
from tests.support.fake_model import FOUND
from tests.support.flow import ALL_AUTO, Flow, actions, question, review


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def collected(flow: Flow, *items: object) -> None:
    flow.platform.show(*items)
    await flow.collect.step()


async def test_what_a_customer_wrote_is_classified_by_the_model(flow: Flow):
    await collected(flow, review())

    progress = await flow.classify.step()

    assert (progress.taken, progress.moved, progress.failed, progress.more) == (1, 1, 0, False)
    assert (flow.status(), flow.feedback().classification) == (FeedbackStatus.CLASSIFIED, FOUND)


async def test_twenty_texts_go_into_one_call(flow: Flow):
    await collected(flow, *(review(f"r{n}") for n in range(45)))

    progress = [await flow.classify.step() for _ in range(3)]

    assert flow.model.batches == [20, 20, 5]
    assert [one.more for one in progress] == [True, True, False]


async def test_what_the_rules_skip_is_skipped_without_a_call(clock: ManualClock):
    flow = Flow(clock, AnswerPolicy(questions=Decision.SKIP, max_age=timedelta(days=30)))
    await collected(flow, question("q1"), review("old", created_at=clock.now() - timedelta(days=31)))

    progress = await flow.classify.step()

    assert progress.moved == 2
    assert flow.model.batches == []
    assert {flow.status("q1"), flow.status("old")} == {FeedbackStatus.SKIPPED}


@pytest.mark.parametrize(
    ("stars", "sentiment"),
    [(5, Sentiment.POSITIVE), (4, Sentiment.POSITIVE), (3, Sentiment.NEUTRAL), (2, Sentiment.NEGATIVE)],
)
async def test_stars_alone_are_classified_without_a_call(flow: Flow, stars: int, sentiment: Sentiment):
    await collected(flow, review("r1", "", rating=stars))

    await flow.classify.step()

    assert flow.model.batches == []
    assert flow.status() is FeedbackStatus.CLASSIFIED
    assert flow.feedback().classification.sentiment is sentiment


async def test_one_poisonous_text_spoils_no_other(flow: Flow):
    await collected(flow, review("r1"), review("poisonous", "яд"), review("r3"))

    progress = await flow.classify.step()

    assert flow.model.batches == [3, 1, 1, 1]
    assert progress.moved == 2
    assert (flow.status("r1"), flow.status("r3")) == (FeedbackStatus.CLASSIFIED, FeedbackStatus.CLASSIFIED)
    assert flow.status("poisonous") is FeedbackStatus.COLLECTED


async def test_a_text_that_the_model_leaves_out_is_asked_again_later_and_given_to_a_person_in_the_end(
    flow: Flow, clock: ManualClock
):
    await collected(flow, review("r1"), review("odd", "абракадабра"))
    flow.model.omits.add("абракадабра")

    assert (await flow.classify.step()).later == (10.0,)
    assert (await flow.classify.step()).taken == 0
    for _ in range(ATTEMPTS - 1):
        assert flow.status("odd") is FeedbackStatus.COLLECTED
        clock.pass_by(timedelta(seconds=10))
        await flow.classify.step()

    assert flow.status("r1") is FeedbackStatus.CLASSIFIED
    assert (flow.status("odd"), flow.feedback("odd").note) == (FeedbackStatus.HELD, "the model could not classify it")


@pytest.mark.parametrize("problem", [Retryable("HTTP 503"), AccountFault("no balance", "top it up")], ids=str)
async def test_an_outage_gives_the_claims_back_uncounted_and_is_said_once(
    flow: Flow, clock: ManualClock, caplog: pytest.LogCaptureFixture, problem: FeedbackServiceError
):
    await collected(flow, review())
    flow.model.faults.extend([problem] * 7)
    rests = []

    with caplog.at_level("INFO"):
        for _ in range(8):
            progress = await flow.classify.step()
            rests.append(progress.rest)
            clock.pass_by(timedelta(seconds=progress.rest))

    assert rests == [5, 15, 60, 300, 300, 300, 300, 0]
    assert flow.status() is FeedbackStatus.CLASSIFIED
    assert [one for one in actions(caplog.records) if one != "collected"] == ["model_away", "model_back"]


async def test_a_claim_given_back_in_an_outage_falls_due_when_the_rest_is_over(flow: Flow):
    await collected(flow, review())
    flow.model.faults.append(Retryable("429", retry_after=42.0))

    progress = await flow.classify.step()

    assert (progress.failed, progress.rest, progress.later) == (1, 42, (42,))
    assert flow.feedback().attempts == 0
    assert (await flow.classify.step()).taken == 0


async def test_a_limit_that_asks_for_no_wait_still_makes_the_stage_rest(flow: Flow):
    await collected(flow, *(review(f"r{n}") for n in range(25)))
    flow.model.faults.append(Retryable("429", retry_after=0.0))

    progress = await flow.classify.step()

    assert progress.rest > 0
    assert not progress.more


async def test_an_item_that_changed_meanwhile_is_left_to_whoever_changed_it(flow: Flow):
    await collected(flow, review())
    claimed = flow.feedback()
    flow.model.meanwhile = lambda: flow.person().hold(claimed.id)

    progress = await flow.classify.step()

    assert (progress.taken, progress.moved) == (1, 0)
    assert (flow.status(), flow.feedback().note) == (FeedbackStatus.HELD, "held by a person")


async def test_the_hint_of_a_person_reaches_the_drafter_of_an_item_that_was_never_classified(flow: Flow):
    await collected(flow, review())
    await flow.person().hold(flow.feedback().id)
    await flow.person().redraft(flow.feedback().id, "предложите обмен")

    await flow.classify.step()
    await flow.write.step()

    assert flow.model.briefs[0].objection == "предложите обмен"


async def test_rules_that_change_while_an_item_waits_count(clock: ManualClock):
    flow = Flow(clock, ALL_AUTO)
    await collected(flow, question())
    flow.policy = AnswerPolicy(questions=Decision.SKIP)
    flow.restart()

    await flow.classify.step()

    assert flow.status("q1") is FeedbackStatus.SKIPPED
