"""What an answer of the cabinet that is not a success means for us."""

from __future__ import annotations

from urllib.parse import urlsplit

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.transports.documents import amount_of, json_of
from feedback_service.transports.http import Answer

LONGEST_PENALTY = 24 * 3600.0
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""
LONGEST_TOKEN = 500
WALLS = ("showcaptcha", "smartcaptcha")
CSRF_STATUSES = (488, 401, 403)
"""488 is the cabinet's own; 401 and 403 were also seen, so there the body decides."""
SIGN_IN = "sign in again: feedback-service login"
CAPTCHA = "open the cabinet in your browser, solve the captcha, then sign in again: feedback-service login"
ACCESS = "see that permanent_id is right, and that the login is an owner or a representative of the organisation"


class Closed(AccountFault):
    """This organisation is not there, or not open to the login; others of the account may be."""


def csrf_of(answer: Answer) -> str | None:
    """The token by which a call that was refused for want of one may be made again; such a call has done nothing.

    Empty where the refusal names none; None where it was no such refusal.
    """
    if answer.status not in CSRF_STATUSES:
        return None
    document = json_of(answer.body)
    token = document.get("csrf") if isinstance(document, dict) else None
    if isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable():
        return token
    return "" if answer.status == 488 else None


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the answer stands for; None for 2xx.

    Neither the sign-in page nor a captcha comes from behind the cabinet's door, so nothing was written there. Anything
    else that is neither a success nor a plain refusal leaves a write in doubt.
    """
    if _leads_to_sign_in(answer):
        return AccountFault("the session has ended", SIGN_IN)
    if _is_captcha(answer):
        return AccountFault("Yandex asks for a captcha", CAPTCHA)
    if 200 <= answer.status < 300:
        return None
    said = f"{answer.status} {answer.excerpt()}"
    match answer.status:
        case 401:
            return AccountFault(f"the cabinet does not accept the session ({said})", SIGN_IN)
        case 403 | 404 if not answer.call.is_write:
            return Closed(f"the organisation is not open to the login ({answer.call}: {said})", ACCESS)
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
        case 408:
            return answer.call.lost(said)
    if 400 <= answer.status < 500:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def retry_after(answer: Answer) -> float | None:
    """Seconds by the usual header, which nobody has seen this cabinet send."""
    seconds = amount_of(answer.headers.get("retry-after"))
    return None if seconds is None else min(seconds, LONGEST_PENALTY)


def _leads_to_sign_in(answer: Answer) -> bool:
    return 300 <= answer.status < 400 and "passport" in _destination(answer)


def _is_captcha(answer: Answer) -> bool:
    """By its header, its destination, or its page; the words within a readable document are a customer's."""
    if answer.status == 429 and answer.headers.get("need-captcha", "0").strip() not in {"", "0"}:
        return True
    if any(wall in _destination(answer) for wall in WALLS):
        return True
    document = json_of(answer.body)
    if document is not None:
        return isinstance(document, dict) and document.get("type") == "captcha"
    page = answer.body.lower()
    return any(wall.encode() in page for wall in WALLS)


def _destination(answer: Answer) -> str:
    """Host and path of a redirect; what stands behind the question mark is where it came from."""
    try:
        parts = urlsplit(answer.headers.get("location", ""))
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}".lower()
