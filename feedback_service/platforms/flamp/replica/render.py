"""Reviews as the API's JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedback_service.platforms.flamp.replica.accept import Wish
from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.dates import written
from feedback_service.platforms.flamp.replica.items import Answer, Review

API = "https://flamp.ru/api/2.0"
STUB_ID = 2
_SIZES = ("1920x", "640x", "320x", "64x64", "url")
_ODD: tuple[object, ...] = (
    None,
    "review",
    [],
    {"id": None, "rating": None, "text": None, "date_created": None, "user": None, "official_answer": 7},
    {"id": "семь", "rating": "many", "text": ["?"], "date_created": "yesterday", "user": [], "official_answer": "да"},
)
"""What nothing describes. Invented."""


def firsts(account: Account, filial: str) -> Sequence[object]:
    """What stands above the reviews of a first page: the stub with the id 2 (source: a client that skips it), odds."""
    stub = {
        "id": STUB_ID,
        "filial_id": filial,
        "url": "https://flamp.ru/",
        "user": f"{API}/users/{STUB_ID}",
        "text": "Расскажите о своём опыте",
        "rating": 5,
        "likes_score": 0,
        "is_expert": False,
        "share_count": 0,
        "date_created": "2011-01-01T00:00:00+07:00",
        "official_answer": None,
        "photos": [],
    }
    return [*([stub] if account.options.stub else []), *(_ODD if account.options.odd else ())]


def review(account: Account, item: Review, at: float, wish: Wish) -> dict[str, object]:
    """A review; what `wish` does not open is an address where it is one thing, and left out where it is many."""
    shown: dict[str, object] = {
        "id": item.id,
        "filial_id": item.filial,
        "url": f"https://flamp.ru/r/{item.item}",
        "user": _user(item, wish) if wish.opens("user") else f"{API}/users/{user_id(item)}",
        "text": item.text,
        "rating": item.rating,
        "likes_score": 0,
        "is_expert": False,
        "share_count": 0,
        "date_created": written(item.customer.created_at, item.filial),
        "official_answer": _official(account, item, at, wish),
    }
    if account.options.from_2gis:
        shown["provider"] = item.provider
    if wish.opens("photos"):
        shown["photos"] = [{"id": number + 1, "url": ""} for number in range(item.customer.photos)]
    return shown


def user_id(item: Review) -> int:
    return 4_000_000 + item.id % 1_000_000


def _user(item: Review, wish: Wish) -> Mapping[str, object]:
    every: dict[str, object] = {
        "id": user_id(item),
        "name": item.customer.author,
        "url": f"https://flamp.ru/user{user_id(item)}",
        "image": None,
        "reviews_count": 1,
        "sex": None,
    }
    wanted = wish.fields("user")
    return every if wanted is None else {name: value for name, value in every.items() if name in wanted}


def _official(account: Account, item: Review, at: float, wish: Wish) -> object:
    answers = item.public(at)
    if account.options.official == "list" and wish.opens("official_answer"):
        return [{"text": one.text, "date_created": written(one.sent_at, item.filial)} for one in answers]
    if not answers:
        return None
    if not wish.opens("official_answer"):
        return f"{API}/official_answers/{answers[-1].id}"
    return _as_object(account, item, answers[-1])


def _as_object(account: Account, item: Review, one: Answer) -> Mapping[str, object]:
    return {
        "id": one.id,
        "org_name": account.name,
        "text": one.text,
        "date_created": written(one.sent_at, item.filial),
        "logo_preview_urls": dict.fromkeys(_SIZES, ""),
    }
