"""What an answer of the Seller API that is not a success means for us."""

from __future__ import annotations

import re

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable, Unavailable
from feedback_service.transports.documents import amount_of, json_of, row_of
from feedback_service.transports.http import Answer

WHERE = "see the key in the cabinet: Настройки → Seller API"
KEY_PROBLEMS = (
    ("invalid api-key", "Ozon does not accept this pair of Client-Id and Api-Key", f"put in the right ones; {WHERE}"),
    ("api-key is deactivated", "the Api-Key is deactivated", f"make a new one; {WHERE}"),
    ("restricted to specific ip", "the Api-Key is tied to other IP addresses", f"allow this machine's; {WHERE}"),
    ("offer not signed", "the seller's offer is not signed", "sign it in the seller's cabinet"),
)
"""Beginnings of Ozon's messages, in lower case. Source: "Частые ошибки" in the Seller API's description, 2026."""
KEY_WORDS = ("api-key", "api key", "client-id", "client id")
"""Whatever else is said of the login: it is never about one item."""
NO_ROLE = "missing a required role"
ROLES = f"give the Api-Key the roles for reviews and questions; {WHERE}"
NO_SUBSCRIPTION = "not available with existing subscription"
SUBSCRIBE = "reviews need «Управление отзывами» or Premium Pro, questions Premium Plus; or choose delivery: browser"
ASK_AGAIN = 3600.0
"""Seconds after which a kind that is closed to the account is asked for again."""
CIRCLE = 300.0
"""Seconds that "Circle is open" is waited out: the method stays blocked "for some minutes"."""
LONGEST_PENALTY = 24 * 3600.0
ODD_READ = 60.0
TOO_MANY = ("request rate limit", "rate limit exceeded", "resource_exhausted", "operation items limits")
SAID_WAIT = re.compile(r"retry after (\d{1,6}) ?s", re.IGNORECASE)
NOT_FOUND, DENIED, UNAUTHENTICATED = 5, 7, 16
CODES = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "PERMISSION_DENIED": 7, "RESOURCE_EXHAUSTED": 8, "UNAUTHENTICATED": 16}


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the status stands for; None for 2xx.

    The words decide before the status, because the statuses of most messages are not documented. Anything that is
    neither a success nor a plain refusal leaves a write in doubt.
    """
    if 200 <= answer.status < 300:
        return None
    return _by_words(answer) or _by_status(answer)


def is_no_method(answer: Answer) -> bool:
    """Whether the path itself is unknown there (a text body), unlike an item that is (a JSON body with a code)."""
    return answer.status in {404, 410} and code(answer) is None


def is_no_item(answer: Answer) -> bool:
    """Whether the item is unknown there, or the id is none at all.

    404 is also what others report for a wrong pair of Client-Id and Api-Key, so the status alone says nothing.
    """
    if answer.status not in {400, 404} or code(answer) is None or is_general(answer):
        return False
    return "not found" in reason(answer).lower() or (answer.status == 404 and code(answer) == NOT_FOUND)


def is_general(answer: Answer) -> bool:
    """Whether a refusal is one of the whole account or of the moment, so that it tells nothing of the item."""
    return isinstance(refusal(answer), AccountFault) or _by_words(answer) is not None


def code(answer: Answer) -> int | None:
    """The gRPC number in the body, which comes as a number or as its name; None where there is no such body."""
    value = row_of(json_of(answer.body)).get("code")
    if isinstance(value, str):
        return CODES.get(value.upper(), 2)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def reason(answer: Answer) -> str:
    """The platform's own words, else the beginning of the body."""
    message = row_of(json_of(answer.body)).get("message")
    line = " ".join(message.split()) if isinstance(message, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in line)[:200] or answer.excerpt()


def retry_after(answer: Answer) -> float | None:
    """Seconds until it is worth asking again, by the header or by the words."""
    seconds = amount_of(answer.headers.get("retry-after"))
    if seconds is None and (found := SAID_WAIT.search(reason(answer))):
        seconds = float(found.group(1))
    return None if seconds is None else min(seconds, LONGEST_PENALTY)


def is_too_many(answer: Answer) -> bool:
    words = f"{row_of(json_of(answer.body)).get('code')} {reason(answer)}".lower()
    return answer.status == 429 or (400 <= answer.status < 500 and any(mark in words for mark in TOO_MANY))


def _by_words(answer: Answer) -> FeedbackServiceError | None:
    words = reason(answer).lower()
    if "circle is open" in words:
        return Retryable(f"{answer.call}: Ozon has blocked the method for some minutes", CIRCLE)
    if is_too_many(answer):
        return Retryable(f"{answer.call}: too many requests", retry_after(answer))
    if not 400 <= answer.status < 500:
        return None
    if NO_SUBSCRIPTION in words:
        found = f"{answer.call} is not part of the account's subscription"
        return Unavailable(found, SUBSCRIBE, ASK_AGAIN)
    if NO_ROLE in words:
        return Unavailable(f"the Api-Key lacks a role for {answer.call}", ROLES, ASK_AGAIN)
    for mark, found, remedy in KEY_PROBLEMS:
        if mark in words:
            return AccountFault(f"{found} ({answer.status})", remedy)
    if any(mark in words for mark in KEY_WORDS):
        return AccountFault(f"Ozon does not accept the key ({_said(answer)})", WHERE)
    return None


def _by_status(answer: Answer) -> FeedbackServiceError:
    """A 403 in Ozon's own words closes one method; one without them may come from anything in between."""
    said = _said(answer)
    if answer.status == 401 or code(answer) == UNAUTHENTICATED:
        return AccountFault(f"Ozon does not accept the key ({said})", WHERE)
    if answer.status == 403:
        denied = f"Ozon denies access to {answer.call.path} ({said})"
        return Unavailable(denied, ROLES, ASK_AGAIN) if code(answer) == DENIED else AccountFault(denied, ROLES)
    if 400 <= answer.status < 500 and answer.status != 408:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def _said(answer: Answer) -> str:
    return f"{answer.status} {reason(answer)}"
