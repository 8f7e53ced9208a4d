"""The methods of the Partner API by path: what each needs, what it costs, who answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from feedback_service.platforms.yandex_market.replica import account, feedback, questions
from feedback_service.platforms.yandex_market.replica.bodies import refusal
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.keys import SCOPES, Grant
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

Method = Callable[[ReplicaRequest, Business], ReplicaResponse]

# Source: Partner API OpenAPI, 2026-07, x-auth-scopes.
_WRITING = frozenset({"ALL_METHODS", "COMMUNICATION"})
_READING = _WRITING | {"ALL_METHODS_READ_ONLY"}
_ANY = frozenset(SCOPES)


@dataclass(frozen=True, slots=True)
class Route:
    """One method: the resource it costs, the scopes that allow it, and the paths it answers to."""

    resource: str
    scopes: frozenset[str]
    path: re.Pattern[str]
    answer: Callable[[ReplicaRequest, Business, Grant], ReplicaResponse]
    method: str = "POST"


def found(request: ReplicaRequest) -> tuple[Route, int | None]:
    """The route of a request and the businessId in its path. Raises Refusal with 404 or 405."""
    for route in _ROUTES:
        match = route.path.fullmatch(request.path)
        if match is None:
            continue
        if request.method != route.method:
            raise refusal(405, f"Request method '{request.method}' not supported")
        number = match.groupdict().get("business")
        return route, int(number) if number is not None else None
    raise refusal(404, "Resource not found")


def _of_business(version: str, resource: str, scopes: frozenset[str], method: Method) -> Route:
    path = re.compile(rf"{version}/businesses/(?P<business>[0-9]{{1,18}})/{re.escape(resource)}")
    return Route(resource, scopes, path, lambda request, business, grant: method(request, business))


# Older clients leave the version out.
_V2, _V1 = "(?:/v2)?", "/v1"
_ROUTES = (
    _of_business(_V2, "goods-feedback", _READING, feedback.listed),
    _of_business(_V2, "goods-feedback/comments", _READING, feedback.comments),
    _of_business(_V2, "goods-feedback/comments/update", _WRITING, feedback.update),
    _of_business(_V2, "goods-feedback/comments/delete", _WRITING, feedback.delete),
    _of_business(_V2, "goods-feedback/skip-reaction", _WRITING, feedback.skip),
    _of_business(_V1, "goods-questions", _READING, questions.listed),
    _of_business(_V1, "goods-questions/answers", _READING, questions.answers),
    _of_business(_V1, "goods-questions/update", _WRITING, questions.update),
    _of_business(_V2, "offer-mappings", _ANY, account.offers),
    Route("auth/token", _ANY, re.compile(f"{_V2}/auth/token"), lambda request, business, grant: account.token(grant)),
    Route(
        "campaigns",
        _ANY,
        re.compile(f"{_V2}/campaigns"),
        lambda request, business, grant: account.campaigns(business),
        "GET",
    ),
)
