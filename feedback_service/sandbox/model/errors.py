"""The errors of the stand-in, in the shape of OpenAI's.

Source: OpenAI API reference "Error codes", and the `error` object that the official SDK reads
(`openai._exceptions.APIError`: message, type, param, code), 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error: the HTTP status, the four fields of the `error` object, and headers that belong to it."""

    status: int
    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def having(self, headers: Mapping[str, str]) -> Fault:
        """The same fault with more headers; its own ones win."""
        return replace(self, headers={**headers, **self.headers})

    def body(self) -> dict[str, object]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


class ApiError(Exception):
    """The request ends with this fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def no_key() -> ApiError:
    text = "You didn't provide an API key. Send it in an Authorization header: Authorization: Bearer YOUR_KEY."
    return ApiError(Fault(status=401, message=text))


def wrong_key(key: str) -> ApiError:
    """The key is shown as its first and last four characters, as OpenAI shows it."""
    shown = f"{key[:4]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * 8
    return ApiError(
        Fault(status=401, message=f"Incorrect API key provided: {shown}.", code="invalid_api_key"),
    )


def no_such_model(model: str) -> ApiError:
    text = f"The model `{model}` does not exist or you do not have access to it."
    return ApiError(Fault(status=404, message=text, code="model_not_found"))


def no_such_url(method: str, path: str) -> ApiError:
    return ApiError(Fault(status=404, message=f"Invalid URL ({method} {path})", code="unknown_url"))


def wrong_method(method: str, path: str) -> ApiError:
    text = f"Not allowed to {method} on {path} (HINT: Perhaps you meant to use a different HTTP method?)"
    return ApiError(Fault(status=405, message=text, code="method_not_supported"))


def not_json() -> ApiError:
    text = (
        "We could not parse the JSON body of your request. "
        "(HINT: This likely means you aren't using your HTTP library correctly.)"
    )
    return ApiError(Fault(status=400, message=text))


def missing(param: str) -> ApiError:
    return invalid(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def wrong_type(param: str, expected: str) -> ApiError:
    return invalid(f"Invalid type for '{param}': expected {expected}.", param, "invalid_type")


def invalid(message: str, param: str | None, code: str | None = None) -> ApiError:
    return ApiError(Fault(status=400, message=message, param=param, code=code))


def rate_limited(model: str, what: str, seconds: float) -> ApiError:
    """`what` is "requests" or "tokens"; `seconds` until the next request of this size would pass."""
    unit = {"requests": "RPM", "tokens": "TPM"}[what]
    text = (
        f"Rate limit reached for {model} in organization org-sandbox on {what} per min ({unit}). "
        f"Please try again in {seconds:.3f}s."
    )
    wait = {"retry-after": str(max(1, round(seconds + 0.5))), "retry-after-ms": str(max(1, round(seconds * 1000)))}
    return ApiError(
        Fault(status=429, message=text, type=what, code="rate_limit_exceeded", headers=wait),
    )


def no_balance() -> ApiError:
    text = "You exceeded your current quota, please check your plan and billing details."
    return ApiError(
        Fault(status=429, message=text, type="insufficient_quota", code="insufficient_quota"),
    )
