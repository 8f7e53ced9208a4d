"""Which method of which API answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.platforms.google_business.replica import holdings, replies, reviews
from feedback_service.platforms.google_business.replica.options import ACCOUNTS, LOCATIONS, REVIEWS
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_ID = "([^/:]+)"
_ACCOUNT = f"accounts/{_ID}"
_REVIEWS = f"/v4/{_ACCOUNT}/locations/{_ID}/reviews"
_REPLY = f"{_REVIEWS}/{_ID}/reply"


@dataclass(frozen=True, slots=True)
class Route:
    """A method with the API that it belongs to, of which each has a quota and a switch of its own."""

    service: str
    method: Callable[..., ReplicaResponse]


_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/v1/accounts"): Route(ACCOUNTS, holdings.accounts),
    ("GET", f"/v1/{_ACCOUNT}"): Route(ACCOUNTS, holdings.account),
    ("GET", f"/v1/{_ACCOUNT}/locations"): Route(LOCATIONS, holdings.locations),
    ("GET", _REVIEWS): Route(REVIEWS, reviews.listed),
    ("GET", f"{_REVIEWS}/{_ID}"): Route(REVIEWS, reviews.one),
    ("POST", f"/v4/{_ACCOUNT}/locations:batchGetReviews"): Route(REVIEWS, reviews.batch),
    ("PUT", _REPLY): Route(REVIEWS, replies.put),
    ("DELETE", _REPLY): Route(REVIEWS, replies.delete),
}


def found(request: ReplicaRequest) -> tuple[Route, Sequence[str]] | None:
    """The route with the ids that stand in the path."""
    for (verb, pattern), route in _ROUTES.items():
        match = re.fullmatch(pattern, request.path)
        if match and verb == request.method:
            return route, match.groups()
    return None


def writes(method: str, path: str) -> bool:
    """Whether a call may change something a customer sees; neither refreshing nor reading in batches does."""
    return method not in ("GET", "HEAD", "OPTIONS", "POST") and path.startswith("/v4/")
