"""Files of cookies as people export them, and what is wrong with some."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.domain.session import Cookie
from feedback_service.transports.browser.cookies import Home
from feedback_service.transports.browser.cookies_file import Found, Wanted, read_cookies_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = 1_800_000_000
EARLIER = 1_700_000_000
WANTED = Wanted(Home(("bazaar.example",), "https://seller.bazaar.example/"), ("__Secure-token", "sid"), NOW)
TOKEN = {"name": "__Secure-token", "value": "t", "domain": ".bazaar.example", "path": "/", "secure": True}
SID = {"name": "sid", "value": "s", "domain": "seller.bazaar.example", "httpOnly": True, "session": True}


def read(tmp_path: Path, content: object) -> Found:
    path = tmp_path / "cookies"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return read_cookies_file(path, WANTED)


def cookies_txt(expiry: int = LATER) -> str:
    return (
        "# Netscape HTTP Cookie File\n\n"
        f"#HttpOnly_.bazaar.example\tTRUE\t/\tTRUE\t{expiry}\t__Secure-token\tt\n"
        "seller.bazaar.example\tFALSE\t/\tFALSE\t0\tsid\ts\n"
    )


def test_an_extensions_list_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, [TOKEN | {"expirationDate": LATER + 0.5}, SID])

    token, sid = found.session.cookies
    assert token.expires_at == datetime.fromtimestamp(LATER + 0.5, UTC)
    assert sid == Cookie(name="sid", value="s", domain="seller.bazaar.example", http_only=True)
    assert found.session.saved_at == NOW


def test_playwrights_storage_state_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, {"cookies": [TOKEN | {"expires": LATER}, SID | {"expires": -1}], "origins": []})

    assert [one.expires_at and one.expires_at.timestamp() for one in found.session.cookies] == [LATER, None]


def test_cookies_txt_is_read(tmp_path: Path) -> None:
    token, sid = read(tmp_path, cookies_txt()).session.cookies

    assert (token.domain, token.http_only, token.secure) == (".bazaar.example", True, True)
    assert (sid.domain, sid.expires_at, sid.secure) == ("seller.bazaar.example", None, False)


def test_cookies_of_other_sites_and_those_that_ran_out_are_left_out_one_by_one(tmp_path: Path) -> None:
    others = [
        {"name": "tracker", "value": "x", "domain": ".notbazaar.example"},
        {"name": "old", "value": "x", "domain": "bazaar.example", "expirationDate": EARLIER},
    ]

    found = read(tmp_path, [TOKEN, SID, *others])

    assert [one.name for one in found.session.cookies] == ["__Secure-token", "sid"]
    assert (found.expired, found.strange) == (["old"], ["tracker"])


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"name": "a=b"}, "equals sign"),
        ({"name": "a\tb"}, "its name holds a semicolon or an invisible character"),
        ({"name": " a"}, "begins or ends with a space"),
        ({"value": "x\ny"}, "its value holds a semicolon or an invisible character"),
        ({"value": "x\udc80"}, "its value holds a semicolon or an invisible character"),
        ({"value": "v" * 4096}, "longer than 4096 bytes"),
        ({"path": "nope"}, "its path does not begin with /"),
        ({"domain": "..bazaar.example"}, "its domain has an empty part"),
        ({"name": "__Host-x", "domain": ".bazaar.example"}, "of one host and of the path /"),
    ],
)
def test_one_cookie_that_no_browser_takes_is_left_out_and_told_and_the_rest_is_taken(
    tmp_path: Path, bad: dict[str, str], why: str
) -> None:
    found = read(tmp_path, [TOKEN, {"name": "x", "value": "secret", "domain": "bazaar.example"} | bad, SID])

    assert [one.name for one in found.session.cookies] == ["__Secure-token", "sid"]
    (told,) = found.refused
    assert told.startswith("cookies[1]: no browser takes the cookie ")
    assert why in told
    assert told.isprintable()
    assert "secret" not in told
    assert not found.expired


@pytest.mark.parametrize("value", ["é", '"q q"', "x=y,z", "", "v" * 4000])
def test_what_looks_odd_but_every_browser_takes_is_kept(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, [TOKEN, SID | {"value": value}])

    assert (found.session.cookies[1].value, found.refused) == (value, [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no cookies in it"),
        ("[]", "no cookies in it"),
        ("[{", "not JSON: .*line 1"),
        ("[" * 100_000, "JSON of too many brackets"),
        ('{"cookies":' * 100_000, "JSON of too many brackets"),
        ('{"a": 1}', "no list of cookies"),
        ([TOKEN, 7], r"cookies\[1\]: not a cookie"),
        ([TOKEN, {"name": "sid", "value": "s"}], r"cookies\[1\]: domain is missing"),
        ([TOKEN, SID | {"expirationDate": "soon"}], r"cookies\[1\]: its expiry 'soon'"),
        ([TOKEN, SID | {"expirationDate": 1e300}], r"cookies\[1\]: its expiry"),
        ([TOKEN, SID | {"expirationDate": [1]}], r"cookies\[1\]: its expiry is no moment"),
        (
            [TOKEN, SID | {"value": "a;b"}],
            r"cookies\[1\]: no browser takes the cookie sid: its value holds a semicolon",
        ),
        ([TOKEN | {"secure": False}, SID], r"cookies\[0\]: no browser takes the cookie __Secure-token: .* be secure"),
        ("hello world\n", "line 1: not a cookie"),
        ([{"name": "sid", "value": "s", "domain": ".elsewhere.example"}], "cookies of elsewhere.example, none of"),
        ([TOKEN], "the cookie sid is missing"),
        ([TOKEN | {"expirationDate": EARLIER}, SID], r"cookies\[0\]: the cookie __Secure-token ran out on 2023-11-14"),
        (cookies_txt(EARLIER), "line 3: the cookie __Secure-token ran out"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(Configuration, match=said) as refusal:
        read(tmp_path, content)

    assert str(tmp_path / "cookies") in str(refusal.value)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")

    with pytest.raises(Configuration, match="cannot be read"):
        read_cookies_file(tmp_path / "nowhere", WANTED)
    with pytest.raises(Configuration, match="not UTF-8"):
        read_cookies_file(tmp_path / "picture", WANTED)
