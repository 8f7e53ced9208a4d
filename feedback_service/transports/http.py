"""Sends one HTTP request, once, and says of every failure whether anything may have been written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from feedback_service.domain.errors import Configuration, InDoubt, Retryable

FORM = "application/x-www-form-urlencoded"
EXCERPT = 80
"""Characters of a foreign body that may appear in an error's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for reaching the server, for a silence while it answers and for the whole; bytes of a body."""

    connect: float = 10.0
    silence: float = 30.0
    total: float = 60.0
    body: int = 20 * 1024**2
    at_once: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request below the account's base URL; `is_write`: it may change what customers see.

    The body is `json`, or the fields of a `form`. `headers` add to the account's own; they may hold secrets.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: object = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_write: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def lost(self, reason: str, *, sent: bool = True) -> Retryable | InDoubt:
        """The error for an answer that did not come or cannot be read."""
        if self.is_write and sent:
            return InDoubt(f"{self}: {reason}; it may have been written")
        return Retryable(f"{self}: {reason}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever the status; header names are lowercase, and of a repeated one the last value counts.

    `cookies` are the Set-Cookie lines, which come one for each cookie.
    """

    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)

    def json(self) -> object:
        """The body's JSON. Raises Retryable for a read and InDoubt for a write where it is something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.call.lost(f"HTTP {self.status} without readable JSON: {self.excerpt()}") from None

    def excerpt(self) -> str:
        """The beginning of the body on one line, safe to log."""
        text = self.body[: EXCERPT * 8].decode("utf-8", "replace")
        line = " ".join(text.split())
        return "".join(sign if sign.isprintable() else "?" for sign in line)[:EXCERPT] or "(empty)"


class Unsent(Exception):
    """No connection came about, so no byte of the request has left."""


class Lost(Exception):
    """The connection broke or fell silent when the request may have left."""


class Http:
    """One account's connections to one server."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        limits: Limits | None = None,
        proxy: str | None = None,
    ) -> None:
        """Open nothing yet. Raises Configuration for a base URL that is none."""
        self._base = _checked(base_url)
        self._headers = dict(headers)
        self._limits = limits or Limits()
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, call: Call) -> Answer:
        """Send the call once; every HTTP status is an Answer, redirects included.

        Raises Retryable (nothing was written) or InDoubt (a write may have arrived).
        """
        try:
            return await self._exchange(call)
        except Unsent as problem:
            raise call.lost(f"no connection ({problem})", sent=False) from problem
        except (Lost, aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise call.lost(f"connection lost ({_named(problem)})") from problem

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, call: Call) -> Answer:
        content, media = _body_of(call)
        async with self._opened().request(
            call.method,
            URL(f"{self._base}{call.path}"),
            params=dict(call.query),
            data=content,
            headers={**media, **call.headers},
            allow_redirects=False,
            proxy=self._proxy,
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            cookies = tuple(response.headers.getall("Set-Cookie", ()))
            return Answer(call, response.status, headers, await self._body(call, response), cookies)

    async def _body(self, call: Call, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        try:
            async for piece in response.content.iter_chunked(64 * 1024):
                body += piece
                if len(body) > self._limits.body:
                    raise call.lost(f"an answer of more than {self._limits.body} bytes")
        except (aiohttp.ClientError, OSError, TimeoutError):
            if not 400 <= response.status < 500:
                raise
            # A refusal counts by its status, even where its explanation broke off.
        return bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = self._limits
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": "feedback-service", **self._headers},
                timeout=aiohttp.ClientTimeout(total=limits.total, connect=limits.connect, sock_read=limits.silence),
                connector=aiohttp.TCPConnector(limit=limits.at_once, keepalive_timeout=10.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_never_repeated,),
                trust_env=False,
            )
        return self._session


async def _never_repeated(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Rename the errors after which aiohttp itself would send PUT, DELETE and GET a second time.

    It does so when a connection breaks under a request; errors of a foreign class pass through it untouched.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as problem:
        raise Unsent(_named(problem)) from problem
    except (aiohttp.ClientError, OSError, TimeoutError) as problem:
        raise Lost(_named(problem)) from problem


def _body_of(call: Call) -> tuple[bytes | None, Mapping[str, str]]:
    """The body's bytes, and the header that names its kind."""
    if call.form is not None:
        return urlencode(call.form, errors="replace").encode("ascii"), {"Content-Type": FORM}
    if call.json is None:
        return None, {}
    # Escaped JSON: a lone surrogate in a text must not break the encoding of the body.
    return json.dumps(call.json).encode("ascii"), {"Content-Type": "application/json"}


def _named(problem: BaseException) -> str:
    if isinstance(problem, Lost | Unsent):
        return str(problem)
    text = " ".join(str(problem).split())[: EXCERPT * 2]
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _checked(base_url: str) -> str:
    try:
        url = URL(base_url)
        usable = url.scheme in {"http", "https"} and bool(url.host) and not url.query_string and url.user is None
    except ValueError:
        usable = False
    if not usable:
        raise Configuration(
            f"base_url must look like https://host[:port][/path], without a login or a query, not {base_url!r}"
        )
    return base_url.rstrip("/")
