"""The methods that pin reviews to a product card; minimal, since no answer depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from feedback_service.platforms.wildberries.replica import render
from feedback_service.platforms.wildberries.replica.bodies import Refusal, as_json, pin_problem
from feedback_service.platforms.wildberries.replica.filters import whole
from feedback_service.platforms.wildberries.replica.items import Review
from feedback_service.platforms.wildberries.replica.writing import parsed
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_MOST = 500
_TOTAL, _PER_UNIT = 15, 2
_FIRST_ID = 18_577_062
_CHOICES = {"state": ("pinned", "unpinned"), "pinOn": ("nm", "imt")}


@dataclass(frozen=True, slots=True)
class _Pin:
    id: int
    review: Review
    method: str
    place: str
    at: float

    def rendered(self) -> dict[str, object]:
        article = render.nm_id(self.review.customer)
        return {
            "changeStateAt": render.utc(self.at),
            "feedbackId": self.review.id,
            "imtId": article // 3,
            "nmId": article,
            "pinId": self.id,
            "pinMethod": self.method,
            "pinOn": self.place,
            "state": "pinned",
        }


class PinBoard:
    """One seller's pins; `method` is what the seller pays for, None where pinning is not bought."""

    def __init__(self, method: str | None, reviews: Mapping[str, Review]) -> None:
        self.method = method
        self._reviews = reviews
        self._pins: dict[int, _Pin] = {}
        self._ids = count(_FIRST_ID)

    def listed(self, request: ReplicaRequest) -> ReplicaResponse:
        """GET /api/feedbacks/v1/pins"""
        limit = whole(request.query.get("limit"), _bad_limit) or _MOST
        after = whole(request.query.get("next"), _bad_limit) or 0
        if not 1 <= limit <= _MOST:
            raise _bad_limit()
        found = [pin for pin in self._chosen(request.query) if pin.id > after]
        document: dict[str, object] = {"data": [pin.rendered() for pin in found[:limit]]}
        if len(found) > limit:
            document["next"] = found[limit - 1].id
        return as_json(200, document)

    def counted(self, request: ReplicaRequest) -> ReplicaResponse:
        """GET /api/feedbacks/v1/pins/count"""
        return as_json(200, {"data": len(self._chosen(request.query))})

    def limits(self, request: ReplicaRequest) -> ReplicaResponse:
        """GET /api/feedbacks/v1/pins/limits"""
        used = len(self._pins)
        limit = {"perUnitLimit": _PER_UNIT, "totalLimit": _TOTAL, "unlimited": False, "used": used}
        bought = {**limit, "remaining": max(0, _TOTAL - used)}
        names = ("subscription", "tariff")
        return as_json(200, {"data": {name: bought if name == self.method else None for name in names}})

    def pin(self, request: ReplicaRequest) -> ReplicaResponse:
        """POST /api/feedbacks/v1/pins"""
        wanted = _array(request.body)
        if not all(isinstance(one, dict) and one.keys() >= {"pinMethod", "pinOn", "feedbackId"} for one in wanted):
            raise pin_problem(400, "Bad Request", "invalid request body")
        if self.method is None:
            detail = "this feature requires active subscription or active tariff"
            raise pin_problem(403, "no active subscription or tariff", detail)
        return as_json(200, {"data": [self._pin(one, request.at) for one in wanted if isinstance(one, dict)]})

    def unpin(self, request: ReplicaRequest) -> ReplicaResponse:
        """DELETE /api/feedbacks/v1/pins"""
        wanted = [one for one in _array(request.body) if isinstance(one, int)]
        return as_json(200, {"data": [one for one in wanted if self._pins.pop(one, None)]})

    def _pin(self, wanted: Mapping[str, object], at: float) -> dict[str, object]:
        item, method, place = (str(wanted[name]) for name in ("feedbackId", "pinMethod", "pinOn"))
        review = self._reviews.get(item)
        echoed = {"feedbackId": item, "pinMethod": method, "pinOn": place}
        if review is None:
            detail = "item not found or does not belong to seller"
            return {**echoed, "isErrors": True, "errors": [_fault("itemNotFound", "item not found", detail)]}
        if any(pin.review.id == item and pin.place == place for pin in self._pins.values()):
            return {
                **echoed,
                "isErrors": True,
                "errors": [_fault("alreadyPinned", "already pinned", "already pinned")],
            }
        pin = _Pin(next(self._ids), review, method, place, at)
        self._pins[pin.id] = pin
        return {**echoed, "pinId": pin.id, "isErrors": False}

    def _chosen(self, query: Mapping[str, str]) -> list[_Pin]:
        for name, allowed in _CHOICES.items():
            if name in query and query[name] not in allowed:
                listed = ", ".join(f"'{one}'" for one in allowed)
                raise pin_problem(400, "Bad Request", f"{name} must be one of the values {listed}")
        if query.get("state") == "unpinned":
            return []
        place, item = query.get("pinOn"), query.get("feedbackId")
        return [pin for pin in self._pins.values() if place in (None, pin.place) and item in (None, pin.review.id)]


def _array(body: bytes) -> list[object]:
    document = parsed(body)
    if not isinstance(document, list) or len(document) > _MOST:
        raise pin_problem(400, "Bad Request", "invalid request body")
    return document


def _bad_limit() -> Refusal:
    return pin_problem(400, "Bad Request", f"limit must be between 1 and {_MOST}")


def _fault(status: str, title: str, detail: str) -> dict[str, str]:
    return {
        "status": status,
        "title": title,
        "detail": detail,
        "requestId": uuid4().hex,
        "origin": "pin-open-api",
    }
