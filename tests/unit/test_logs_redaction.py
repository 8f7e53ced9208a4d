"""No secret is left in what the redactor gives back, and little else is lost."""

import base64
import json
import time
from urllib.parse import quote

import pytest

from feedback_service.logs.patterns import hide_shapes, is_secret
from feedback_service.logs.redaction import LONGEST_TEXT, Redactor
from feedback_service.logs.secrets import KnownSecrets

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ"


def redactor(*secrets: str) -> Redactor:
    known = KnownSecrets()
    for secret in secrets:
        known.add(secret)
    return Redactor(known)


@pytest.mark.parametrize(
    "text",
    [
        f"WB refused {JWT}",
        f"cut short: {JWT[:25]}",
        "the key sk-proj-canary1234 is wrong",
        "Authorization: Bearer canary-opaque",
        "authorization: canary opaque words",
        "Cookie: session=canary; other=canary",
        "{'Api-Key': 'canary'}",
        '{"access_token": "canary", "n": 1}',
        '{\\"client_secret\\": \\"canary\\"}',
        "(b'Authorization', b'canary opaque')",
        "Settings(wb_token='canary', rating=5)",
        "https://host/path?a=1&access_token=canary&b=2",
        "redirect=https%3A%2F%2Fhost%3Ftoken%3Dcanary",
        "password = canary",
        "the password: canary-canary",
        "postgresql+asyncpg://feedback:canary@db.example/feedback",
        "postgresql://feedback:ca@nary-canary@db.example/feedback",
        "https://canary@example.com/hook",
        "-----BEGIN PRIVATE KEY-----\ncanary\ncanary\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\ncanary",
        "tgram://123456789:canary_canary_canary_canary_canary_/1",
        "[SQL: INSERT ...]\n[parameters: ('canary wrote [this]', 5)]\n(Background on this error at: …)",
        "DETAIL:  Failing row contains (1, canary (not) happy, null).",
        "SECRET_KEYS=canary",
        "api key = canary",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = hide_shapes(text)

    assert "canary" not in shown
    assert JWT[:25] not in shown
    assert "[redacted]" in shown


@pytest.mark.parametrize(
    "text",
    [
        "Wildberries refused the token: it expired",
        "the answer to 8f6e-11 was published, 3 tokens left",
        "prompt_tokens=120 total_tokens: 150",
        "{'prompt_tokens': 120, 'item': 'i-1'}",
        "GET https://feedbacks-api.wildberries.ru/api/v1/feedbacks?take=100 answered 200",
        "write to support@example.com",
        "task-force meets at risk-free-place",
        "a basic understanding",
        "secretary wanted",
        "Отзыв покупателя: токен и пароль здесь ни при чём",
    ],
)
def test_an_ordinary_sentence_stays_as_it_is(text: str) -> None:
    assert hide_shapes(text) == text


def test_a_known_value_is_hidden_in_every_form_in_which_it_travels() -> None:
    secret = 'p@ss "word"/Ключ+1'
    forms = [
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
        base64.b64encode(secret.encode()).decode(),
    ]

    shown = [redactor(secret).text(f"before {form} after") for form in forms]

    assert all("[redacted]" in text and "word" not in text and "Ключ" not in text for text in shown)
    assert all(text.startswith("before") and text.endswith("after") for text in shown)


def test_a_known_value_of_several_lines_is_hidden_line_by_line() -> None:
    key = "first-line-of-the-canary\nsecond-line-of-the-canary\n"

    shown = redactor(key).text("found second-line-of-the-canary in the file")

    assert shown == "found [redacted] in the file"


def test_each_of_several_keys_and_the_password_of_a_url_are_hidden_alone() -> None:
    hidden = redactor("first-canary-key-1,second-canary-key-2", "postgresql://app:can%40ry@db:5432/feedback")

    shown = [hidden.text(text) for text in ("first-canary-key-1", "key second-canary-key-2", "pw can@ry", "user app")]

    assert shown == ["[redacted]", "key [redacted]", "pw [redacted]", "user app"]


def test_blank_and_tiny_values_are_not_taken_for_secrets() -> None:
    assert redactor("", "  ", "ab").text("a b ab abc") == "a b ab abc"


def test_a_longer_secret_leaves_no_tail_when_a_shorter_one_begins_it() -> None:
    assert redactor("canary", "canary-and-more").text("canary-and-more") == "[redacted]"


def test_fields_lose_their_value_by_their_name() -> None:
    fields = {
        "Authorization": "x1", "set-cookie": ["x2"], "WB_TOKEN": b"x3", "password": 123456, "nested": {"apiKey": "x4"},
        "headers": [("Api-Key", "x5"), ("Accept", "json")],
    }  # fmt: skip

    shown = redactor().fields(fields)

    assert not [found for found in ("x1", "x2", "x3", "123456", "x4", "x5") if found in json.dumps(shown)]
    assert shown["headers"] == [["Api-Key", "[redacted]"], ["Accept", "json"]]


@pytest.mark.parametrize(("name", "value"), [("prompt_tokens", 12), ("token", None), ("has_token", True), ("key", "x")])
def test_counts_flags_and_blanks_are_no_secrets(name: str, value: object) -> None:
    assert not is_secret(name, value)


def test_a_secret_used_as_a_name_is_hidden_too() -> None:
    assert redactor("canary").fields({"canary": 1}) == {"[redacted]": 1}


def test_whatever_it_is_given_comes_back_as_plain_json() -> None:
    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError("no")

    itself: list[object] = []
    itself.append(itself)
    odd = [Stubborn(), itself, float("nan"), {1: {2, 3}}, b"\xff", object, "\ud800"]

    shown = redactor().plain(odd)

    assert json.loads(json.dumps(shown)) == shown
    assert isinstance(shown, list)
    assert shown[0] == "<Stubborn whose str() raised RuntimeError>"


def test_a_very_long_text_keeps_its_ends_and_hides_what_lies_on_the_cut() -> None:
    text = "a" * (LONGEST_TEXT // 2 - 3) + " canary " + "b" * LONGEST_TEXT

    shown = redactor("canary").text(text)

    assert len(shown) < LONGEST_TEXT + 60
    assert "can" not in shown
    assert "characters left out" in shown


@pytest.mark.parametrize(
    "part",
    [
        "a-",
        "token",
        "token:",
        "eyJ",
        "://",
        "'",
        "secret='",
        "[parameters: ",
        "Failing row contains (",
        "\\",
        "-----BEGIN ",
        "a://",
    ],
)
def test_hostile_text_of_100_kb_takes_no_time_worth_mentioning(part: str) -> None:
    text = part * (100_000 // len(part))
    began = time.process_time()

    redactor("canary").text("token " + text)

    assert time.process_time() - began < 2
