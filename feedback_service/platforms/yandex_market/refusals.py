"""What an answer of the Partner API that is not a success means for us."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable, Unavailable
from feedback_service.platforms.yandex_market import wire
from feedback_service.transports.documents import amount_of, json_of
from feedback_service.transports.http import Answer

KEY = "make a new Api-Key token in the cabinet: Настройки → API и модули"
SCOPE = (
    "give the Api-Key token the access «Общение с покупателями» (or «Управление кабинетом»): Настройки → API и модули"
)
BUSINESS = "see that business_id is the number of the very cabinet in which the Api-Key token was made"
PARALLEL_PAUSE = 1.0
"""Seconds after "too many calls at once"; no wait is documented, and a call is over sooner than that."""
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""
MIGRATION = 600.0
LIMITS = (420, 429)
"""420 is the platform's own "too many"; 429 is what anything in between would say."""


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the status stands for; None for 2xx and for limits, which the client reads with their headers.

    Statuses and messages: the Partner API's page on errors, 2025-09. Its error codes are not listed anywhere, so the
    message decides where the status is not enough. Anything that is neither a success nor a plain refusal leaves a
    write in doubt, 503 included: whether it is said before or after writing is not known.
    """
    if 200 <= answer.status < 300 or answer.status in LIMITS:
        return None
    said = f"{answer.status} {reason(answer)}"
    match answer.status:
        case 401:
            return AccountFault(f"Yandex.Market does not accept the Api-Key token ({said})", KEY)
        case 403:
            return _forbidden(said)
        case 404 if not answer.call.is_write:
            return AccountFault(f"Yandex.Market does not know the cabinet ({said})", BUSINESS)
        case 423:
            return Retryable(f"{answer.call}: the cabinet is being moved ({said})", MIGRATION)
        case 408:
            return answer.call.lost(said)
    if 400 <= answer.status < 500:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def is_parallel(answer: Answer) -> bool:
    """Whether a limit was one of calls at once; its message says so, and an hourly one names its resource."""
    return "parallel" in reason(answer).lower()


def opens_at(answer: Answer) -> datetime | None:
    """When the hourly limit of the method begins anew."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("x-ratelimit-resource-until", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_last(answer: Answer) -> bool:
    """Whether the answer says that the method has no call left in this hour."""
    return answer.headers.get("x-ratelimit-resource-remaining", "").strip() == "0"


def retry_after(answer: Answer) -> float | None:
    """Seconds by the usual header, which this platform does not document."""
    return amount_of(answer.headers.get("retry-after"))


def reason(answer: Answer) -> str:
    """The platform's own words, else the beginning of the body."""
    return wire.complaint(json_of(answer.body)) or answer.excerpt()


def _forbidden(said: str) -> AccountFault:
    words = said.lower()
    if "scope" in words:
        return Unavailable(f"the Api-Key token may not read or answer reviews ({said})", SCOPE)
    if "access to api denied" in words:
        return Unavailable(
            f"the API is closed to this shop ({said})", "ask Yandex.Market's support, or use the browser"
        )
    if "not active" in words:
        return AccountFault(f"the cabinet is not active ({said})", "activate it, or take the account off the list")
    return AccountFault(f"Yandex.Market denies access to the cabinet ({said})", BUSINESS)
