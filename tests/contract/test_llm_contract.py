"""The adapter against the sandbox's model over HTTP: the flow's promises hold whatever the model does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.domain.reply import DraftOrigin, Sentiment
from feedback_service.lexicon import Inspector
from feedback_service.llm import OpenAIModel
from feedback_service.ports.language import LanguageModel
from feedback_service.sandbox.model import SANDBOX_KEY, ModelReplica, ModelSettings
from feedback_service.sandbox.server import Sandbox
from tests.support.llm import CountingBudget, brief, config, feedback, question
from tests.support.sandbox import HandClock

ITEMS = [
    feedback(1, "Отличный чайник, очень довольна, рекомендую!", rating=5),
    feedback(2, "Ужас, протекает, сломался на второй день, верните деньги!", rating=1),
    question(3, "Подойдёт ли для индукции?"),
]


@asynccontextmanager
async def stand_in(
    model_settings: ModelSettings | None = None, **changes: Any
) -> AsyncIterator[tuple[LanguageModel, ModelReplica]]:
    """The adapter over HTTP to the sandbox's model, and that model, to order its behaviour."""
    replica = ModelReplica(model_settings)
    async with Sandbox([replica]) as sandbox:
        address = {"base_url": f"{sandbox.url_of('openai')}/v1", "api_key": SANDBOX_KEY}
        model = OpenAIModel(config(**{**address, **changes}), CountingBudget(), HandClock())
        yield model, replica
        await model.close()


async def test_every_item_of_a_batch_is_classified_with_its_share_of_the_cost() -> None:
    async with stand_in() as (model, _):
        found = await model.classify(ITEMS)

    assert set(found) == {one.id for one in ITEMS}
    assert found[ITEMS[0].id].sentiment is Sentiment.POSITIVE
    assert found[ITEMS[1].id].sentiment is Sentiment.NEGATIVE
    assert all(one.language == "ru" and one.usage and one.usage.cost_micros > 0 for one in found.values())


@pytest.mark.parametrize("one", ITEMS)
async def test_every_item_gets_a_signed_draft_that_the_inspector_passes(one: Any) -> None:
    async with stand_in() as (model, _):
        draft = await model.draft(brief(one, signature="Ваш Чайный дом"))

    assert draft.origin is DraftOrigin.MODEL
    assert draft.text.count("Ваш Чайный дом") == 1
    assert draft.text.endswith("Ваш Чайный дом")
    assert Inspector().inspect(draft.text, ("возврат",)) == ()
    assert draft.usage is not None
    assert draft.usage.output_tokens > 0


@pytest.mark.parametrize("behaviour", ["lose_item", "foreign_item"])
async def test_an_item_that_the_model_loses_or_renames_is_missing_and_the_others_are_not(behaviour: str) -> None:
    async with stand_in() as (model, replica):
        replica.behave(behaviour)
        found = await model.classify(ITEMS)

    assert set(found) == {one.id for one in ITEMS[:2]}


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("rate_limit", Retryable),
        ("empty_quota", AccountFault),
        ("refuse", Refused),
        ("content_filter", Refused),
        ("empty", Refused),
    ],
)
async def test_each_way_to_fail_has_its_outcome_and_the_next_call_works(
    behaviour: str, kind: type[FeedbackServiceError]
) -> None:
    async with stand_in() as (model, replica):
        replica.behave(behaviour)
        with pytest.raises(kind):
            await model.draft(brief())

        assert (await model.draft(brief())).text


@pytest.mark.parametrize("behaviour", ["truncate", "invalid_json", "wrong_schema"])
async def test_an_unusable_answer_is_asked_for_again_once(behaviour: str) -> None:
    async with stand_in() as (model, replica):
        replica.behave(behaviour)
        assert (await model.draft(brief())).text

        replica.behave(behaviour, 2)
        with pytest.raises(Refused):
            await model.draft(brief())


async def test_an_answer_with_what_must_not_be_published_is_found_by_the_inspector() -> None:
    async with stand_in() as (model, replica):
        replica.behave("inject", 6)
        drafts = [await model.draft(brief(feedback(n))) for n in range(6)]

    assert all(Inspector().inspect(draft.text, ("возврат", "брак")) for draft in drafts)


@pytest.mark.parametrize(
    ("changes", "setting"),
    [({"api_key": "wrong"}, "OPENAI_API_KEY"), ({"drafter_model": "no-such-model"}, "OPENAI_DRAFTER_MODEL")],
)
async def test_a_wrong_setting_is_named(changes: dict[str, str], setting: str) -> None:
    async with stand_in(**changes) as (model, _):
        with pytest.raises(AccountFault, match=setting):
            await model.draft(brief())
        facts = await model.check()

    assert any(not fact.ok and setting in fact.remedy for fact in facts)


async def test_a_good_setup_passes_the_check() -> None:
    async with stand_in() as (model, _):
        facts = await model.check()

    assert [fact.ok for fact in facts] == [True, True]
