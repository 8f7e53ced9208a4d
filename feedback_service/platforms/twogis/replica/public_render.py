"""Reviews as the public API's JSON (snake_case)."""

from __future__ import annotations

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.dates import MOSCOW, NOVOSIBIRSK, micros, written
from feedback_service.platforms.twogis.replica.holdings import address
from feedback_service.platforms.twogis.replica.items import FLAMP, Comment, Review
from feedback_service.platforms.twogis.replica.places import Place

ODD_REVIEWS: tuple[object, ...] = (
    None,
    [],
    {"id": None, "provider": None, "rating": "5?", "date_created": "", "user": None},
)
"""What no description allows. Invented."""
_SIZES = ("1920x", "640x", "320x", "64x64", "url")


def review(account: Account, item: Review, at: float, fields: frozenset[str]) -> dict[str, object]:
    """A review of either version; what `fields` has to ask for is left out otherwise."""
    official = official_answer(item, at)
    branch_id = Place(account.number, item.branch).branch_id
    place: dict[str, object] = {"id": branch_id, "type": "branch"}
    if "reviews.object.address" in fields:
        place |= {"name": account.org_name(account.org_of(item.branch)), "address": address(item.branch)}
    shown: dict[str, object] = {
        "id": item.id,
        "region_id": 1,
        "text": item.text,
        "rating": item.rating,
        "provider": item.catalog,
        "is_hidden": False,
        "hiding_type": None,
        "hiding_reason": None,
        "url": f"https://flamp.ru/r/{branch_id}/{item.id}" if item.catalog == FLAMP else "",
        "likes_count": 0,
        "comments_count": len(_visible(item, at)),
        "date_created": _date(item, item.customer.created_at),
        "date_edited": None if item.edited_at is None else _date(item, item.edited_at),
        "object": place,
        "user": _user(item),
        "official_answer": official and _official(item, official),
        "photos": [_photo(item, number) for number in range(item.customer.photos)],
        "on_moderation": False,
        "is_rated": True,
    }
    return {**shown, "is_verified": False} if "reviews.is_verified" in fields else shown


def comments(item: Review, at: float) -> list[object]:
    """What everybody sees below a review."""
    return [
        {
            "id": one.id,
            "text": one.text,
            "is_official_answer": one.official,
            "user": None if one.is_reply else {"name": one.name},
            "org": {"name": one.name} if one.is_reply else None,
            "date_created": _date(item, one.sent_at),
            "is_hidden": False,
        }
        for one in _visible(item, at)
    ]


def official_answer(item: Review, at: float) -> Comment | None:
    """The official reply, once moderation has let it through."""
    return next((one for one in _visible(item, at) if one.official), None)


def _visible(item: Review, at: float) -> list[Comment]:
    return [one for one in item.seen(at) if one.state(at) == "shown"]


def _official(item: Review, one: Comment) -> dict[str, object]:
    return {
        "id": one.id,
        "org_name": one.name,
        "text": one.text,
        "date_created": _date(item, one.sent_at),
        "logo_preview_urls": dict.fromkeys(_SIZES, ""),
    }


def _user(item: Review) -> dict[str, object]:
    first, _, last = item.customer.author.partition(" ")
    return {
        "id": item.id[::-1],
        "public_id": f"{int(item.id):032x}",
        "reviews_count": 1,
        "first_name": first,
        "last_name": last or None,
        "name": item.customer.author,
        "provider": item.catalog,
        "photo_preview_urls": dict.fromkeys(_SIZES, ""),
        "url": "",
        "additional_data": {"email": None},
    }


def _photo(item: Review, number: int) -> dict[str, object]:
    created = _date(item, item.customer.created_at)
    return {"id": f"{item.id}-{number}", "date_created": created, "preview_urls": dict.fromkeys(_SIZES, "")}


def _date(item: Review, at: float) -> str:
    return written(micros(at), MOSCOW if item.branch % 2 else NOVOSIBIRSK)
