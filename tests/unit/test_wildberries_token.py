"""What a Wildberries token tells about itself, and what `check` makes of it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service import platforms
from feedback_service.domain.errors import Configuration
from feedback_service.platforms.wildberries import facts
from feedback_service.platforms.wildberries.token import Token, TokenKind, read_token
from feedback_service.ports.platform import Access
from feedback_service.transports.clock import SystemClock

NOW = datetime(2026, 7, 1, tzinfo=UTC)
WRITE_FEEDBACK = 1 << 7


def jwt(**payload: object) -> str:
    def part(document: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    return f"{part({'alg': 'ES256'})}.{part(payload)}.c2lnbmF0dXJl"


def token(**fields: object) -> Token:
    payload = {"s": WRITE_FEEDBACK, "acc": 3, "exp": (NOW + timedelta(days=90)).timestamp(), **fields}
    return read_token(jwt(**payload))


def found(subject: str, some: Token, base_url: str = facts.PRODUCTION) -> facts.Fact:
    return next(fact for fact in facts.of_token(some, NOW, base_url) if fact.subject == subject)


@pytest.mark.parametrize(
    ("acc", "kind", "per_second", "burst"),
    [
        (1, TokenKind.BASIC, 5 / 3600, 1),
        (2, TokenKind.TEST, 3.0, 6),
        (3, TokenKind.PERSONAL, 3.0, 6),
        (4, TokenKind.SERVICE, 3.0, 6),
        (9, TokenKind.UNKNOWN, 3.0, 6),
        (None, TokenKind.UNKNOWN, 3.0, 6),
        ("1", TokenKind.UNKNOWN, 3.0, 6),
    ],
)
def test_the_kind_of_a_token_decides_its_budget(acc: object, kind: TokenKind, per_second: float, burst: int) -> None:
    read = token(acc=acc)

    assert (read.kind, read.budget.per_second, read.budget.burst) == (kind, per_second, burst)


def test_rights_and_dates_are_read_from_the_payload() -> None:
    read = token(s=WRITE_FEEDBACK | 1 << 30, exp=1798761600, sid="seller-1", t=True)

    assert (read.covers_feedback, read.is_read_only, read.is_test, read.seller) == (True, True, True, "seller-1")
    assert read.expires_at == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("exp", [None, "soon", True, 1e300, -(10**18)])
def test_an_expiry_that_is_none_is_unknown(exp: object) -> None:
    assert token(exp=exp).expires_at is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("my-secret-token", "not a JWT"),
        ("a.b", "not a JWT"),
        ("a.b.c\nx", "not a JWT"),
        ("aaaa.bbbb.cccc", "cannot be decoded"),
        (jwt(acc=3), "no categories"),
        (jwt(s="128"), "no categories"),
    ],
)
def test_a_malformed_token_is_a_configuration_error_that_does_not_quote_it(text: str, reason: str) -> None:
    with pytest.raises(Configuration, match=reason) as caught:
        read_token(text)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "some", "remedy"),
    [
        ("token category", token(s=1 << 5), "make a new one"),
        ("token rights", token(s=WRITE_FEEDBACK | 1 << 30), "«Только чтение»"),
        ("token expiry", token(exp=NOW.timestamp() - 1), "make a new one"),
        ("token kind", token(acc=2, t=True), "make a new one"),
    ],
)
def test_a_token_that_cannot_work_is_reported_with_its_remedy(subject: str, some: Token, remedy: str) -> None:
    fact = found(subject, some)

    assert not fact.ok
    assert remedy in fact.remedy


def test_a_good_token_has_only_good_facts() -> None:
    assert all(fact.ok for fact in facts.of_token(token(), NOW, facts.PRODUCTION))


def test_a_token_that_expires_within_two_weeks_is_warned_about() -> None:
    fact = found("token expiry", token(exp=(NOW + timedelta(days=13)).timestamp()))

    assert fact.ok
    assert fact.finding == "WARNING: expires on 2026-07-14, in 13 days"


def test_a_test_token_is_right_in_the_sandbox() -> None:
    assert found("token kind", token(acc=2, t=True), "https://feedbacks-api-sandbox.wildberries.ru").ok


def test_connecting_names_the_account_whose_token_is_malformed() -> None:
    access = Access(label="berezka/wb", base_url="", credentials={"token": "nonsense"}, clock=SystemClock())

    with pytest.raises(Configuration, match="berezka/wb: the Wildberries token is not a JWT"):
        platforms.find("wildberries").connect(access)


async def test_a_token_pasted_with_bearer_and_spaces_is_accepted() -> None:
    pasted = f" Bearer {jwt(s=WRITE_FEEDBACK)}\n"
    access = Access(label="berezka/wb", base_url="", credentials={"token": pasted}, clock=SystemClock())

    connector = platforms.find("wildberries").connect(access)

    assert connector.spec.title == "Wildberries"
    assert jwt(s=WRITE_FEEDBACK) not in repr(connector)


def test_an_unknown_platform_is_a_configuration_error_that_names_the_known_ones() -> None:
    with pytest.raises(Configuration, match=r"unknown platform 'wildbeeries'; known: .*wildberries"):
        platforms.find("wildbeeries")
