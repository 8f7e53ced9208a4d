"""Reads from a response's headers how long the provider asks us to wait.

Source: OpenAI guide "Rate limits" (headers x-ratelimit-limit/remaining/reset-requests/tokens, durations such as "1s",
"6m0s", "20ms"), and RFC 9110 section 10.2.3 for Retry-After.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?")
UNITS = (86_400.0, 3_600.0, 60.0, 1.0)
MILLISECONDS = re.compile(r"(\d+(?:\.\d+)?)ms")
LONGEST = 3_600.0
"""Seconds; a header that asks for more is taken for this much."""


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a refused call must wait, by the most exact header there is; None where none says so."""
    candidates = (
        _number(headers.get("retry-after-ms"), 0.001),
        _number(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after"), now),
        _exhausted(headers),
    )
    found = next((seconds for seconds in candidates if seconds is not None), None)
    return None if found is None else min(max(found, 0.0), LONGEST)


def next_call_in(headers: Mapping[str, str], tokens: float) -> float:
    """Seconds after a good answer until another call of so many tokens fits, by what the headers say is left.

    A limit refills evenly and `reset` is the time until it is whole, so one unit is back after reset / limit.
    """
    waits = [0.0]
    for what, need in (("requests", 1.0), ("tokens", tokens)):
        limit = _number(headers.get(f"x-ratelimit-limit-{what}"), 1.0)
        left = _number(headers.get(f"x-ratelimit-remaining-{what}"), 1.0)
        reset = duration(headers.get(f"x-ratelimit-reset-{what}", ""))
        if left is not None and left <= 0 and reset is not None:
            waits.append(reset * min(1.0, need / limit) if limit else reset)
    return min(max(waits), LONGEST)


def duration(text: str) -> float | None:
    """Seconds of "1s", "6m0s", "1h2m3.5s", "20ms" or a bare number; None for anything else."""
    if match := MILLISECONDS.fullmatch(text):
        return float(match.group(1)) / 1000
    if (match := DURATION.fullmatch(text)) and match.group():
        return sum(float(part or 0) * unit for part, unit in zip(match.groups(), UNITS, strict=True))
    return _number(text, 1.0)


def _exhausted(headers: Mapping[str, str]) -> float | None:
    """The longest reset among the limits that are used up, or among all where no header says which one is."""
    resets = {what: duration(headers.get(f"x-ratelimit-reset-{what}", "")) for what in ("requests", "tokens")}
    known = {what: seconds for what, seconds in resets.items() if seconds is not None}
    spent = [seconds for what, seconds in known.items() if headers.get(f"x-ratelimit-remaining-{what}") == "0"]
    return max(spent or known.values(), default=None)


def _number(text: str | None, unit: float) -> float | None:
    if text is None or not re.fullmatch(r"\s*\d{1,12}(?:\.\d{1,9})?\s*", text):
        return None
    return float(text) * unit


def _until(text: str | None, now: datetime) -> float | None:
    if not text:
        return None
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
