"""Reads the cookies of a signed-in browser from the files that browser extensions and Playwright write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feedback_service.domain.errors import Configuration
from feedback_service.domain.session import Cookie, Session
from feedback_service.transports.browser.cookie_rules import flaw
from feedback_service.transports.browser.cookies import Home

NETSCAPE_FIELDS = 7
HTTP_ONLY = "#HttpOnly_"
LARGEST = 5 * 2**20
LONGEST_NAME = 60
"""Characters of a cookie's name that are shown."""
KINDS = "a list of cookies as JSON, Playwright's storage state, or cookies.txt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file must bring: cookies of the cabinet at `home`, every one of `names` among them, unexpired."""

    home: Home
    names: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """`expired` and `strange` (of other sites) are names that were left out; `refused` says where and why, too."""

    session: Session
    expired: Sequence[str]
    strange: Sequence[str]
    refused: Sequence[str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A cookie and where it stands in the file."""

    place: str
    cookie: Cookie

    @property
    def refused(self) -> str:
        """What a browser does not take it for, with the place; empty where it does."""
        problem = flaw(self.cookie)
        return f"{self.place}: no browser takes the cookie {_shown(self.cookie.name)}: {problem}" if problem else ""


def read_cookies_file(path: Path, wanted: Wanted) -> Found:
    """The file's session.

    Raises Configuration with the file and the place: unreadable, malformed, of another site, run out, incomplete.
    """
    placed = list(_cookies(_text(path), str(path)))
    if not placed:
        raise Configuration(f"{path}: no cookies in it; {KINDS} is understood")
    strange = [one.cookie for one in placed if not wanted.home.takes(one.cookie.domain)]
    ours = [one for one in placed if wanted.home.takes(one.cookie.domain)]
    if not ours:
        sites = ", ".join(wanted.home.sites)
        raise Configuration(f"{path}: cookies of {strange[0].domain.lstrip('.')}, none of {sites}: export them there")
    alive = [one.cookie for one in ours if not one.refused and _lasts(one.cookie, wanted.now)]
    session = Session(cookies=tuple(alive), saved_at=wanted.now)
    if missing := session.missing(wanted.names, wanted.now):
        raise Configuration(f"{path}: " + "; ".join(_absence(name, ours) for name in missing))
    names = {one.name for one in alive}
    expired = [one.cookie.name for one in ours if not one.refused and one.cookie.name not in names]
    refused = [one.refused for one in ours if one.refused]
    return Found(session, expired, sorted({one.name for one in strange}), refused)


def _lasts(cookie: Cookie, now: datetime) -> bool:
    return cookie.expires_at is None or cookie.expires_at > now


def _shown(name: str) -> str:
    """The name in one short line."""
    return name if name.isascii() and name.isprintable() and len(name) <= LONGEST_NAME else ascii(name[:LONGEST_NAME])


def _absence(name: str, ours: Sequence[Placed]) -> str:
    for one in ours:
        if one.cookie.name == name and one.refused:
            return one.refused
        if one.cookie.name == name and one.cookie.expires_at:
            return f"{one.place}: the cookie {name} ran out on {one.cookie.expires_at:%Y-%m-%d %H:%M} UTC"
    return f"the cookie {name} is missing: sign in first, then export all cookies"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise Configuration(f"{path}: too large for a file of cookies")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Configuration(f"{path}: not UTF-8 text; {KINDS} is understood") from None
    except OSError as problem:
        raise Configuration(f"{path}: cannot be read: {problem.strerror}") from None


def _cookies(text: str, where: str) -> Iterator[Placed]:
    if not text.lstrip().startswith(("[", "{")):
        yield from _netscape(text, where)
        return
    try:
        document = json.loads(text)
    except ValueError as problem:
        raise Configuration(f"{where}: not JSON: {problem}") from None
    except RecursionError:
        raise Configuration(f"{where}: JSON of too many brackets in each other; {KINDS} is understood") from None
    listed = document.get("cookies") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise Configuration(f"{where}: no list of cookies; {KINDS} is understood")
    for index, entry in enumerate(listed):
        place = f"cookies[{index}]"
        yield Placed(place, _from_json(entry, f"{where}: {place}"))


def _from_json(entry: object, where: str) -> Cookie:
    if not isinstance(entry, dict):
        raise Configuration(f"{where}: not a cookie")
    for key in ("name", "value", "domain"):
        if not isinstance(entry.get(key), str) or (not entry[key] and key != "value"):
            raise Configuration(f"{where}: {key} is missing or not a text")
    path = entry.get("path")
    return Cookie(
        name=entry["name"],
        value=entry["value"],
        domain=entry["domain"],
        path=path if isinstance(path, str) and path else "/",
        expires_at=_moment(entry.get("expirationDate", entry.get("expires")), where),
        secure=bool(entry.get("secure", True)),
        http_only=bool(entry.get("httpOnly", False)),
    )


def _netscape(text: str, where: str) -> Iterator[Placed]:
    """One cookie a line: domain, whether for all below it, path, secure, expiry, name and value, by tabs."""
    for number, line in enumerate(text.splitlines(), 1):
        hidden = line.startswith(HTTP_ONLY)
        if not line.strip() or (line.startswith("#") and not hidden):
            continue
        place = f"line {number}"
        fields = line.removeprefix(HTTP_ONLY).split("\t")
        if len(fields) != NETSCAPE_FIELDS or not fields[5]:
            raise Configuration(f"{where}: {place}: not a cookie; {KINDS} is understood")
        domain, below, path, secure, expires, name, value = fields
        cookie = Cookie(
            name=name,
            value=value,
            domain=f".{domain.lstrip('.')}" if below.upper() == "TRUE" else domain,
            path=path or "/",
            expires_at=_moment(expires, f"{where}: {place}"),
            secure=secure.upper() == "TRUE",
            http_only=hidden,
        )
        yield Placed(place, cookie)


def _moment(seconds: object, where: str) -> datetime | None:
    """Seconds since 1970; nothing, 0 or less is a cookie that lasts as long as its browser."""
    if seconds is None or seconds == "":
        return None
    if not isinstance(seconds, str | int | float):
        raise Configuration(f"{where}: its expiry is no moment in seconds")
    try:
        number = float(seconds)
        return datetime.fromtimestamp(number, UTC) if number > 0 else None
    except (ValueError, OverflowError, OSError):
        raise Configuration(f"{where}: its expiry {str(seconds)[:40]!r} is no moment in seconds") from None
