"""How long the provider asks us to wait, read from its headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.llm.waits import LONGEST, duration, next_call_in, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400),
        ("2m", 120),
        ("8.64s", 8.64),
        ("12", 12),
        ("", None),
        ("soon", None),
        ("-1s", None),
    ],
)
def test_durations_are_read_as_openai_writes_them(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "7", "retry-after-ms": "6500"}, 6.5),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:30 GMT"}, 0),
        ({"retry-after": "whenever"}, None),
        ({"retry-after": "7", "x-ratelimit-reset-requests": "6m0s"}, 7),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, 360),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-remaining-tokens": "5000",
            },
            1,
        ),
        ({"retry-after": "99999999"}, LONGEST),
    ],
)
def test_the_most_exact_header_says_when_to_try_again(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("left", "reset", "seconds"), [("5", "60s", 0), ("0", "60s", 6), ("0", "", 0), ("?", "60s", 0)]
)
def test_a_limit_that_is_used_up_gives_one_request_back_after_its_share(left: str, reset: str, seconds: float) -> None:
    headers = {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": left,
        "x-ratelimit-reset-requests": reset,
    }

    assert next_call_in(headers, tokens=100) == seconds


def test_tokens_that_are_used_up_come_back_in_proportion_to_the_next_call() -> None:
    headers = {
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m0s",
    }

    assert next_call_in(headers, tokens=500) == 30
    assert next_call_in(headers, tokens=5000) == 60
    assert next_call_in({}, tokens=500) == 0
