"""Tells which of a company's comments beneath a review is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.feedback import AnswerState, PublishedAnswer, Review
from feedback_service.platforms.twogis.client import Elsewhere, TwoGisClient
from feedback_service.platforms.twogis.notes import Wrote
from feedback_service.platforms.twogis.wire import Listed, Reply

ORDER = (AnswerState.VISIBLE, AnswerState.MODERATING, AnswerState.REJECTED)
UNSEEN = PublishedAnswer("", AnswerState.MODERATING, False)
"""The review is marked as answered, and nobody shows the answer."""


def answer_among(replies: Sequence[Reply], written: Wrote) -> Reply | None:
    """What we last wrote, by its id or else its text; else what customers see, the official one first; else the rest.

    By its id it is ours however it reads by now: it must not be taken for gone while another one is shown as well.
    """
    if not replies:
        return None
    mine = [one for one in replies if written.id and one.id == written.id]
    mine = mine or [one for one in replies if written.text and same_text(one.text, written.text)]
    return min(mine or replies, key=lambda one: (ORDER.index(one.state), one.official is not True))


async def with_answer(client: TwoGisClient, listed: Listed, written: Wrote) -> Review:
    """The review with the answer beneath it; its comments are read where the entry leaves a doubt.

    One comment and a first answer are one and the same; no comment and no mark are no answer, but where we have written
    one: a count may lag behind the comments. Raises Retryable or AccountFault.
    """
    review = listed.review
    if listed.comments == 1 and review.answer is not None:
        return review
    if listed.comments == 0 and not listed.answered and not written.text:
        return review
    try:
        replies = await client.replies(review.item_id)
    except Elsewhere:
        replies = None
    found = answer_among(replies, written) if replies else None
    if found is not None:
        return replace(review, answer=found.answer)
    return replace(review, answer=UNSEEN) if listed.answered and review.answer is None else review
