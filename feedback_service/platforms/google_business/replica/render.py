"""Reviews and replies as the JSON of v4."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from feedback_service.platforms.google_business.replica.dates import nanos, written
from feedback_service.platforms.google_business.replica.items import Reply, Review, State

_PICTURES = "https://pictures.example.com"
_PAGES = "https://business.example.com"
# Source: Google Business Profile API v4, accounts.locations.reviews, StarRating.
_STARS = {1: "ONE", 2: "TWO", 3: "THREE", 4: "FOUR", 5: "FIVE"}
ODD_REVIEWS: tuple[object, ...] = (
    None,
    "review",
    {},
    {"name": None, "reviewId": None, "starRating": None, "comment": None, "createTime": None, "reviewer": None},
    {"name": "accounts/1", "reviewId": 7, "starRating": "SIX", "comment": ["?"], "createTime": "soon", "reviewer": []},
)
"""What no description allows. Invented."""
ODD_BATCH: tuple[object, ...] = (None, [], {"name": None}, *({"name": 7, "review": odd} for odd in ODD_REVIEWS))


def review(one: Review, parent: str, at: float, *, translated: bool = False) -> dict[str, object]:
    """A review below the location that it was asked for by."""
    shown: dict[str, object] = {
        "name": f"{parent}/reviews/{one.id}",
        "reviewId": one.id,
        "reviewer": _reviewer(one),
        "starRating": _STARS[one.rating],
        "createTime": written(one.created),
        "updateTime": written(one.updated),
        "reviewReplyUrl": f"{_PAGES}/reviews/{one.id}/reply",
    }
    if one.text:
        shown["comment"] = _translated(one.text) if translated else one.text
    reply = one.reply(at)
    if reply is not None:
        shown["reviewReply"] = standing(reply, at)
    elif crc32(one.id.encode()) % 2:
        shown["reviewReply"] = None
    if one.customer.photos:
        shown["reviewMediaItems"] = [_photo(one, number) for number in range(one.customer.photos)]
    return shown


def standing(reply: Reply, at: float) -> Mapping[str, object]:
    """A reply as reads show it; of one that the owner wrote by hand they tell no state."""
    if reply.by_hand:
        return {"comment": reply.text, "updateTime": written(nanos(reply.sent_at))}
    return _told(reply, reply.state(at))


def received(reply: Reply) -> Mapping[str, object]:
    """A reply as the answer to its writing shows it: nobody has looked at it yet."""
    return _told(reply, "PENDING")


def _told(reply: Reply, state: State) -> Mapping[str, object]:
    violation = {"policyViolation": reply.moderation.reason} if state == "REJECTED" else {}
    updated = written(nanos(reply.sent_at))
    return {"comment": reply.text, "updateTime": updated, "reviewReplyState": state, **violation}


def _reviewer(one: Review) -> Mapping[str, object]:
    photo = {"profilePhotoUrl": f"{_PICTURES}/faces/{crc32(one.customer.author.encode())}.jpg"}
    name = one.customer.author
    return {**photo, "displayName": name} if name else {**photo, "isAnonymous": True}


def _translated(text: str) -> str:
    return f"(Translated by Google) What was written here, in another tongue.\n\n(Original)\n{text}"


def _photo(one: Review, number: int) -> Mapping[str, object]:
    url = f"{_PICTURES}/reviews/{one.id}/{number}"
    return {"thumbnailUrl": f"{url}.jpg", "thumbnailLabel": "", **({"videoUrl": f"{url}.mp4"} if number == 3 else {})}
