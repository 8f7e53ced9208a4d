"""Reads the bodies of writing methods."""

from __future__ import annotations

import json

from feedback_service.platforms.wildberries.replica.bodies import bad_answer
from feedback_service.platforms.wildberries.replica.items import VERDICTS, Moderation, Verdict
from feedback_service.ports.replica import ReplicaRequest

# Source: Wildberries OpenAPI "Общение с покупателями", 2026-07; characters.
SHORTEST, LONGEST = 2, 5000


def parsed(body: bytes) -> object:
    """The JSON in a body, or None where it is not JSON."""
    try:
        document: object = json.loads(body)
    except ValueError:
        return None
    return document


def fits(text: object) -> bool:
    """Whether this can be an answer's text."""
    return isinstance(text, str) and SHORTEST <= len(text) <= LONGEST


def answer_of(request: ReplicaRequest) -> tuple[str, str]:
    """Id and text of `…/feedbacks/answer`. Raises the 400 of that method."""
    _check_content_type(request.headers.get("content-type"))
    document = parsed(request.body)
    if not isinstance(document, dict):
        raise bad_answer("Неверный синтаксис JSON")
    item, text = document.get("id"), document.get("text")
    if not isinstance(item, str) or not isinstance(text, str):
        raise bad_answer("Неверный синтаксис JSON")
    if not fits(text):
        raise bad_answer(f"Длина ответа должна быть от {SHORTEST} до {LONGEST} символов")
    return item, text


def moderation_of(request: ReplicaRequest) -> Moderation:
    """What moderation will say of this answer: yes at once, or what the fault "moderate" tells."""
    options = request.imposition("moderate")
    if options is None:
        return Moderation()
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    return Moderation(verdict, float(str(options.get("delay", 0))))


def _check_content_type(header: str | None) -> None:
    if not header:
        raise bad_answer("content-type header not specified")
    media = header.split(";")[0].strip().lower()
    kind, slash, subtype = media.partition("/")
    if not (kind and slash and subtype):
        raise bad_answer(f"content-type is not a valid mime-type: {header}")
    if subtype != "json" and not subtype.endswith("+json"):
        raise bad_answer(f"not a json content-type: {media}")
