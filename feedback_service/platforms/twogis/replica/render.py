"""Reviews and comments as the cabinet's JSON (camelCase)."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.dates import MOSCOW, NOVOSIBIRSK, micros, written
from feedback_service.platforms.twogis.replica.holdings import address
from feedback_service.platforms.twogis.replica.items import FLAMP, OURS, Comment, Review
from feedback_service.platforms.twogis.replica.places import Place

_PHOTOS = "https://photo.example.com/reviews"
_CATALOGS = {OURS: {"id": OURS, "name": "2GIS"}, FLAMP: {"id": FLAMP, "name": "Flamp"}}
ODD_REVIEWS: tuple[object, ...] = (
    None,
    "review",
    {},
    {"id": None, "rating": None, "catalog": None, "text": None, "dateCreated": None, "user": None},
    {"id": "7", "rating": "many", "catalog": "2gis", "text": ["?"], "dateCreated": "yesterday", "user": []},
)
"""What no description allows. Invented."""


def review(account: Account, item: Review, at: float) -> dict[str, object]:
    """A review as lists show it."""
    comments, answer = item.seen(at), item.first_answer(at)
    flamp = item.catalog == FLAMP
    return {
        "id": item.id,
        "rating": item.rating,
        "catalog": _CATALOGS[item.catalog],
        "text": item.text,
        "dateCreated": _date(item, item.customer.created_at),
        "dateEdited": None if item.edited_at is None else _date(item, item.edited_at),
        "commentsCount": len(comments),
        "likesCount": 0,
        "url": f"https://flamp.ru/r/{Place(account.number, item.branch).branch_id}/{item.id}" if flamp else "",
        "user": {"name": item.customer.author, "photoPreviewUrls": None},
        "attributes": {"isHidden": False, "isRated": True, "hasUnresolvedComplains": False, "pinStatus": "none"},
        "allowedActions": _allowed(account, item),
        "hasCompanyComment": answer is not None,
        "firstAnswer": answer and _answer(item, answer, at),
        "photos": [_photo(item, number) for number in range(item.customer.photos)],
        "readonly": item.rating in account.options.readonly,
        "branch": _branch(account, item),
        "source": None,
    }


def one_review(account: Account, item: Review, at: float) -> dict[str, object]:
    """A review asked for by its id: its rating is text. Source: the type that one client reads it by."""
    return {**review(account, item, at), "rating": str(item.rating)}


def comment(item: Review, one: Comment, at: float) -> dict[str, object]:
    """A comment as the list of comments shows it, and as the answer to its writing does."""
    state = one.state(at)
    writer = {"org": {"name": one.name}} if one.is_reply else {"user": {"name": one.name}}
    shown: dict[str, object] = {
        "id": one.id,
        "type": "reply" if one.is_reply else "comment",
        "text": one.text,
        **writer,
        "isOfficialAnswer": one.official,
        "dateCreated": _date(item, one.sent_at),
        "isHidden": state == "declined",
    }
    if state == "waiting":
        shown["onModeration"] = True
    if state == "declined":
        shown["hidingReason"] = one.moderation.reason
    return shown


def may_reply(account: Account, item: Review) -> bool:
    """Whether the company may answer."""
    return item.rating not in (*account.options.no_reply, *account.options.readonly)


def _allowed(account: Account, item: Review) -> Mapping[str, bool]:
    may = may_reply(account, item)
    return {
        "reply": may,
        "replyInCatalog": False,
        "showInCatalog": True,
        "complain": True,
        "complainNoClient": True,
        "pin": False,
        "setMainComment": may,
    }


def _answer(item: Review, one: Comment, at: float) -> dict[str, object]:
    waiting = {"onModeration": True} if one.state(at) == "waiting" else {}
    return {
        "id": one.id,
        "text": one.text,
        "org": {"name": one.name},
        "dateCreated": _date(item, one.sent_at),
        **waiting,
    }


def _branch(account: Account, item: Review) -> dict[str, object]:
    return {
        "id": Place(account.number, item.branch).branch_id,
        "name": account.org_name(account.org_of(item.branch)),
        "address": address(item.branch),
    }


def _photo(item: Review, number: int) -> dict[str, object]:
    return {
        "id": f"{item.id}-{number}",
        "date_created": _date(item, item.customer.created_at),
        "preview_urls": {"url": f"{_PHOTOS}/{item.id}/{number}.jpg"},
        "visibility_status": "visible",
    }


def _date(item: Review, at: float) -> str:
    return written(micros(at), MOSCOW if item.branch % 2 else NOVOSIBIRSK)
