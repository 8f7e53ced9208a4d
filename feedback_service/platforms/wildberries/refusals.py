"""What an answer of Wildberries that is not a success means for us."""

from __future__ import annotations

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.platforms.wildberries import wire
from feedback_service.platforms.wildberries.token import WHERE, Token
from feedback_service.transports.documents import amount_of, json_of
from feedback_service.transports.http import Answer

LONGEST_PENALTY = 24 * 3600.0
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""


def refusal(answer: Answer, token: Token) -> FeedbackServiceError | None:
    """The error that the status stands for; None for 2xx.

    Statuses and bodies: Wildberries OpenAPI "Общение с покупателями", 2026-07. Anything that is neither a success nor
    a plain refusal leaves a write in doubt.
    """
    if 200 <= answer.status < 300:
        return None
    said = f"{answer.status} {reason(answer)}"
    match answer.status:
        case 401:
            return AccountFault(f"Wildberries does not accept the token ({said}){_expiry(token)}", WHERE)
        case 402:
            return AccountFault(f"Wildberries wants to be paid ({said})", "top up the balance in the company's account")
        case 403:
            return AccountFault(f"the token lacks the rights ({said})", f"category «Вопросы и отзывы»: {WHERE}")
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
        case 408:
            return answer.call.lost(said)
    if 400 <= answer.status < 500:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def reason(answer: Answer) -> str:
    """The platform's own words, else the beginning of the body."""
    return wire.complaint(json_of(answer.body)) or answer.excerpt()


def remaining(answer: Answer) -> float | None:
    """Requests that the server would take at once; every answer but 429 tells."""
    return amount_of(answer.headers.get("x-ratelimit-remaining"))


def retry_after(answer: Answer) -> float | None:
    """Seconds until a 429 is worth asking again."""
    seconds = amount_of(answer.headers.get("x-ratelimit-retry"))
    if seconds is None:
        seconds = amount_of(answer.headers.get("retry-after"))
    return None if seconds is None else min(seconds, LONGEST_PENALTY)


def _expiry(token: Token) -> str:
    return f": it expires on {token.expires_at:%Y-%m-%d}" if token.expires_at else ""
