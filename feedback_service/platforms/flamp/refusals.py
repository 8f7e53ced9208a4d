"""What an answer of Flamp that is not a success means for us; only reads go by its API."""

from __future__ import annotations

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.platforms.flamp import wire
from feedback_service.transports.documents import amount_of, json_of
from feedback_service.transports.http import Answer

READING = "reading needs no login: try again later, or from another network; see that base_url is right"
UNKNOWN_PENALTY = 60.0
"""Seconds to stay away after a 429 that does not say how long."""
LONGEST_PENALTY = 24 * 3600.0
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""
CLOSED = 600.0


class NotThere(Exception):
    """Flamp itself says that it does not know what was asked for."""


def status_of(answer: Answer) -> int:
    """The status that counts: `code` repeats it, and where it tells of a failure under a 200, it is believed."""
    if answer.status != 200:
        return answer.status
    code = wire.code_of(json_of(answer.body))
    return code if code is not None and 400 <= code < 600 else 200


def refusal(answer: Answer) -> FeedbackServiceError | NotThere | None:
    """The error that the status stands for; None for a success.

    Of the API only 401 and 403 are known. A 404 counts where it is Flamp's own JSON: one public project sees 403 and
    404 in its network that have nothing to do with what was asked for.
    """
    status = status_of(answer)
    if 200 <= status < 300:
        return None
    said = f"{status} {wire.complaint(json_of(answer.body)) or answer.excerpt()}"
    match status:
        case 401:
            return AccountFault(f"Flamp does not accept the token of its own page ({said})", READING, CLOSED)
        case 403:
            return AccountFault(f"Flamp does not let us read ({said})", READING, CLOSED)
        case 404 if isinstance(json_of(answer.body), dict):
            return NotThere(f"{answer.call}: {said}")
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
    if 400 <= status < 500:
        return Retryable(f"{answer.call}: {said}", ODD_READ)
    return Retryable(f"{answer.call}: HTTP {said}")


def retry_after(answer: Answer) -> float:
    """Seconds by the usual header, which Flamp does not document."""
    seconds = amount_of(answer.headers.get("retry-after"))
    return UNKNOWN_PENALTY if seconds is None else min(seconds, LONGEST_PENALTY)
