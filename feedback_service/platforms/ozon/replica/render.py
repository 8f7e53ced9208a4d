"""Turns the platform's items into the JSON of the seller API."""

from __future__ import annotations

from datetime import UTC, datetime
from zlib import crc32

from feedback_service.platforms.ozon.replica.call import Call
from feedback_service.platforms.ozon.replica.items import FAILED, NEW, PROCESSED, PUBLISHED, VIEWED, Item, Reply

SHOP = "Магазин «Ромашка»"
_PHOTOS = "https://cdn1.ozone.ru/s3/rp-photo-1"
_UNPROCESSED = "UNPROCESSED"


def utc(at: float) -> str:
    """RFC 3339 with Z; as many digits after the second as are needed: 0, 3 or 6."""
    moment = datetime.fromtimestamp(at, UTC)
    digits = "seconds" if not moment.microsecond else "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")


def int64(call: Call, number: int) -> int | str:
    """A long integer as this account is served them."""
    return str(number) if call.options.string_int64 else number


def old_status(item: Item) -> str:
    """The status by v1's two names."""
    return PROCESSED if item.status == PROCESSED else _UNPROCESSED


def review(call: Call, item: Item, v1: bool = False) -> dict[str, object]:
    """A review as lists show it. No name, author, pros or cons (Source: Ozon Seller API, /v1/review/list)."""
    return {
        "id": item.id,
        "sku": int64(call, item.sku),
        "text": item.customer.text,
        "rating": item.rating,
        "status": old_status(item) if v1 else item.status,
        "order_status": "DELIVERED",
        "published_at": utc(item.created_at),
        "comments_amount": item.standing(call.at),
        "photos_amount": item.customer.photos,
        "videos_amount": 0,
        "is_rating_participant": True,
    }


def review_in_full(call: Call, item: Item, v1: bool = False) -> dict[str, object]:
    """A review as `/review/info` shows it."""
    photos = [
        {"url": f"{_PHOTOS}/{item.id}/{number}.jpeg", "width": 960, "height": 1280}
        for number in range(item.customer.photos)
    ]
    return {**review(call, item, v1), "likes_amount": 0, "dislikes_amount": 0, "photos": photos, "videos": []}


def comment(call: Call, reply: Reply) -> dict[str, object]:
    """A comment to a review."""
    shown: dict[str, object] = {
        "id": reply.id,
        "text": reply.text,
        "published_at": utc(reply.sent_at),
        "is_owner": reply.ours,
        "is_official": reply.ours,
        "parent_comment_id": reply.parent,
    }
    return {**shown, **_verdict(reply, call.at)} if call.options.october else shown


def question(call: Call, item: Item) -> dict[str, object]:
    """A question."""
    url = f"https://www.ozon.ru/product/{item.sku}/"
    return {
        "id": item.id,
        "sku": int64(call, item.sku),
        "text": item.customer.text,
        "author_name": item.customer.author or "Пользователь OZON",
        "published_at": utc(item.created_at),
        "status": item.status,
        "answers_count": int64(call, item.standing(call.at)),
        "product_url": url,
        "question_link": f"{url}questions/?qid={crc32(item.id.encode())}",
    }


def answer(call: Call, item: Item, reply: Reply) -> dict[str, object]:
    """An answer to a question."""
    shown: dict[str, object] = {
        "id": reply.id,
        "question_id": item.id,
        "sku": int64(call, item.sku),
        "text": reply.text,
        "author_name": SHOP,
        "published_at": utc(reply.sent_at),
    }
    return {**shown, "status_publication": reply.state(call.at)} if call.options.october else shown


def counts(items: list[Item]) -> dict[str, int]:
    """How many items are in each of the three states."""
    return {status: sum(item.status == status for item in items) for status in (NEW, VIEWED, PROCESSED)}


def _verdict(reply: Reply, at: float) -> dict[str, object]:
    rejected = reply.state(at) != PUBLISHED
    return {
        "is_published": not rejected,
        "is_rejected": rejected,
        "deviation_reason": reply.moderation.reason if reply.state(at) == FAILED else "",
        "likes_amount": 0,
        "dislikes_amount": 0,
    }
