"""Messages as bytes: ours survive the way, everything else becomes Foreign and never an exception."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Foreign, Notice, Rollback
from feedback_service.transports.pubsub.body import (
    LONGEST_BODY,
    LONGEST_ID,
    LONGEST_REASON,
    NOTICE,
    ROLLBACK,
    pack,
    unpack,
)

NOTICED = Notice(
    supplier=SupplierKey("ivanov"),
    account=AccountId(7),
    dispatch=DispatchId(2**63 - 1),
    revision=0,
    expires_at=datetime(2026, 3, 1, 12, 30, 5, 250, tzinfo=UTC),
)
ROLLED = Rollback(
    supplier=SupplierKey("ivanov"), account=AccountId(7), dispatch=DispatchId(8), revision=9, reason="Кабинет закрыт 🔒"
)


def fields(**changes: Any) -> bytes:
    """A notice with some fields changed; None takes one away."""
    whole = json.loads(pack(NOTICED).body) | changes
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def problem(body: bytes, kind: str = NOTICE) -> str:
    found = unpack(body, kind)
    assert isinstance(found, Foreign)
    return found.problem


def test_ours_survive_the_way() -> None:
    assert unpack(pack(NOTICED).body, NOTICE) == NOTICED
    assert unpack(pack(ROLLED).body, ROLLBACK) == ROLLED


@pytest.mark.parametrize("platform_id", ["", "4711", "😀" * LONGEST_ID])
def test_what_has_to_go_from_the_platform_survives_the_way(platform_id: str) -> None:
    wrongly_published = replace(ROLLED, reason="😀" * LONGEST_REASON, retract=True, platform_id=platform_id)

    assert unpack(pack(wrongly_published).body, ROLLBACK) == wrongly_published


@pytest.mark.parametrize("retract", [None, True, 5, [], "x" * (LONGEST_ID + 1)])
def test_what_has_to_go_from_the_platform_is_named_by_a_text(retract: object) -> None:
    body = json.dumps(json.loads(pack(ROLLED).body) | {"retract": retract}).encode()

    assert "retract is" in problem(body, ROLLBACK)


def test_a_message_is_ordered_by_its_account_and_says_whose_it_is_beside_the_body() -> None:
    parcel = pack(NOTICED)

    assert parcel.key == "7"
    assert parcel.attributes == {"kind": "notice", "supplier": "ivanov", "account": "7"}


def test_a_moment_in_another_time_zone_stays_the_same_moment() -> None:
    moscow = NOTICED.expires_at.astimezone(timezone(timedelta(hours=3)))

    assert unpack(pack(replace(NOTICED, expires_at=moscow)).body, NOTICE) == NOTICED


@pytest.mark.parametrize("reason", ["x" * 5000, "я" * 5000, "\x00" * 5000, "😀" * 1000, "\ud800" * 1000, ""])
def test_a_reason_of_any_length_makes_a_message_that_is_ours(reason: str) -> None:
    arrived = unpack(pack(replace(ROLLED, reason=reason)).body, ROLLBACK)

    assert isinstance(arrived, Rollback)
    assert reason.startswith(arrived.reason) or not reason
    assert 0 < len(arrived.reason) <= LONGEST_REASON


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 5000, "no JSON"),
        (b'{"v":' + b"9" * 5000 + b"}", "no JSON"),
        (b"x" * (LONGEST_BODY + 1), f"{LONGEST_BODY + 1} bytes"),
        (b"[1]", "no JSON object"),
        (b"{}", "version is None"),
        (fields(v=2), "version is 2"),
        (fields(v=True), "version is True"),
        (fields(v=1.0), "version is 1.0"),
        (fields(kind="poem"), "kind is 'poem'"),
        (fields(kind=["notice"]), "kind is ['notice']"),
        (pack(ROLLED).body, "kind is 'rollback' where 'notice' belongs"),
        (fields(dispatch=None), "without dispatch"),
        (fields(text="Спасибо"), "1 field(s) that are not ours, such as 'text'"),
        (fields(supplier="../etc"), "supplier is '../etc'"),
        (fields(supplier=3), "supplier is 3"),
        (fields(account="7"), "account is '7'"),
        (fields(account=True), "account is True"),
        (fields(dispatch=-1), "dispatch is -1"),
        (fields(dispatch=2**63), "dispatch is 9223372036854775808"),
        (fields(revision=1.5), "revision is 1.5"),
        (fields(expires_at="tomorrow"), "expires_at is 'tomorrow'"),
        (fields(expires_at="2026-03-01T12:00:00"), "not a moment with its time zone"),
        (fields(expires_at="0001-01-01T00:00:00+14:00"), "not a moment"),
        (fields(expires_at=5), "expires_at is 5"),
    ],
)
def test_what_is_not_ours_is_foreign_with_what_is_wrong(body: bytes, said: str) -> None:
    assert said in problem(body)


@pytest.mark.parametrize("reason", ["", 5, "x" * (LONGEST_REASON + 1)])
def test_a_rollback_needs_a_reason_of_a_decent_length(reason: object) -> None:
    body = json.dumps(json.loads(pack(ROLLED).body) | {"reason": reason}).encode()

    assert "reason is" in problem(body, ROLLBACK)


def test_a_problem_is_one_short_printable_line() -> None:
    said = problem(fields(kind="a\nb\x1b[31m" + "c" * 500))

    assert said.isprintable()
    assert len(said) < 120


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_raises(body: bytes) -> None:
    assert isinstance(unpack(body, NOTICE), Foreign)
