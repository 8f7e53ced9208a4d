"""The faults that the replica plays itself, and what moderation is told to say."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.flamp.replica.bodies import Problem
from feedback_service.platforms.flamp.replica.items import VERDICTS, Moderation, Verdict
from feedback_service.ports.replica import ReplicaRequest

PLAYS = frozenset({"too_many_requests", "server_error", "code_error", "expire", "moderate", "swallow"})


@dataclass(frozen=True, slots=True)
class Failure:
    """`wait`: seconds until it is worth another try, where the site says so."""

    status: int
    wait: int | None = None


def failure(request: ReplicaRequest) -> Failure | None:
    """What befalls the request before anything is looked at or changed."""
    failing = request.imposition("server_error")
    if failing is not None:
        return Failure(int(str(failing.get("status", 500))))
    limited = request.imposition("too_many_requests")
    if limited is not None:
        return Failure(429, round(float(str(limited.get("retry_after", 1)))))
    return None


def check(request: ReplicaRequest) -> None:
    """Raises what befalls a call of the API."""
    failed = failure(request)
    if failed is not None and failed.wait is not None:
        raise Problem(failed.status, "too many requests", {"retry-after": str(failed.wait)})
    if failed is not None:
        raise Problem(failed.status, "internal error")
    hidden = request.imposition("code_error")
    if hidden is not None:
        raise Problem(200, "internal error", code=int(str(hidden.get("code", 500))))


def moderation(request: ReplicaRequest, delay: float) -> Moderation:
    """Yes after the usual delay, or what the fault "moderate" tells."""
    options = request.imposition("moderate")
    if options is None:
        return Moderation(delay=delay)
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    reason = str(options.get("reason") or Moderation().reason)
    return Moderation(verdict, float(str(options.get("delay", delay))), reason)
