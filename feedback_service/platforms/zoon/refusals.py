"""What an answer of Zoon's site that is not a success means for who reads it."""

from __future__ import annotations

import math

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.transports.http import Answer

CLOSED = (
    "open the organisation's page from this machine's address: where Zoon shows a captcha, pass it or wait some hours; "
    "see that site is right"
)
LONGEST_PENALTY = 24 * 3600.0
ODD = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""
CAPTCHA = "captcha"
"""A part of the address to which a suspected program is led; only one source looks for it."""


class Gone(Retryable):
    """Zoon has no such address (any more)."""


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the status stands for; None for a success. None of them is described anywhere."""
    status, said = answer.status, f"HTTP {answer.status} {answer.excerpt()}"
    if 200 <= status < 300:
        return None
    match status:
        case 401 | 403:
            return closed(said)
        case 404 | 410:
            return Gone(f"{answer.call}: {said}", ODD)
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
    return Retryable(f"{answer.call}: {said}", ODD if 300 <= status < 500 and status != 408 else None)


def closed(said: str) -> AccountFault:
    return AccountFault(f"Zoon does not let us read ({said})", CLOSED)


def retry_after(answer: Answer) -> float | None:
    """Seconds by the usual header, which Zoon is not known to send."""
    try:
        seconds = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, LONGEST_PENALTY) if math.isfinite(seconds) and seconds >= 0 else None
