"""Turns items and comments into the JSON of the official description."""

from __future__ import annotations

from datetime import datetime
from zlib import crc32

from feedback_service.platforms.yandex_market.replica.items import Comment, Item
from feedback_service.platforms.yandex_market.replica.paging import MOSCOW
from feedback_service.ports.replica import SandboxCustomer

_ANY_PRODUCT = "Товар"
_NOBODY_VOTED = {"likes": 0, "dislikes": 0}
_LIKED = 4  # stars from which a customer recommends the product


def product_name(customer: SandboxCustomer) -> str:
    return customer.product or _ANY_PRODUCT


def offer_id(customer: SandboxCustomer) -> str:
    """The seller's own id of the product, the same for the same name."""
    return f"SKU-{_number(product_name(customer)) % 1_000_000:06d}"


def stars(item: Item) -> int:
    return 5 if item.customer.rating is None else item.customer.rating


def moment(at: float) -> str:
    """RFC 3339 with milliseconds and +03:00."""
    return datetime.fromtimestamp(round(at * 1000) / 1000, MOSCOW).isoformat(timespec="milliseconds")


def review(item: Item, thread: list[Comment]) -> dict[str, object]:
    """A review as `goods-feedback` shows it."""
    customer = item.customer
    described = {"advantages": customer.pros, "disadvantages": customer.cons, "comment": customer.text}
    shown: dict[str, object] = {
        "feedbackId": item.id,
        "createdAt": moment(item.created_at),
        "needReaction": item.waiting,
        "identifiers": {"orderId": item.id + 7_000_000_000, "offerId": offer_id(customer)},
        "description": {name: text for name, text in described.items() if text},
        "media": _media(item),
        "statistics": {
            "rating": stars(item),
            "commentsCount": sum(one.parent is None for one in thread),
            "recommended": stars(item) >= _LIKED,
            "paidAmount": 0,
        },
    }
    return {**shown, "author": customer.author} if customer.author else shown


def review_comment(one: Comment, at: float) -> dict[str, object]:
    """A comment as `goods-feedback/comments` shows it."""
    return {**_said(one, at), "feedbackId": one.item}


def question(item: Item, business_id: int) -> dict[str, object]:
    """A question as `goods-questions` shows it."""
    offer = offer_id(item.customer)
    return {
        "questionIdentifiers": {"id": item.id, "categoryId": category_id(item.customer), "offerId": offer},
        "businessId": business_id,
        "text": item.customer.text,
        "createdAt": moment(item.created_at),
        "votes": _NOBODY_VOTED,
        "author": _author("USER", item.customer.author),
    }


def answer(one: Comment, below: list[Comment], at: float) -> dict[str, object]:
    """An answer to a question with the comments below it."""
    comments = [{**_said(each, at), "answerId": one.id, **_dated(each)} for each in below]
    return {**_said(one, at), "questionId": one.item, **_dated(one), "comments": comments}


def category_id(customer: SandboxCustomer) -> int:
    return 90_000 + _number(product_name(customer)) % 1_000


def _said(one: Comment, at: float) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": one.id,
        "text": one.text,
        "canModify": one.own,
        "author": _author(one.kind, one.author),
        "status": one.status(at),
    }
    return shown if one.parent is None else {**shown, "parentId": one.parent}


def _dated(one: Comment) -> dict[str, object]:
    return {"createdAt": moment(one.created_at), "votes": _NOBODY_VOTED}


def _author(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "name": name} if name else {"type": kind}


def _media(item: Item) -> dict[str, list[str]]:
    if not item.customer.photos:
        return {}
    folder = f"https://avatars.mds.yandex.net/get-market-ugc/{item.id}"
    return {"photos": [f"{folder}/{number}/orig" for number in range(1, item.customer.photos + 1)]}


def _number(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass"))
