"""What an answer of Flamp that is not a success means for us; only reads go by its API."""

from __future__ import annotations

import json
import math

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.platforms.flamp import wire
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
    code = wire.code_of(_document(answer))
    return code if code is not None and 400 <= code < 600 else 200


def refusal(answer: Answer) -> FeedbackServiceError | NotThere | None:
    """The error that the status stands for; None for a success.

    Of the API only 401 and 403 are known. A 404 counts where it is Flamp's own JSON: one public project sees 403 and
    404 in its network that have nothing to do with what was asked for.
    """
    status = status_of(answer)
    if 200 <= status < 300:
        return None
    said = f"{status} {wire.complaint(_document(answer)) or answer.excerpt()}"
    match status:
        case 401:
            return AccountFault(f"Flamp does not accept the token of its own page ({said})", READING, CLOSED)
        case 403:
            return AccountFault(f"Flamp does not let us read ({said})", READING, CLOSED)
        case 404 if isinstance(_document(answer), dict):
            return NotThere(f"{answer.call}: {said}")
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
    if 400 <= status < 500:
        return Retryable(f"{answer.call}: {said}", ODD_READ)
    return Retryable(f"{answer.call}: HTTP {said}")


def retry_after(answer: Answer) -> float:
    """Seconds by the usual header, which Flamp does not document."""
    try:
        seconds = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return UNKNOWN_PENALTY
    return min(seconds, LONGEST_PENALTY) if math.isfinite(seconds) and seconds >= 0 else UNKNOWN_PENALTY


def _document(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
