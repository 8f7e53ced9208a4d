"""One feedback's whole story, as people read it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from feedback_service.domain.feedback import Feedback, Item, Review
from feedback_service.domain.reply import Classification, Draft, Urgency
from feedback_service.ports.views import DispatchStory, HistoryStep, Listed, Story, UsageSum

MICROS = 1_000_000
"""Millionths of a US dollar in one."""


def lines(story: Story, prior: Sequence[Item]) -> Iterator[str]:
    """The story in the order in which it happened, with what counts now at the top."""
    feedback = story.listed.feedback
    yield from _head(story.listed)
    yield from _block("The customer wrote", words(feedback.item))
    for item in prior:
        yield from _block(f"Before that, {when(item.created_at)} {stars(item)}".rstrip(), words(item))
    yield from _standing(feedback)
    yield from _proposal(feedback.classification, feedback.draft)
    for delivery in story.dispatches:
        yield from _delivery(delivery)
    yield from _history(story)
    yield from _cost(story.usage)


def stars(item: Item) -> str:
    """The rating as stars; nothing for a question or where none was given."""
    rating = item.rating if isinstance(item, Review) else 0
    return "★" * rating + "☆" * (5 - rating) if rating else ""


def words(item: Item) -> str:
    """All that the customer left, what is missing left out."""
    if not isinstance(item, Review):
        return item.text
    named = (("", item.text), ("Pros: ", item.pros), ("Cons: ", item.cons))
    parts = [f"{name}{text}" for name, text in named if text.strip()]
    seen = [f"{count} {what}" for count, what in ((item.photos, "photo(s)"), (item.videos, "video(s)")) if count]
    return "\n".join([*(parts or ["(no words)"]), *([f"[{', '.join(seen)}]"] if seen else [])])


def when(moment: datetime) -> str:
    """A time in this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def listed_json(listed: Listed) -> dict[str, object]:
    """One feedback of a list."""
    feedback = listed.feedback
    return {
        **asdict(feedback),
        "item": {"kind": str(feedback.item.kind), **asdict(feedback.item)},
        "account": listed.account,
        "collected_at": listed.collected_at.isoformat(),
        "changed_at": listed.changed_at.isoformat(),
    }


def story_json(story: Story, prior: Sequence[Item]) -> dict[str, object]:
    """The whole story."""
    return {
        **listed_json(story.listed),
        "prior": [{"kind": str(item.kind), **asdict(item)} for item in prior],
        "history": [asdict(step) for step in story.steps],
        "dispatches": [asdict(one) for one in story.dispatches],
        "usage": [asdict(one) for one in story.usage],
        "cost_usd": sum(one.cost_micros for one in story.usage) / MICROS,
    }


def _head(listed: Listed) -> Iterator[str]:
    feedback, item = listed.feedback, listed.feedback.item
    yield " · ".join(part for part in (f"feedback {feedback.id}", item.kind, stars(item), feedback.status) if part)
    yield f"{feedback.supplier}/{listed.account} on {feedback.platform}, item {item.item_id}"
    product = item.product
    about = " ".join(part for part in (product.brand, product.name, product.article or product.sku) if part)
    yield f"written {when(item.created_at)} by {item.author or 'somebody'}{f' about {about}' if about else ''}"
    if feedback.note:
        yield f"{feedback.status} because: {feedback.note}"


def _standing(feedback: Feedback) -> Iterator[str]:
    answer = feedback.item.answer
    if answer:
        reason = f", {answer.reason}" if answer.reason else ""
        yield from _block(f"On the platform when last read ({answer.state}{reason})", answer.text)


def _proposal(classification: Classification | None, draft: Draft | None) -> Iterator[str]:
    if classification:
        needs = ["needs a person"] if classification.needs_person else []
        hurry = [f"urgency {classification.urgency}"] if classification.urgency is not Urgency.NORMAL else []
        parts = [classification.sentiment, f"language {classification.language}", *hurry, *needs]
        yield from _block("Understood as", " · ".join([*parts, *classification.topics]))
    if draft:
        model = f" {draft.usage.model}" if draft.usage else ""
        yield from _block(f"Proposed answer ({draft.origin}{model})", draft.text)


def _delivery(story: DispatchStory) -> Iterator[str]:
    one = story.dispatch
    sent = f", sent {when(one.sent_at)}" if one.sent_at else ""
    receipt = f", receipt {when(story.receipt.at)} {story.receipt.platform_id}".rstrip() if story.receipt else ""
    tries = f", {one.attempts} attempt(s), {one.looks} look(s)"
    yield from _block(f"Delivery {one.id}: {one.action} {one.status}{tries}{sent}{receipt}", one.text)


def _history(story: Story) -> Iterator[str]:
    """Both histories in the order of time; of what happened in one moment, the item's own comes first."""
    own = [(step.at, 0, "item", step) for step in story.steps]
    theirs = [(step.at, 1, f"delivery {one.dispatch.id}", step) for one in story.dispatches for step in one.steps]
    yield ""
    yield "History"
    for _, _, subject, step in sorted([*own, *theirs], key=lambda row: row[:2]):
        yield f"  {when(step.at)}  {subject}: {_step(step)}"


def _step(step: HistoryStep) -> str:
    because = f" ({step.because})" if step.because else ""
    return f"{f'{step.old} → ' if step.old else ''}{step.new} by {step.who}{because}"


def _cost(usage: Sequence[UsageSum]) -> Iterator[str]:
    if not usage:
        return
    yield ""
    yield f"Cost ${sum(one.cost_micros for one in usage) / MICROS:.6f}"
    for one in usage:
        tokens = f"{one.input_tokens} tokens in, {one.output_tokens} out"
        yield f"  {one.purpose}: {one.model}, {one.calls} call(s), {tokens}, ${one.cost_micros / MICROS:.6f}"


def _block(title: str, text: str) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in text.splitlines())
