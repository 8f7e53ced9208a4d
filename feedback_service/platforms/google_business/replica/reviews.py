"""The methods of v4 that read reviews."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from feedback_service.platforms.google_business.replica import asking, render
from feedback_service.platforms.google_business.replica.bodies import as_json, invalid
from feedback_service.platforms.google_business.replica.call import Call
from feedback_service.platforms.google_business.replica.items import Review
from feedback_service.platforms.google_business.replica.paging import PARAMETERS, Bounds, window
from feedback_service.ports.replica import ReplicaResponse

_PAGE = Bounds(50, 50)
_MOST_LOCATIONS = 50
_LOCATION = re.compile(r"accounts/([^/]+)/locations/([^/]+)")
_BATCH = PARAMETERS | {"locationNames", "orderBy", "ignoreRatingOnlyReviews"}
_BY_TIME = "updateTime desc"
# Source: Google Business Profile API v4, accounts.locations.reviews.list, orderBy.
_ORDERS: Mapping[str, tuple[Callable[[Review], Any], bool]] = {  # Any: whatever Python can sort by
    _BY_TIME: (lambda one: (one.updated, one.id), True),
    "rating": (lambda one: (one.rating, one.id), False),
    "rating desc": (lambda one: (one.rating, one.id), True),
}


def listed(call: Call, group_id: str, location_id: str) -> ReplicaResponse:
    """GET /v4/accounts/{account}/locations/{location}/reviews"""
    query = call.request.query
    asking.check(call.request, PARAMETERS | {"orderBy"})
    order = _order(query.get("orderBy"))
    parent = f"accounts/{group_id}/locations/{location_id}"
    page = window(query, _PAGE, f"{parent} {order}")
    every = _ordered(call.account.shelf.standing([call.directory.location(call.account, group_id, location_id)]), order)
    shown, more = page.of(every)
    odd = render.ODD_REVIEWS if call.account.options.odd and not page.start else ()
    reviews = [*odd, *(_shown(call, one, parent) for one in shown)]
    return as_json(200, {"reviews": reviews, **_figures(every), **more} if reviews else _figures(every))


def one(call: Call, *ids: str) -> ReplicaResponse:
    """GET /v4/accounts/{account}/locations/{location}/reviews/{review}"""
    asking.check(call.request)
    group_id, location_id, review_id = ids
    review = call.directory.review(call.account, (group_id, location_id, review_id))
    return as_json(200, _shown(call, review, f"accounts/{group_id}/locations/{location_id}"))


def batch(call: Call, group_id: str) -> ReplicaResponse:
    """POST /v4/accounts/{account}/locations:batchGetReviews: one location that may not be read fails them all."""
    asking.check(call.request)
    body = asking.document(call.request.body, _BATCH)
    parents, order = _parents(body.get("locationNames"), group_id), _order(body.get("orderBy"))
    page = window(body, _PAGE, f"{sorted(parents)} {order}")
    found = {call.directory.location(call.account, group_id, one): parent for parent, one in parents.items()}
    shelf, silent = call.account.shelf, body.get("ignoreRatingOnlyReviews") is True
    if call.account.options.batch_by_location:
        every = [review for number in found for review in _ordered(shelf.standing([number]), order)]
    else:
        every = _ordered(shelf.standing(found), order)
    shown, more = page.of([review for review in every if review.text or not silent])
    odd = render.ODD_BATCH if call.account.options.odd and not page.start else ()
    reviews = [*odd, *({"name": (at := found[one.location]), "review": _shown(call, one, at)} for one in shown)]
    return as_json(200, {"locationReviews": reviews, **more} if reviews else {})


def _shown(call: Call, review: Review, parent: str) -> Mapping[str, object]:
    return render.review(review, parent, call.at, translated=call.account.options.translated)


def _order(asked: object) -> str:
    order = asked or _BY_TIME
    if not isinstance(order, str) or order not in _ORDERS:
        raise invalid("orderBy", f"must be one of: {', '.join(_ORDERS)}")
    return order


def _ordered(reviews: Iterable[Review], order: str) -> list[Review]:
    by, backwards = _ORDERS[order]
    return sorted(reviews, key=by, reverse=backwards)


def _figures(reviews: list[Review]) -> Mapping[str, object]:
    """What a list says of the whole location; nothing where it has no review."""
    if not reviews:
        return {}
    mean = sum(review.rating for review in reviews) / len(reviews)
    return {"averageRating": int(mean) if mean.is_integer() else mean, "totalReviewCount": len(reviews)}


def _parents(asked: object, group_id: str) -> dict[str, str]:
    """Ids of the locations by the names that were asked for. Raises 400."""
    if not isinstance(asked, list) or not 1 <= len(asked) <= _MOST_LOCATIONS:
        raise invalid("locationNames", f"must hold 1 to {_MOST_LOCATIONS} names")
    parents = {}
    for name in asked:
        match = _LOCATION.fullmatch(name) if isinstance(name, str) else None
        if match is None or match[1] != group_id:
            raise invalid("locationNames", f"must be locations of accounts/{group_id}")
        parents[match[0]] = match[2]
    return parents
