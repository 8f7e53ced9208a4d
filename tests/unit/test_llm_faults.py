"""Each error of the provider has its outcome."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Refused, Retryable
from feedback_service.llm.dialect import Dialect
from feedback_service.llm.faults import Failure, meaning

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        (Failure(status=429, code="rate_limit_exceeded"), Retryable, "limit is used up"),
        (Failure(status=429, message="Request too large for gpt-5 on tokens"), Refused, "larger than"),
        (Failure(status=429, code="insufficient_quota"), AccountFault, "top up the balance"),
        (Failure(status=429, type="insufficient_quota"), AccountFault, "top up the balance"),
        (Failure(status=429, code="billing_hard_limit_reached"), AccountFault, "top up the balance"),
        (Failure(status=402), AccountFault, "top up the balance"),
        (Failure(status=401, code="invalid_api_key"), AccountFault, "OPENAI_API_KEY"),
        (Failure(status=403, code="unsupported_country_region_territory"), AccountFault, "URL_PROXY_OPENAI"),
        (Failure(status=404, code="model_not_found"), AccountFault, "OPENAI_DRAFTER_MODEL"),
        (Failure(status=404), AccountFault, "URL_PROXY_OPENAI"),
        (Failure(status=405), AccountFault, "URL_PROXY_OPENAI"),
        (Failure(status=400, code="context_length_exceeded"), Refused, "does not take this text"),
        (Failure(status=400, code="content_filter"), Refused, "does not take this text"),
        (Failure(status=400, code="invalid_value", param="model"), AccountFault, "check URL_PROXY_OPENAI"),
        (Failure(status=413), Refused, "too long"),
        (Failure(status=408), Retryable, "out of order"),
        (Failure(status=409), Retryable, "out of order"),
        (Failure(status=500), Retryable, "out of order"),
        (Failure(status=503, headers={"retry-after": "9"}), Retryable, "out of order"),
        (Failure(status=529), Retryable, "out of order"),
    ],
)
def test_an_error_means_what_to_do_next(failure: Failure, kind: type[FeedbackServiceError], words: str) -> None:
    error = meaning(failure, "OPENAI_DRAFTER_MODEL", NOW)

    assert type(error) is kind
    assert words in str(error)
    assert f"HTTP {failure.status}" in str(error)


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    busy = meaning(Failure(status=429, headers={"retry-after-ms": "2500"}), "X", NOW)
    down = meaning(Failure(status=503, headers={"retry-after": "9"}), "X", NOW)

    assert isinstance(busy, Retryable)
    assert busy.retry_after == 2.5
    assert isinstance(down, Retryable)
    assert down.retry_after == 9


def test_long_messages_are_cut_to_one_short_line() -> None:
    error = meaning(Failure(status=500, message="oh\nno " * 500), "X", NOW)

    assert "\n" not in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("failure", "gone", "instead"),
    [
        (
            Failure(status=400, code="unsupported_parameter", param="max_completion_tokens"),
            "max_completion_tokens",
            {"max_tokens": 50},
        ),
        (Failure(status=400, message="Unrecognized request argument: reasoning_effort"), "reasoning_effort", {}),
        (
            Failure(status=400, code="unsupported_value", param="response_format.type"),
            "json_schema",
            {"response_format": {"type": "json_object"}},
        ),
    ],
)
def test_what_a_model_does_not_know_is_left_out_from_then_on(
    failure: Failure, gone: str, instead: dict[str, object]
) -> None:
    dialect = Dialect("gpt-5-mini")
    assert gone in str(dialect.options({}, 50))

    assert dialect.forgo(failure)

    assert gone not in str(dialect.options({}, 50))
    assert instead.items() <= dialect.options({}, 50).items()
    assert not dialect.forgo(failure)


@pytest.mark.parametrize(
    "failure",
    [
        Failure(status=400, code="invalid_json_schema", param="response_format"),
        Failure(status=400, code="invalid_value", message="max_completion_tokens is too large"),
        Failure(status=400, message="unsupported model"),
    ],
)
def test_other_errors_change_no_parameter(failure: Failure) -> None:
    assert not Dialect("gpt-5-mini").forgo(failure)


@pytest.mark.parametrize(
    ("model", "reasons"),
    [
        ("gpt-5-mini", True),
        ("openai/gpt-5.4-nano", True),
        ("o4-mini", True),
        ("gpt-5-chat-latest", False),
        ("gpt-4o", False),
        ("sandbox-small", False),
    ],
)
def test_only_models_that_reason_are_asked_to_reason_little(model: str, reasons: bool) -> None:
    assert ("reasoning_effort" in Dialect(model).options({}, 50)) is reasons
