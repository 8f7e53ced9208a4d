"""The faults that befall any call, and what a project may not, in Google's words."""

from __future__ import annotations

from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.bodies import Problem, forbidden, reason
from feedback_service.platforms.google_business.replica.quota import Quota
from feedback_service.ports.replica import ReplicaRequest

PLAYS = frozenset(
    {
        "too_many_requests",
        "server_error",
        "quota_zero",
        "service_disabled",
        "permission_denied",
        "expire",
        "moderate",
        "swallow",
    }
)
_UNAVAILABLE = 503


def befall(request: ReplicaRequest) -> None:
    """Raises what is imposed on any call, before anything is looked at or changed."""
    failing = request.imposition("server_error")
    if failing is not None:
        raise Problem(int(str(failing.get("status", _UNAVAILABLE))), "The service is currently unavailable.")
    limited = request.imposition("too_many_requests")
    if limited is not None:
        wait = limited.get("retry_after")
        raise Problem(
            429,
            "Resource has been exhausted (e.g. check quota).",
            headers={} if wait is None else {"retry-after": str(round(float(str(wait))))},
        )


def admit(request: ReplicaRequest, account: Account, service: str) -> None:
    """Raises what keeps a project out of an API: imposed, or by its account's options."""
    if request.imposition("service_disabled") is not None or service in account.options.disabled:
        raise _disabled(account, service)
    if request.imposition("quota_zero") is not None or not account.options.approved:
        raise _exhausted(account, service, 0)
    if not account.quotas.setdefault(service, Quota()).take(account.options.quota, request.at):
        raise _exhausted(account, service, account.options.quota)
    if request.imposition("permission_denied") is not None:
        raise forbidden()


def _disabled(account: Account, service: str) -> Problem:
    metadata = {"service": f"{service}.googleapis.com", "consumer": f"projects/{account.project}"}
    message = f"The API {service} has not been used in project {account.project} before or it is disabled."
    return Problem(403, message, (reason("SERVICE_DISABLED", metadata),))


def _exhausted(account: Account, service: str, limit: int) -> Problem:
    metadata = {
        "service": f"{service}.googleapis.com",
        "consumer": f"projects/{account.project}",
        "quota_metric": f"{service}.googleapis.com/default_requests",
        "quota_limit": "defaultPerMinutePerProject",
        "quota_limit_value": str(limit),
        "quota_location": "global",
    }
    message = f"Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service '{service}'."
    return Problem(429, message, (reason("RATE_LIMIT_EXCEEDED", metadata),))
