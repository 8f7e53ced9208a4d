"""A JSON line as an entry of Google Cloud Logging."""

import json

import pytest
from google.protobuf.json_format import MessageToDict

from feedback_service.logs.cloud import LARGEST_ENTRY, entry_of, is_this_machine

LINE = {
    "severity": "ERROR", "time": "2026-07-01T10:20:30.123456+00:00", "message": "It failed", "logger": "x",
    "labels": {"supplier": "romashka"}, "logging.googleapis.com/labels": {"supplier": "romashka"},
}  # fmt: skip


def entry(**fields: object) -> dict[str, object]:
    return dict(MessageToDict(entry_of(json.dumps(LINE | fields).encode(), "id-1")))


def test_the_special_fields_leave_the_payload_for_their_own_places() -> None:
    assert entry(action="a.b") == {
        "insertId": "id-1", "severity": "ERROR", "timestamp": "2026-07-01T10:20:30.123456Z",
        "labels": {"supplier": "romashka"}, "jsonPayload": {"message": "It failed", "logger": "x", "action": "a.b"},
    }  # fmt: skip


def test_an_id_too_big_for_a_double_becomes_text() -> None:
    payload = entry(item=2**53 + 1, nested=[{"id": 2**60}], small=7)["jsonPayload"]

    assert payload == {
        "message": "It failed", "logger": "x", "item": str(2**53 + 1), "nested": [{"id": str(2**60)}], "small": 7.0,
    }  # fmt: skip


def test_a_line_over_googles_limit_keeps_what_is_essential() -> None:
    shown = entry(much="x" * LARGEST_ENTRY)

    assert isinstance(shown["jsonPayload"], dict)
    assert set(shown["jsonPayload"]) == {"message", "logger", "shortened_from"}
    assert shown["labels"] == {"supplier": "romashka"}


@pytest.mark.parametrize(
    ("endpoint", "local"),
    [
        ("127.0.0.1:8080", True), ("[::1]:8080", True), ("localhost:8080", True),
        ("logging.googleapis.com", False), ("logging.googleapis.com:443", False), ("10.0.0.1:80", False),
        ("127.0.0.1.example.com:443", False),
    ],
)  # fmt: skip
def test_plain_text_is_spoken_to_this_machine_only(endpoint: str, local: bool) -> None:
    assert is_this_machine(endpoint) is local
