"""The methods on reviews and on the comments below them."""

from __future__ import annotations

import math
from collections.abc import Callable

from feedback_service.platforms.yandex_market.replica import render
from feedback_service.platforms.yandex_market.replica.bodies import Refusal, refusal, success
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.items import Item
from feedback_service.platforms.yandex_market.replica.moderating import wording
from feedback_service.platforms.yandex_market.replica.paging import milliseconds, now, paged, period
from feedback_service.platforms.yandex_market.replica.reading import Fields, fields_of
from feedback_service.platforms.yandex_market.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

# Source: Partner API OpenAPI, 2026-07: 50 ids, 20 products, 5 stars, 6 months, 4096 characters.
_MOST_IDS, _MOST_OFFERS, _STARS, _MONTHS, LONGEST = 50, 20, 5, 6, 4096
_OTHER_FILTERS = ("dateTimeFrom", "dateTimeTo", "reactionStatus", "ratingValues", "offerIds", "paid")
_SOURCES = ("SELLER", "ADVERTISER")


def listed(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/goods-feedback"""
    fields, shelf = fields_of(request, required=False), business.shelf
    wanted = _selection(fields, request.at)
    chosen, paging = paged([one for one in shelf.reviews() if wanted(one)], request.query)
    return success({"feedbacks": [render.review(one, shelf.thread(one.id)) for one in chosen], "paging": paging})


def comments(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/goods-feedback/comments"""
    _check_source(request)
    fields, shelf = fields_of(request), business.shelf
    review, ids = fields.whole_or_none("feedbackId"), fields.wholes("commentIds", _MOST_IDS)
    if (review is None) == (ids is None):
        raise refusal(400, "Missing field feedbackId" if ids is None else "commentIds must not have other filters")
    if review is not None:
        _known(shelf, review)
    found = [
        one
        for one in shelf.comments.values()
        if shelf.review(one.item) and not one.deleted and (one.item == review or one.id in (ids or ()))
    ]
    chosen, paging = paged(found, request.query)
    return success({"comments": [render.review_comment(one, request.at) for one in chosen], "paging": paging})


def update(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/goods-feedback/comments/update: with `id` an edit, else a further comment."""
    _check_source(request)
    fields, shelf = fields_of(request), business.shelf
    review, comment = fields.whole("feedbackId"), fields.inner("comment")
    own, parent = comment.whole_or_none("id"), comment.whole_or_none("parentId")
    said = wording(request, business, comment.text("text", LONGEST), parent)
    if shelf.review(review) is None:
        shelf.miss(review, said.text, request.at)
        raise _no_review(review)
    if own is not None:
        old = shelf.own(own)
        if old is None or old.item != review:
            raise _no_comment(own)
        return success(render.review_comment(shelf.rewrite(old, said), request.at))
    if parent is not None and parent not in {one.id for one in shelf.thread(review)}:
        raise _no_comment(parent)
    return success(render.review_comment(shelf.comment(review, said), request.at))


def delete(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/goods-feedback/comments/delete"""
    _check_source(request)
    number, shelf = fields_of(request).whole("id"), business.shelf
    comment = shelf.own(number)
    if comment is None or shelf.review(comment.item) is None:
        raise _no_comment(number)
    shelf.retract(comment, request.at)
    return success()


def skip(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/goods-feedback/skip-reaction"""
    _check_source(request)
    fields, shelf = fields_of(request), business.shelf
    ids = fields.wholes("feedbackIds", _MOST_IDS)
    if ids is None:
        raise refusal(400, "Missing field feedbackIds")
    for one in ids:
        if shelf.review(one) is None:
            shelf.miss(one, "", request.at)
            raise _no_review(one)
    shelf.skip(ids, request.at)
    return success()


def _selection(fields: Fields, at: float) -> Callable[[Item], bool]:
    ids = fields.wholes("feedbackIds", _MOST_IDS)
    if ids is not None:
        if any(fields.given(name) for name in _OTHER_FILTERS):
            raise refusal(400, "feedbackIds must not have other filters")
        return lambda one: one.id in ids
    waiting = fields.choice("reactionStatus", ("ALL", "NEED_REACTION"), "ALL") == "NEED_REACTION"
    ratings, offers = fields.wholes("ratingValues", _STARS), fields.words("offerIds", _MOST_OFFERS)
    paid = fields.flag("paid")
    since, until = period(fields.moment("dateTimeFrom"), fields.moment("dateTimeTo"), now(at), _MONTHS)
    first, last = milliseconds(since), milliseconds(until) if fields.given("dateTimeTo") else math.inf
    return lambda one: (
        first < round(one.created_at * 1000) < last
        and (one.waiting or not waiting)
        and (ratings is None or render.stars(one) in ratings)
        and (offers is None or render.offer_id(one.customer) in offers)
        and not paid
    )


def _check_source(request: ReplicaRequest) -> None:
    if request.query.get("sourceType", "SELLER") not in _SOURCES:
        raise refusal(400, "JSON: Cannot deserialize value of field sourceType")


def _known(shelf: Shelf, review: int) -> None:
    if shelf.review(review) is None:
        raise _no_review(review)


def _no_review(number: int) -> Refusal:
    return refusal(404, f"Feedback not found: {number}")


def _no_comment(number: int) -> Refusal:
    return refusal(404, f"Comment not found: {number}")
