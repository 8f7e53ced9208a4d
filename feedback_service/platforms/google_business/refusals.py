"""What an answer of Google that is not a success means for us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.platforms.google_business.fields import line_of, text_of
from feedback_service.platforms.google_business.login import CLIENT, CONSENT
from feedback_service.transports.documents import Row, amount_of, json_of, row_of, rows_of
from feedback_service.transports.http import Answer

APPROVAL = (
    "apply for the approval of the Google Cloud project (Google Business Profile API contact form, "
    "'Application for Basic API Access'): until then its quota is 0"
)
ENABLE = (
    "enable it in Google Cloud console → APIs & Services → Library: Google My Business API, "
    "My Business Account Management API and My Business Business Information API are needed"
)
PROJECT = "see that the Google Cloud project is active, and that the OAuth client belongs to it"
RIGHTS = "see that the login is an owner or manager of the profile, and that the location is verified"
REASONS = {
    "SERVICE_DISABLED": ("the API is not enabled in the Google Cloud project", ENABLE),
    "accessNotConfigured": ("the API is not enabled in the Google Cloud project", ENABLE),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": ("the consent does not cover the business profile", CONSENT),
    "CONSUMER_INVALID": ("Google does not accept the Google Cloud project", PROJECT),
    "CONSUMER_SUSPENDED": ("the Google Cloud project is suspended", PROJECT),
    "USER_PROJECT_DENIED": ("Google does not accept the Google Cloud project", PROJECT),
    "BILLING_DISABLED": ("the Google Cloud project's billing is switched off", PROJECT),
}
"""Reasons that concern the whole account, whatever was asked. Source: google.api.ErrorReason and public issues."""
ODD_READ = 60.0
"""Seconds before a read is tried again that the server calls wrong: nothing changes within seconds there."""
LONGEST_PENALTY = 24 * 3600.0
UNDECIDED = (408, 409, 499)
"""Timeout, ABORTED and CANCELLED: they do not say whether the write was made."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Google's own words: a line, the reasons in it, and what else its details tell."""

    line: str
    reasons: Sequence[str] = ()
    details: Sequence[Row] = ()

    @property
    def quota_is_zero(self) -> bool:
        """Whether the project was given no quota at all, which no waiting changes."""
        limits = [row_of(one.get("metadata")).get("quota_limit_value") for one in self.details]
        return any(amount_of(one) == 0 for one in limits)


def refusal(answer: Answer) -> FeedbackServiceError | None:
    """The error that the status stands for; None for 2xx.

    Codes and body: google.rpc.Status as the REST reference has it. Anything that is neither a success nor a plain
    refusal leaves a write in doubt.
    """
    if 200 <= answer.status < 300:
        return None
    told = complaint(answer)
    said = f"{answer.status} {told.line or answer.excerpt()}"
    if fault := _of_account(answer, told, said):
        return fault
    match answer.status:
        case 401:
            return AccountFault(f"Google does not accept the access token ({said})", CONSENT)
        case 403 if not answer.call.is_write:
            return AccountFault(f"the login lacks the rights ({said})", RIGHTS)
        case 403:
            return Refused(f"{said}: {RIGHTS}")
        case 429:
            return Retryable(f"{answer.call}: too many requests", retry_after(answer))
        case status if status in UNDECIDED:
            return answer.call.lost(said)
    if 400 <= answer.status < 500:
        return Refused(said) if answer.call.is_write else Retryable(f"{answer.call}: {said}", ODD_READ)
    return answer.call.lost(f"HTTP {said}")


def is_elsewhere(answer: Answer) -> bool:
    """Whether only what was asked for is out of reach: unverified, not ours, unknown. The account may be well.

    Google's API says so in its own words; a page in HTML comes from something else on the way, and tells nothing.
    """
    told = complaint(answer)
    return answer.status in (400, 403, 404) and bool(told.line) and _of_account(answer, told, "") is None


def complaint(answer: Answer) -> Complaint:
    """The error in the body, of either shape (the API's, or OAuth's); an empty line where there is none."""
    document = row_of(json_of(answer.body))
    error = document.get("error")
    if isinstance(error, str):
        return Complaint(line_of(error, document.get("error_description")), (error,))
    row = row_of(error)
    details = rows_of(row.get("details"))
    reasons = [text_of(one.get("reason")) for one in (*details, *rows_of(row.get("errors")))]
    known = [one for one in dict.fromkeys(reasons) if one]
    return Complaint(line_of(row.get("status"), ", ".join(known), row.get("message")), known, details)


def retry_after(answer: Answer) -> float | None:
    """Seconds until a 429 is worth asking again: by the header, a number or a date, else by the body."""
    told = amount_of(answer.headers.get("retry-after", ""))
    if told is None:
        told = _until(answer.headers)
    for one in complaint(answer).details if told is None else ():
        told = amount_of(text_of(one.get("retryDelay")).removesuffix("s")) if told is None else told
    return None if told is None else min(told, LONGEST_PENALTY)


def oauth_refusal(answer: Answer) -> FeedbackServiceError | None:
    """The same for the token endpoint, whose refusals are all about the account's consent or its OAuth client.

    Its body is never quoted: there may be a token in it.
    """
    if 200 <= answer.status < 300:
        return None
    told = complaint(answer)
    said = f"{answer.status} {told.line or 'without a reason'}"
    if "invalid_grant" in told.reasons:
        return AccountFault(f"consent was revoked or has expired ({said})", CONSENT)
    if told.reasons and answer.status in (400, 401, 403):
        return AccountFault(f"Google does not accept the OAuth client ({said})", CLIENT)
    if answer.status == 429:
        return Retryable(f"{answer.call}: too many requests", retry_after(answer))
    return Retryable(f"{answer.call}: HTTP {said}", ODD_READ if 400 <= answer.status < 500 else None)


def _of_account(answer: Answer, told: Complaint, said: str) -> AccountFault | None:
    if answer.status == 429 and told.quota_is_zero:
        return AccountFault(f"the Google Cloud project has no quota: it is not approved yet ({said})", APPROVAL)
    if answer.status not in (400, 403):
        return None
    for one in told.reasons:
        if one in REASONS:
            what, remedy = REASONS[one]
            return AccountFault(f"{what} ({said})", _of_service(remedy, told))
    return None


def _of_service(remedy: str, told: Complaint) -> str:
    """The remedy, with the API's name where Google tells it."""
    metadata: Sequence[Mapping[str, object]] = [row_of(one.get("metadata")) for one in told.details]
    service = next((line_of(one["service"]) for one in metadata if one.get("service")), "")
    return f"{remedy} ({service})" if service else remedy


def _until(headers: Mapping[str, str]) -> float | None:
    """The wait where it is told as a date: counted from the server's own clock, whatever ours says."""
    try:
        begin, end = (parsedate_to_datetime(headers.get(name, "")) for name in ("date", "retry-after"))
        return max(0.0, (end - begin).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
