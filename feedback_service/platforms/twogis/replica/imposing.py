"""The faults that befall any call, in this platform's words."""

from __future__ import annotations

from feedback_service.platforms.twogis.replica.bodies import Problem, forbidden
from feedback_service.ports.replica import ReplicaRequest

PLAYS = frozenset(
    {
        "too_many_requests",
        "server_error",
        "meta_error",
        "no_subscription",
        "captcha",
        "expire",
        "moderate",
        "swallow",
    }
)


def too_many(seconds: float) -> Problem:
    """429 that tells when to come again."""
    return Problem(429, "too many requests", {"retry-after": str(round(seconds))})


def check(request: ReplicaRequest) -> None:
    """Raises what is imposed, before anything is looked at or changed."""
    failing = request.imposition("server_error")
    if failing is not None:
        raise Problem(int(str(failing.get("status", 500))), "internal error")
    limited = request.imposition("too_many_requests")
    if limited is not None:
        raise too_many(float(str(limited.get("retry_after", 1))))
    hidden = request.imposition("meta_error")
    if hidden is not None:
        raise Problem(200, "internal error", code=int(str(hidden.get("code", 500))))
    if request.imposition("no_subscription") is not None:
        raise forbidden("no subscription")
