"""The methods on comments to reviews."""

from __future__ import annotations

from feedback_service.platforms.ozon.replica import render
from feedback_service.platforms.ozon.replica.bodies import Problem, absent, invalid
from feedback_service.platforms.ozon.replica.call import Call
from feedback_service.platforms.ozon.replica.fields import Fields
from feedback_service.platforms.ozon.replica.items import PUBLISHED, WAITING, Item, Reply
from feedback_service.platforms.ozon.replica.paging import Span
from feedback_service.platforms.ozon.replica.reviews import LEAST, MOST


def create(call: Call) -> object:
    """POST /v1/review/comment/create: nothing prevents a second comment."""
    item, text = call.fields.needed("review_id"), call.fields.needed("text")
    parent, done = call.fields.text("parent_comment_id"), call.fields.flag("mark_review_as_processed")
    if not text.strip() or len(text) > call.options.comment_limit:
        raise invalid()
    call.admit()
    try:
        review = call.review(item)
    except Problem:
        call.shelf.miss(item, text, call.at)
        raise
    if parent and all(reply.id != parent for reply in review.replies):
        raise absent("comment")
    comment = call.seller.answer(review, text, call.request, parent)
    if done:
        call.shelf.process(review.id)
    return {"comment_id": comment}


def listed(call: Call) -> object:
    """POST /v1/review/comment/list: what moderation has spoken about; of one review, or of one product."""
    fields, limit = call.fields, call.fields.within("limit", LEAST, MOST)
    offset = fields.whole("offset") or 0
    newest_first = fields.one_of("sort_dir", ("ASC", "DESC"), "ASC") == "DESC"
    item, filters = fields.text("review_id"), fields.part("filter", "filters")
    if offset < 0 or not (item or filters.has("sku")):
        raise invalid()
    span, sku = Span(filters.moment("published_from"), filters.moment("published_to")), filters.whole("sku")
    call.admit()
    reviews = [call.review(item)] if item else [one for one in call.shelf.reviews.values() if one.sku == sku]
    comments = sorted(_seen(call, reviews, span), key=lambda one: one.sent_at, reverse=newest_first)
    shown = comments[offset : offset + limit]
    return {"comments": [render.comment(call, one) for one in shown], "offset": len(shown)}


def delete(call: Call) -> object:
    """POST /v2/review/comment/delete: 200 without a body."""
    comment, sku = call.fields.needed("comment_id"), _sku(call.fields)
    call.admit()
    item, reply = call.comment(comment, sku)
    call.shelf.retract(item.id, reply, call.at)
    return None


def delete_v1(call: Call) -> object:
    """POST /v1/review/comment/delete"""
    comment = call.fields.needed("comment_id")
    call.admit()
    item, reply = call.comment(comment)
    call.shelf.retract(item.id, reply, call.at)
    return {}


def _sku(fields: Fields) -> int:
    sku = fields.whole("sku")
    if sku is None:
        raise invalid()
    return sku


def _seen(call: Call, reviews: list[Item], span: Span) -> list[Reply]:
    """Published comments; since October 2026 the declined ones too."""
    hidden = {WAITING} if call.options.october else None
    found = [reply for review in reviews for reply in review.replies if reply.sent_at in span]
    states = [(reply, reply.state(call.at)) for reply in found]
    return [reply for reply, state in states if (state not in hidden if hidden else state == PUBLISHED)]
