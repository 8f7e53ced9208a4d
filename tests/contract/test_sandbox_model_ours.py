"""The model stand-in serves this service's own classifier and drafter."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from feedback_service.domain.feedback import Feedback, FeedbackStatus, Product, Review
from feedback_service.domain.identity import AccountId, FeedbackId, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.length import TextLimit
from feedback_service.domain.reply import Sentiment, Urgency
from feedback_service.domain.supplier import Supplier, Voice
from feedback_service.lexicon.inspector import Inspector
from feedback_service.llm import ModelConfig, OpenAIModel
from feedback_service.ports.language import Brief
from feedback_service.sandbox.wall_clock import WallClock
from feedback_service.sandbox.world import World
from tests.support.llm import CountingBudget
from tests.support.sandbox_model import direct, served

NOW = 1_770_000_000.0
SIGNATURE = "Ваша «Лавка»"
SUPPLIER = Supplier(key=SupplierKey("shop"), title="Лавка", voice=Voice(signature=SIGNATURE))


def feedback(number: int, rating: int, text: str) -> Feedback:
    return Feedback(
        id=FeedbackId(number),
        account_id=AccountId(1),
        supplier=SUPPLIER.key,
        platform=PlatformKey("wildberries"),
        item=Review(
            item_id=ItemId(f"item-{number}"),
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            rating=rating,
            text=text,
            author="Анна",
            product=Product(name="Плед"),
        ),
        status=FeedbackStatus.COLLECTED,
        revision=1,
    )


@pytest.fixture
async def model():
    async with served() as (_, replica, sandbox):
        config = ModelConfig(
            base_url=f"{sandbox.url_of('openai')}/v1",
            api_key="sk-sandbox",
            classifier_model="sandbox-small",
            drafter_model="sandbox-large",
        )
        ours = OpenAIModel(config, CountingBudget(), WallClock())
        yield ours, replica
        await ours.close()


async def test_our_classifier_reads_what_the_stand_in_says(model):
    ours, _ = model
    batch = [feedback(1, 5, "Отличный, мягкий"), feedback(2, 1, "У ребёнка аллергия и ожог!")]

    found = await ours.classify(batch)

    assert found[FeedbackId(1)].sentiment is Sentiment.POSITIVE
    assert "удобство" in found[FeedbackId(1)].topics
    assert (found[FeedbackId(2)].urgency, found[FeedbackId(2)].needs_person) == (Urgency.HIGH, True)


async def test_our_drafter_gets_a_signed_reply_and_a_different_one_after_an_objection(model):
    ours, replica = model
    replica.behave("inject", 1)
    brief = Brief(feedback=feedback(1, 5, "Отличный, мягкий"), supplier=SUPPLIER, limit=TextLimit(2, 5_000))

    spoilt = await ours.draft(brief)
    mended = await ours.draft(replace(brief, objection="the text holds a phone number"))

    assert "+7" in spoilt.text
    assert "+7" not in mended.text
    assert mended.text.count(SIGNATURE) == 1
    assert mended.usage.output_tokens > 0


def test_our_inspector_passes_ordinary_drafts_and_stops_every_spoilt_one():
    stop_words = ("бракованный", "гарантировать")
    world = World(per_account=15)
    stories = [story.first for account in world.accounts for story in world.backlog(account, NOW)]

    def findings(share: float) -> list[bool]:
        model = direct(inject_share=share)
        drafts = [model.draft(asdict(one), stop_words=stop_words, signature=SIGNATURE) for one in stories]
        return [bool(Inspector().inspect(draft, stop_words)) for draft in drafts]

    assert not any(findings(share=0.0))
    assert all(findings(share=1.0))
