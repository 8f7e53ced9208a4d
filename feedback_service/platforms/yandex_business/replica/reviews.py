"""The calls that read reviews."""

from __future__ import annotations

from feedback_service.platforms.yandex_business.replica import paging, render
from feedback_service.platforms.yandex_business.replica.bodies import Refusal, as_json, problem
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.ports.replica import ReplicaResponse


def listed(call: Call) -> ReplicaResponse:
    """GET /sprav/api/{permanent_id}/reviews, by pages or, of the unread ones, by a token."""
    home = call.organisation().permanent_id
    published = call.shelf.published(home)
    only_unread = call.request.query.get("unread") == "true"
    page = paging.unread(call, home, published) if only_unread else paging.numbered(call, published)
    pager: dict[str, object] = {"limit": paging.PER_PAGE, "offset": page.offset, "total": page.total}
    if page.continue_token is not None:
        pager["continue_token"] = page.continue_token
    filters = {"ranking": paging.ranking_of(call.request.query), **({"unread": "true"} if only_unread else {})}
    items = [render.review(call, one) for one in page.reviews]
    listing = {"pager": pager, "csrf_token": call.list_token(home), "items": items}
    return as_json(200, {"page": page.number, "currentState": {"filters": filters}, "list": listing})


def mark_read(call: Call) -> ReplicaResponse:
    """PUT /sprav/api/{permanent_id}/reviews/{review}/read"""
    home = call.organisation().permanent_id
    review = call.shelf.find(call.names["review"])
    if review is None or review.organisation != home:
        call.shelf.miss(call.names["review"], "", call.at)
        raise Refusal(problem(404, "not_found"))
    call.shelf.read(review, call.at)
    return as_json(200, {})
