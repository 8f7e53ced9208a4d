"""What an answer of 2GIS that is not a success means for us."""

from __future__ import annotations

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.platforms.twogis import wire
from feedback_service.transports.documents import amount_of, count_of, json_of, row_of
from feedback_service.transports.http import Answer

RIGHTS = "see in https://account.2gis.com that this login may read and answer the reviews of the organisation"
LONGEST_PENALTY = 24 * 3600.0
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""


def status_of(answer: Answer) -> int:
    """The status that counts: `meta.code` repeats it, and where it tells of a failure under a 200, it is believed."""
    if answer.status != 200:
        return answer.status
    code = count_of(row_of(row_of(json_of(answer.body)).get("meta")).get("code"))
    return code if code is not None and 400 <= code < 600 else 200


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the status stands for; None for a success.

    Only 400, 401, 403 and 404 are known, from notes of a project that watched the cabinet's page; what their bodies
    say is not. Anything that is neither a success nor a plain refusal leaves a write in doubt.
    """
    status = status_of(answer)
    if 200 <= status < 300:
        return None
    said = f"{status} {reason(answer)}"
    match status:
        case 401:
            return AccountFault(f"2GIS does not accept the sign-in ({said})", RIGHTS)
        case 403 if not answer.call.is_write:
            return AccountFault(f"2GIS does not let the account read this ({said})", RIGHTS)
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
        case 408:
            return answer.call.lost(said)
    if 400 <= status < 500:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def reason(answer: Answer) -> str:
    """The platform's own words, else the beginning of the body."""
    return wire.complaint(json_of(answer.body)) or answer.excerpt()


def retry_after(answer: Answer) -> float | None:
    """Seconds by the usual header, which 2GIS does not document."""
    seconds = amount_of(answer.headers.get("retry-after"))
    return None if seconds is None else min(seconds, LONGEST_PENALTY)
