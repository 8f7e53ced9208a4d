"""Turns the platform's items into the JSON of the cabinet."""

from __future__ import annotations

from zlib import crc32

from feedback_service.platforms.ozon.replica.items import FAILED, NEW, Item, Reply
from feedback_service.platforms.ozon.replica.products import offer_id
from feedback_service.platforms.ozon.replica.render import SHOP, utc
from feedback_service.platforms.ozon.replica.seller import Seller

NOT_VIEWED = "NOT_VIEWED"
_NO_COVER = ""


def interaction(item: Item) -> str:
    """The status by the cabinet's names."""
    return NOT_VIEWED if item.status == NEW else item.status


def review_v3(seller: Seller, item: Item) -> dict[str, object]:
    """A review with its author and the parts of its text."""
    customer = item.customer
    company = {"id": seller.company_id, "name": SHOP}
    return {
        "id": crc32(item.id.encode()),
        "uuid": item.id,
        "sku": item.sku,
        "rating": item.rating,
        "text": {"positive": customer.pros, "negative": customer.cons, "comment": customer.text},
        "author_name": customer.author,
        "product": {**_product(item), "company_info": company, "brand_info": {"id": "0", "name": ""}},
        "published_at": utc(item.created_at),
        "interaction_status": interaction(item),
        "orderDeliveryType": "DELIVERED",
        "is_pinned": False,
    }


def review_v4(item: Item, at: float) -> dict[str, object]:
    """A review with one text and without its author."""
    customer = item.customer
    text = "\n".join(part for part in (customer.pros, customer.cons, customer.text) if part)
    return {
        "uuid": item.id,
        "rating": item.rating,
        "text": text,
        "product": {"sku": str(item.sku), **_product(item)},
        "published_at": utc(item.created_at),
        "interaction_status": interaction(item),
        "is_empty": not text,
        "is_commentable": True,
        "is_commentable_2": True,
        "comments_count": item.standing(at),
        "photos_count": customer.photos,
    }


def review_by_number(seller: Seller, item: Item, at: float) -> dict[str, object]:
    """A review as the list by page numbers shows it."""
    amount = item.standing(at)
    kept = ("id", "uuid", "sku", "rating", "text", "author_name", "product", "published_at", "interaction_status")
    shown = review_v3(seller, item)
    counts = {"comments_amount": amount, "comments_count": amount, "has_unread_comment": False}
    return {**{name: shown[name] for name in kept}, **counts}


def comment(reply: Reply, at: float) -> dict[str, object]:
    """A comment to a review."""
    return {
        "id": reply.id,
        "uuid": reply.id,
        "text": reply.text,
        "published_at": utc(reply.sent_at),
        "author_name": SHOP if reply.ours else reply.author,
        "is_owner": reply.ours,
        **_verdict(reply, at),
    }


def question(seller: Seller, item: Item, at: float) -> dict[str, object]:
    """A question."""
    product = _product(item)
    return {
        "id": item.id,
        "text": item.customer.text,
        "status": item.status,
        "published_at": utc(item.created_at),
        "is_answerable": True,
        "answers_count": item.standing(at),
        "answers_total_count": len(item.replies),
        "usefulness_count": 0,
        "product": {
            "sku": str(item.sku),
            "title": product["title"],
            "offer_id": product["offer_id"],
            "url": product["url"],
            "photo_link": _NO_COVER,
        },
        "author": {"name": item.customer.author or "Пользователь OZON"},
        "brandInfo": {"id": "0", "name": ""},
        "companyInfo": {"id": seller.company_id, "name": SHOP},
    }


def answer(item: Item, reply: Reply, at: float) -> dict[str, object]:
    """An answer to a question."""
    return {
        "id": reply.id,
        "question_id": item.id,
        "text": reply.text,
        "published_at": utc(reply.sent_at),
        "author": {"name": SHOP},
        "is_owner": reply.ours,
        **_verdict(reply, at),
    }


def _verdict(reply: Reply, at: float) -> dict[str, object]:
    state = reply.state(at)
    return {"status_publication": state, "deviation_reason": reply.moderation.reason if state == FAILED else ""}


def _product(item: Item) -> dict[str, object]:
    return {
        "title": item.product,
        "url": f"https://www.ozon.ru/product/{item.sku}/",
        "offer_id": offer_id(item.sku),
        "cover_image": _NO_COVER,
    }
