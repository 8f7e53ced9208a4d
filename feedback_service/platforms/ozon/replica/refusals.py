"""What the gateway refuses before a method is asked: faults, keys, rate, roles."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.ozon.replica.bodies import (
    DENIED,
    EXHAUSTED,
    INTERNAL,
    NOT_FOUND,
    UNAUTHENTICATED,
    Problem,
)
from feedback_service.platforms.ozon.replica.seller import Grant, Seller
from feedback_service.ports.replica import ReplicaRequest

_LIMITED = {
    "second": "You have reached request rate limit per second",
    "method": "rate limit exceeded for `seller-api` client, current max rate per sec.: 2",
    "operation": "You have reached operation items limits. Retry after {seconds} seconds",
}


def check_server(request: ReplicaRequest) -> None:
    """The fault "server_error"."""
    failing = request.imposition("server_error")
    if failing is not None:
        raise Problem(int(str(failing.get("status", 500))), INTERNAL, "Internal error")


def granted(request: ReplicaRequest, seller: Seller | None) -> Grant:
    """What the key allows. Raises where it is missing, unknown, of another Client-Id, or no longer good."""
    api_key = request.headers.get("api-key", "")
    if not api_key or not request.headers.get("client-id"):
        raise Problem(401, UNAUTHENTICATED, "Client-Id and Api-Key headers are required")
    grant = None if seller is None else seller.keys.get(api_key)
    if grant is None:
        raise Problem(404, NOT_FOUND, "Invalid Api-Key, please check the key and try again")
    if grant.deactivated or request.at >= grant.expires_at or request.imposition("expire") is not None:
        raise Problem(403, DENIED, "Api-key is deactivated, use another one or generate a new one")
    return grant


def check_rate(request: ReplicaRequest, seller: Seller) -> None:
    """429 of the bucket or of the fault "too_many_requests"; "Circle is open" only as a fault."""
    if request.imposition("circle_open") is not None:
        raise Problem(429, EXHAUSTED, "Circle is open")
    imposed = request.imposition("too_many_requests")
    if imposed is not None:
        raise _limited(imposed)
    bucket = seller.bucket(request.at)
    if not bucket.take(request.at):
        raise _limited({"retry_after": bucket.wait()})


def check_role(request: ReplicaRequest, grant: Grant, section: str) -> None:
    """403 of a key that may do something else, or of the fault "no_role"."""
    if request.imposition("no_role") is not None or not {"Admin", section} & set(grant.roles):
        raise Problem(403, DENIED, "Api-Key is missing a required role for a method")


def _limited(options: Mapping[str, object]) -> Problem:
    """Options: `variant` (second, method, operation), `retry_after` seconds, `headers`: False as before autumn 2026."""
    variant, seconds = str(options.get("variant", "second")), round(float(str(options.get("retry_after", 1))))
    headers = {"ratelimit-remaining": "0", "retry-after": str(seconds)} if options.get("headers", True) else {}
    message = _LIMITED.get(variant, _LIMITED["second"]).format(seconds=seconds)
    return Problem(429, EXHAUSTED, message, headers, named=variant == "operation")
