"""The methods on reviews: v2 and, where it differs, the deprecated v1."""

from __future__ import annotations

from collections.abc import Callable

from feedback_service.platforms.ozon.replica import render
from feedback_service.platforms.ozon.replica.bodies import invalid
from feedback_service.platforms.ozon.replica.call import Call
from feedback_service.platforms.ozon.replica.items import NEW, PROCESSED, STATUSES, VIEWED, Item
from feedback_service.platforms.ozon.replica.paging import Cut, Page, Span

# Source: Ozon Seller API, /v2/review/list and /v1/review/list.
LEAST, MOST = 20, 100
MOST_SKUS = 1000
# Source: Ozon Seller API, /v2/review/change-status.
MOST_AT_ONCE = 100
_ALL, _UNPROCESSED, _DELIVERED, _CANCELLED = "ALL", "UNPROCESSED", "DELIVERED", "CANCELLED"


def listed(call: Call) -> object:
    """POST /v2/review/list"""
    limit, filters = call.fields.within("limit", LEAST, MOST), call.fields.part("filters")
    status = filters.one_of("status", (_ALL, *STATUSES), _ALL)
    order = filters.one_of("order_status", (_ALL, _DELIVERED, _CANCELLED), _ALL)
    span, skus = Span(filters.moment("published_from"), filters.moment("published_to")), filters.wholes("skus")
    if len(skus) > MOST_SKUS:
        raise invalid()

    def wanted(item: Item) -> bool:
        return (
            status in (_ALL, item.status)
            and order != _CANCELLED
            and item.created_at in span
            and (not skus or item.sku in skus)
        )

    page = _page(call, limit, wanted)
    reviews = [render.review(call, item) for item in page.items]
    return {"has_next": page.has_next, "last_id": page.last_id, "reviews": reviews}


def listed_v1(call: Call) -> object:
    """POST /v1/review/list"""
    limit = call.fields.within("limit", LEAST, MOST)
    status = call.fields.one_of("status", (_ALL, _UNPROCESSED, PROCESSED), _ALL)
    page = _page(call, limit, lambda item: status in (_ALL, render.old_status(item)))
    reviews = [render.review(call, item, v1=True) for item in page.items]
    return {"has_next": page.has_next, "last_id": page.last_id, "reviews": reviews}


def shown(call: Call) -> object:
    """POST /v2/review/info"""
    item = call.fields.needed("review_id")
    call.admit()
    return render.review_in_full(call, call.review(item))


def shown_v1(call: Call) -> object:
    """POST /v1/review/info"""
    item = call.fields.needed("review_id")
    call.admit()
    return render.review_in_full(call, call.review(item), v1=True)


def counted(call: Call) -> object:
    """POST /v2/review/count"""
    call.admit()
    reviews = list(call.shelf.reviews.values())
    counts = render.counts(reviews)
    return {
        "total": len(reviews),
        "new": counts[NEW],
        "viewed": counts[VIEWED],
        "processed": counts[PROCESSED],
    }


def counted_v1(call: Call) -> object:
    """POST /v1/review/count"""
    call.admit()
    total, done = len(call.shelf.reviews), render.counts(list(call.shelf.reviews.values()))[PROCESSED]
    return {"total": total, "processed": done, "unprocessed": total - done}


def change(call: Call) -> object:
    """POST /v2/review/change-status: 200 without a body."""
    _mark(call, call.fields.one_of("status", STATUSES, ""))
    return None


def change_v1(call: Call) -> object:
    """POST /v1/review/change-status: `UNPROCESSED` makes a review seen."""
    status = call.fields.one_of("status", (PROCESSED, _UNPROCESSED), "")
    _mark(call, PROCESSED if status == PROCESSED else VIEWED)
    return {}


def _mark(call: Call, status: str) -> None:
    items = call.fields.texts("review_ids")
    if not 1 <= len(items) <= MOST_AT_ONCE:
        raise invalid()
    call.admit()
    for item in items:
        call.review(item)
    for item in items:
        call.shelf.set_status(item, status, call.at)


def _page(call: Call, limit: int, wanted: Callable[[Item], bool]) -> Page:
    ascending = call.fields.one_of("sort_dir", ("ASC", "DESC"), "ASC") == "ASC"
    cut = Cut(call.fields.text("last_id"), limit, ascending)
    call.admit()
    try:
        return cut.of(filter(wanted, call.shelf.reviews.values()), call.shelf.reviews)
    except KeyError:
        raise invalid() from None
