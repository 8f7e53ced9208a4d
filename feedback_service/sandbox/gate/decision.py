"""What the gate makes of one request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback_service.ports.replica import ReplicaResponse


class Outcome(StrEnum):
    """Why a request got no further, or that it did; the names under which the gate counts."""

    PASSED = "passed"
    CHECKED = "checked"  # the antibot looks at the browser
    BLOCKED = "blocked"  # the antibot refuses the browser
    CAPTCHA = "captcha"
    SIGNED_OUT = "signed_out"
    SIGN_IN = "sign_in"  # the forms, whatever came of them
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer, or None where the replica shall answer; `cookies` are Set-Cookie lines for either.

    `account` is whose session the request carries, an ended one included.
    """

    outcome: Outcome
    account: str | None
    response: ReplicaResponse | None = None
    cookies: tuple[str, ...] = ()
