"""What a refused call means for us: the provider's error, named by what to do next.

Source: OpenAI guides "Error codes" and "Rate limits", 2026; the `error` object has message, type, param and code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.llm.waits import retry_after

BALANCE = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"})
ABOUT_THE_TEXT = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "context_length_exceeded",
        "invalid_prompt",
        "moderation_blocked",
        "string_above_max_length",
    }
)
TRANSIENT = frozenset({408, 409, 425})
LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A response that is no answer; `headers` have small letters, the last four fields are the error object's."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    type: str = ""
    param: str = ""
    code: str = ""

    @property
    def said(self) -> str:
        """The provider's own words, on one line and not too long."""
        words = " ".join(self.message.split())[:LONGEST_MESSAGE]
        return f"HTTP {self.status}: {words}" if words else f"HTTP {self.status}"


def meaning(failure: Failure, setting: str, now: datetime) -> FeedbackServiceError:
    """The error to raise; `setting` is the name under which the model is configured."""
    if BALANCE & {failure.code, failure.type} or failure.status == 402:
        remedy = "top up the balance or raise its limit at the model's provider"
        return AccountFault(
            f"the model's balance is used up ({failure.said})", remedy, retry_after(failure.headers, now)
        )
    match failure.status:
        case 401:
            return AccountFault(f"the model refused the key ({failure.said})", "put a valid key into OPENAI_API_KEY")
        case 403:
            remedy = (
                f"give the key the right to use the model in {setting}, or set URL_PROXY_OPENAI to a reachable address"
            )
            return AccountFault(f"the model denied access ({failure.said})", remedy)
        case 404 if failure.code == "model_not_found" or failure.param == "model":
            remedy = f"put a model that the key may use into {setting}"
            return AccountFault(f"there is no such model ({failure.said})", remedy)
        case 429:
            return _too_many(failure, now)
        case 413:
            return Refused(f"the text is too long for the model ({failure.said})")
        case status if status >= 500 or status in TRANSIENT:
            wait = retry_after(failure.headers, now)
            return Retryable(f"the model is out of order ({failure.said})", wait)
    if failure.code in ABOUT_THE_TEXT:
        return Refused(f"the model does not take this text ({failure.said})")
    remedy = f"check URL_PROXY_OPENAI (up to and with /v1) and {setting}"
    return AccountFault(f"the model's address does not understand us ({failure.said})", remedy)


def _too_many(failure: Failure, now: datetime) -> FeedbackServiceError:
    """429: too many at once, or, where one request is larger than the whole limit, never."""
    if failure.message.startswith("Request too large"):
        return Refused(f"one request is larger than the account's limit ({failure.said})")
    return Retryable(f"the model's limit is used up ({failure.said})", retry_after(failure.headers, now))
