"""The bodies of the Partner API's calls, as its OpenAPI of 2026-07 describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

Body = Mapping[str, object]

MOST_IDS = 50
"""Ids that one call takes."""


def reviews(*, all_of_them: bool) -> Body:
    """The reviews of the last six months, which is the longest span and the one that counts where none is named."""
    return {"reactionStatus": "ALL" if all_of_them else "NEED_REACTION"}


def reviews_between(after: datetime, before: datetime | None) -> Body:
    """All reviews between two moments, less those of the moments themselves; six months at the most, or up to now."""
    end = {} if before is None else {"dateTimeTo": before.isoformat()}
    return {"reactionStatus": "ALL", "dateTimeFrom": after.isoformat(), **end}


def reviews_by_id(ids: Sequence[int]) -> Body:
    """Up to MOST_IDS reviews; no other filter may stand beside."""
    return {"feedbackIds": list(ids)}


def comments(review: int) -> Body:
    return {"feedbackId": review}


def new_comment(review: int, text: str) -> Body:
    return {"feedbackId": review, "comment": {"text": text}}


def edited_comment(review: int, comment: int, text: str) -> Body:
    """`comment` is the id of our own one; as `parentId` it would make a second comment beneath it."""
    return {"feedbackId": review, "comment": {"id": comment, "text": text}}


def deleted_comment(comment: int) -> Body:
    return {"id": comment}


def skipped_reviews(ids: Sequence[int]) -> Body:
    """Up to MOST_IDS reviews that shall wait for no reaction any more."""
    return {"feedbackIds": list(ids)}


def unanswered_questions(since: date, until: date | None) -> Body:
    """Up to one month; without `until` the span ends today."""
    return {**questions(since, until), "needAnswer": True}


def questions(since: date, until: date | None) -> Body:
    """All of them, in the same span, answered or not."""
    span = {"dateFrom": since.isoformat()} | ({} if until is None else {"dateTo": until.isoformat()})
    return {**span, "sort": "CREATED_AT_ASC"}


def questions_by_id(ids: Sequence[int], span: tuple[date, date] | None = None) -> Body:
    """Up to MOST_IDS questions; whether the usual span of a month cuts them too is not stated, so one may be named."""
    dates = {} if span is None else {"dateFrom": span[0].isoformat(), "dateTo": span[1].isoformat()}
    return {"questionIds": list(ids), **dates}


def answers(question: int) -> Body:
    return {"questionId": question}


def new_answer(question: int, text: str) -> Body:
    return {"operationType": "CREATE", "parentEntityId": {"id": question, "type": "QUESTION"}, "text": text}


def edited_answer(answer: int, text: str) -> Body:
    return {"operationType": "UPDATE", "entityId": {"id": answer, "type": "ANSWER"}, "text": text}


def deleted_answer(answer: int) -> Body:
    return {"operationType": "DELETE", "entityId": {"id": answer, "type": "ANSWER"}}
