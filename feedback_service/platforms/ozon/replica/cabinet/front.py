"""Sends a request of a signed-in browser to a page or to a JSON call."""

from __future__ import annotations

from feedback_service.platforms.ozon.replica.bodies import EXHAUSTED, INTERNAL, Problem, as_json
from feedback_service.platforms.ozon.replica.cabinet import calls, pages
from feedback_service.platforms.ozon.replica.seller import Seller
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

ROOT = "/cabinet"
_CALLS = f"{ROOT}/api/"
_SIGNED_OUT = as_json(401, {"message": "Необходимо войти"})


def is_below(path: str) -> bool:
    """Whether a path belongs to the cabinet."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def writes(path: str) -> bool:
    """Whether a call of this path may change something."""
    return path.startswith(_CALLS) and calls.writes(path.removeprefix(ROOT))


def signed_out(request: ReplicaRequest) -> ReplicaResponse | None:
    """401 for a JSON call, None (a redirect) for a page."""
    return _SIGNED_OUT if request.path.startswith(_CALLS) else None


def respond(request: ReplicaRequest, seller: Seller | None) -> ReplicaResponse:
    """Answer one request; `seller` is whose browser asks."""
    path = request.path.removeprefix(ROOT)
    if seller is None:
        return _SIGNED_OUT
    try:
        _check_faults(request)
        if request.path.startswith(_CALLS):
            return as_json(200, calls.answered(path, request, seller))
        return pages.page(path, seller)
    except Problem as problem:
        return as_json(problem.status, {"message": problem.message}, problem.headers)


def _check_faults(request: ReplicaRequest) -> None:
    failing, limited = request.imposition("server_error"), request.imposition("too_many_requests")
    if failing is not None:
        raise Problem(int(str(failing.get("status", 500))), INTERNAL, "Что-то пошло не так")
    if limited is not None:
        seconds = str(round(float(str(limited.get("retry_after", 1)))))
        raise Problem(429, EXHAUSTED, "Слишком много запросов", {"retry-after": seconds})
