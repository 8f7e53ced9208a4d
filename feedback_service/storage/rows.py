"""What a feedback or a dispatch looks like as a row, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from feedback_service.domain.dispatch import Dispatch, ItemRef
from feedback_service.domain.feedback import (
    AnswerState,
    Feedback,
    Item,
    Kind,
    Product,
    PublishedAnswer,
    Question,
    Review,
    fingerprint,
)
from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.reply import Classification, Draft, DraftOrigin, Sentiment, Urgency, Usage
from feedback_service.storage.tables import account, dispatch, feedback

Json = dict[str, Any]
"""A JSON object as the driver gives it: its shape is that of the writer in this file."""

ITEM_COLUMNS = (
    "item_id",
    "kind",
    "item_created_at",
    "rating",
    "text",
    "pros",
    "cons",
    "author",
    "product",
    "photos",
    "videos",
    "parent_item_id",
    "child_item_id",
    "answer",
    "fingerprint",
)
ITEM = tuple(feedback.c[name] for name in ITEM_COLUMNS)

KEPT = (
    *ITEM,
    feedback.c.id,
    feedback.c.account_id,
    feedback.c.status,
    feedback.c.revision,
    feedback.c.attempts,
    feedback.c.redrafts,
    feedback.c.note,
    feedback.c.classification,
    feedback.c.draft,
)
FEEDBACK = (*KEPT, account.c.platform)
"""What `to_feedback` reads."""

DISPATCH = (
    dispatch.c.id,
    dispatch.c.feedback_id,
    dispatch.c.account_id,
    dispatch.c.action,
    dispatch.c.text,
    dispatch.c.fingerprint,
    dispatch.c.status,
    dispatch.c.revision,
    dispatch.c.attempts,
    dispatch.c.looks,
    dispatch.c.previous_text,
    dispatch.c.sent_at,
    dispatch.c.receipt_id,
    dispatch.c.note,
    feedback.c.item_id,
    feedback.c.kind,
    feedback.c.item_created_at,
)
"""What `to_dispatch` reads."""


def from_item(item: Item) -> Json:
    """The item's columns."""
    review = item if isinstance(item, Review) else None
    return {
        "item_id": item.item_id,
        "kind": item.kind,
        "item_created_at": item.created_at,
        "rating": review.rating if review else None,
        "text": item.text,
        "pros": review.pros if review else "",
        "cons": review.cons if review else "",
        "author": item.author,
        "product": asdict(item.product),
        "photos": review.photos if review else 0,
        "videos": review.videos if review else 0,
        "parent_item_id": review.parent if review else None,
        "child_item_id": review.child if review else None,
        "answer": asdict(item.answer) if item.answer else None,
        "fingerprint": fingerprint(item),
    }


def to_item(row: sa.RowMapping) -> Item:
    """The item exactly as it was recorded."""
    shared: Json = {
        "item_id": row["item_id"],
        "created_at": row["item_created_at"],
        "text": row["text"],
        "author": row["author"],
        "product": Product(**row["product"]),
        "answer": to_answer(row["answer"]),
    }
    if row["kind"] is Kind.QUESTION:
        return Question(**shared)
    return Review(
        **shared,
        rating=row["rating"],
        pros=row["pros"],
        cons=row["cons"],
        photos=row["photos"],
        videos=row["videos"],
        parent=row["parent_item_id"],
        child=row["child_item_id"],
    )


def to_answer(json: Json | None) -> PublishedAnswer | None:
    return PublishedAnswer(**{**json, "state": AnswerState(json["state"])}) if json else None


def to_feedback(row: sa.RowMapping, supplier: SupplierKey, prior: tuple[Item, ...] = ()) -> Feedback:
    return Feedback(
        id=row["id"],
        account_id=row["account_id"],
        supplier=supplier,
        platform=row["platform"],
        item=to_item(row),
        status=row["status"],
        revision=row["revision"],
        attempts=row["attempts"],
        redrafts=row["redrafts"],
        note=row["note"],
        classification=to_classification(row["classification"]),
        draft=to_draft(row["draft"]),
        prior=prior,
    )


def to_classification(json: Json | None) -> Classification | None:
    if json is None:
        return None
    return Classification(
        sentiment=Sentiment(json["sentiment"]),
        topics=tuple(json["topics"]),
        language=json["language"],
        urgency=Urgency(json["urgency"]),
        needs_person=json["needs_person"],
        usage=_to_usage(json["usage"]),
    )


def to_draft(json: Json | None) -> Draft | None:
    return Draft(json["text"], DraftOrigin(json["origin"]), _to_usage(json["usage"])) if json else None


def from_value(value: Classification | Draft | None) -> Json | None:
    """A JSON object that `to_classification` or `to_draft` reads."""
    return asdict(value) if value else None


def _to_usage(json: Mapping[str, Any] | None) -> Usage | None:
    return Usage(**json) if json else None


def to_dispatch(row: sa.RowMapping) -> Dispatch:
    return Dispatch(
        id=row["id"],
        feedback_id=row["feedback_id"],
        account_id=row["account_id"],
        ref=ItemRef(row["item_id"], row["kind"], row["item_created_at"]),
        action=row["action"],
        text=row["text"],
        fingerprint=row["fingerprint"],
        status=row["status"],
        revision=row["revision"],
        attempts=row["attempts"],
        looks=row["looks"],
        previous_text=row["previous_text"],
        sent_at=row["sent_at"],
        receipt_id=row["receipt_id"],
        note=row["note"],
    )
