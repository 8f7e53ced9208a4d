"""Turns reviews into the JSON that the cabinet's list was seen to hold."""

from __future__ import annotations

from zlib import crc32

from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.platforms.yandex_business.replica.items import APPROVED, Answer, Review

_SNIPPET = 240
_PHOTO_SIDES = (1280, 960)


def review(call: Call, one: Review) -> dict[str, object]:
    """One item of `list.items`."""
    chat = crc32(one.id.encode())
    return {
        "id": one.id,
        "lang": "ru",
        "author": _author(call, one),
        "time_created": _time(call, one.customer.created_at),
        **_texts(call, one),
        "rating": one.rating,
        "cmnt_entity_id": one.id,
        "comments_count": 0,
        "cmnt_official_token": call.seal.issue(f"comments {one.id}", call.at),
        "init_chat_data": {
            "entityId": one.id,
            "supplierServiceSlug": "sprav-reviews",
            "name": "Отзыв",
            "description": "",
            "entityUrl": f"https://yandex.ru/maps/org/{one.organisation}/reviews",
            "entityImage": f"https://avatars.mds.yandex.net/get-altay/{chat}/orig",
            "version": 1,
        },
        "init_chat_token": call.seal.issue(f"chat {one.id}", call.at),
        "public_rating": True,
        "business_answer_csrf_token": call.item_token(one.id),
        **_answer(call, one.answer),
        **_photos(one),
    }


def _author(call: Call, one: Review) -> dict[str, object] | None:
    if call.account.options.nulls and one.number % 2:
        return None
    if not one.customer.author:
        return {"privacy": "anonymous", "user": ""}
    uid = crc32(one.customer.author.encode("utf-8", "surrogatepass"))
    return {"privacy": "public", "user": one.customer.author, "uid": uid, "public_id": f"u{uid:x}"}


def _texts(call: Call, one: Review) -> dict[str, object]:
    text = one.text
    if len(text) > _SNIPPET:
        return {"snippet": text[: _SNIPPET - 1] + "…", "full_text": text}
    return {"snippet": text, "full_text": None if call.account.options.nulls else text}


def _answer(call: Call, answer: Answer | None) -> dict[str, object]:
    if answer is None:
        return {}
    word: str | None = answer.word(call.at)
    if word == APPROVED and call.account.options.nulls:
        word = None
    shown = {"time_created": _time(call, answer.sent_at), "text": answer.text, "moderation_status": word}
    return {"owner_comment": shown}


def _photos(one: Review) -> dict[str, object]:
    if not one.customer.photos:
        return {}
    width, height = _PHOTO_SIDES
    links = (f"https://avatars.mds.yandex.net/get-altay/{one.number}/{n}/orig" for n in range(one.customer.photos))
    return {"photos": [{"link": link, "width": width, "height": height} for link in links]}


def _time(call: Call, at: float) -> int:
    return int(at * 1000) if call.account.options.milliseconds else int(at)
