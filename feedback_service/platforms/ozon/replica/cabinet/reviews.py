"""The cabinet's calls on reviews."""

from __future__ import annotations

from collections import Counter
from math import ceil

from feedback_service.platforms.ozon.replica.cabinet import render
from feedback_service.platforms.ozon.replica.cabinet.visit import Visit, bad_request
from feedback_service.platforms.ozon.replica.fields import Fields
from feedback_service.platforms.ozon.replica.items import NEW, PROCESSED, VIEWED, Item
from feedback_service.platforms.ozon.replica.paging import Cut, Page, Span
from feedback_service.platforms.ozon.replica.render import utc

MOST_AT_ONCE = 50
MOST_ON_A_PAGE = 100
_STATUS = {render.NOT_VIEWED: NEW, VIEWED: VIEWED, PROCESSED: PROCESSED}
_KNOWN = ("ALL", *_STATUS)


def listed_v4(visit: Visit) -> object:
    """POST /api/v4/review/list"""
    last = visit.fields.part("last_review")
    page = _page(visit, last.text("uuid"))
    result = [render.review_v4(item, visit.at) for item in page.items]
    return {"result": result, "last_review": _edge(page), "hasNext": page.has_next}


def listed_v3(visit: Visit) -> object:
    """POST /api/v3/review/list"""
    page = _page(visit, visit.fields.text("pagination_last_uuid"))
    edge = _edge(page)
    return {
        "result": [render.review_v3(visit.seller, item) for item in page.items],
        "hasNext": page.has_next,
        "pagination_last_timestamp": edge["timestamp"],
        "pagination_last_uuid": edge["uuid"],
    }


def listed_by_number(visit: Visit) -> object:
    """POST /api/review/list: pages are counted from 1."""
    number, size = visit.fields.whole("page") or 1, visit.fields.whole("pageSize") or visit.seller.options.cabinet_page
    if number < 1 or not 1 <= size <= MOST_ON_A_PAGE:
        raise bad_request()
    reviews = Cut("", len(visit.shelf.reviews), ascending=False).of(visit.shelf.reviews.values(), {}).items
    shown = reviews[(number - 1) * size : number * size]
    return {
        "result": [render.review_by_number(visit.seller, item, visit.at) for item in shown],
        "total_items": len(reviews),
        "page_count": ceil(len(reviews) / size),
    }


def shown(visit: Visit) -> object:
    """POST /api/review/info: one review as v3 lists it."""
    return {"result": render.review_v3(visit.seller, visit.review(visit.fields.needed("review_uuid")))}


def counted(visit: Visit) -> object:
    """POST /api/review/counter"""
    counts = Counter(render.interaction(item) for item in visit.shelf.reviews.values())
    return {"items": {status: counts[status] for status in _STATUS}}


def change(visit: Visit) -> object:
    """POST /api/v2/review/change-interaction-status"""
    wanted = visit.fields.objects("review_status_list")
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise bad_request()
    changes = [(visit.review(one.needed("review_uuid")), _status_of(one)) for one in wanted]
    for item, status in changes:
        visit.shelf.set_status(item.id, status, visit.at)
    return {}


def comments(visit: Visit) -> object:
    """POST /api/review/comment/list: oldest first, all on one page."""
    review = visit.review(visit.fields.needed("review_uuid"))
    return {"result": [render.comment(reply, visit.at) for reply in review.replies], "hasNext": False}


def comment(visit: Visit) -> object:
    """POST /api/review/comment/create: `review_uuid`, not the review's number; true even where nothing is stored."""
    item, text = visit.fields.text("review_uuid"), visit.fields.text("text")
    if not item or not text.strip() or len(text) > visit.seller.options.comment_limit:
        raise bad_request()
    if item not in visit.shelf.reviews:
        visit.shelf.miss(item, text, visit.at)
    visit.write(visit.review(item), text)
    return {"result": True}


def delete(visit: Visit) -> object:
    """POST /api/review/comment/delete: `comment_uuid` or `comment_id`."""
    item, reply = visit.own("review", visit.fields.text("comment_uuid") or visit.fields.needed("comment_id"))
    visit.shelf.retract(item.id, reply, visit.at)
    return {"result": True}


def _page(visit: Visit, after: str) -> Page:
    chosen = visit.fields.part("filter")
    statuses, published = chosen.texts("interaction_status") or ["ALL"], chosen.part("published_at")
    direction = visit.fields.part("sort").one_of("sort_direction", ("ASC", "DESC"), "DESC")
    if any(status not in _KNOWN for status in statuses):
        raise bad_request()
    span = Span(published.moment("from"), published.moment("to"))

    def wanted(item: Item) -> bool:
        return ("ALL" in statuses or render.interaction(item) in statuses) and item.created_at in span

    cut = Cut(after, visit.seller.options.cabinet_page, direction == "ASC")
    try:
        return cut.of(filter(wanted, visit.shelf.reviews.values()), visit.shelf.reviews)
    except KeyError:
        raise bad_request() from None


def _edge(page: Page) -> dict[str, object]:
    if not page.items:
        return {"timestamp": None, "uuid": "", "rating": 0}
    last = page.items[-1]
    return {"timestamp": utc(last.created_at), "uuid": last.id, "rating": last.rating}


def _status_of(change: Fields) -> str:
    return _STATUS[change.one_of("interaction_status", _STATUS, "")]
