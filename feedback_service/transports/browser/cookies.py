"""Puts a session's cookies into a browser, and takes the cabinet's cookies out of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from feedback_service.domain.session import Cookie, Session


@dataclass(frozen=True, slots=True)
class Home:
    """Whose cookies count: those of the platform's `sites`, and of the host at which the cabinet is."""

    sites: Collection[str]
    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def on_loopback(self) -> bool:
        """A stand-in of the cabinet on this machine takes the sites' cookies under its own address."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def takes(self, domain: str) -> bool:
        """Whether a cookie of the domain is one of the cabinet's."""
        domain = domain.lstrip(".").lower()
        return any(domain == site or domain.endswith(f".{site}") for site in (*self.sites, self.host))

    def here(self, cookie: Cookie) -> Cookie:
        """The cookie as the browser must hold it."""
        return replace(cookie, domain=self.host) if self.on_loopback else cookie


@dataclass(frozen=True, slots=True)
class Jar:
    """The cookies of one running browser, by CDP."""

    driver: Any  # Selenium's driver, as the vendor's class keeps to no types
    home: Home

    def read(self) -> tuple[Cookie, ...]:
        """The cabinet's cookies, by name, domain and path."""
        return tuple(sorted(map(_cookie, self._found()), key=lambda one: (one.name, one.domain, one.path)))

    def put(self, session: Session) -> Sequence[str]:
        """Replace all of the cabinet's cookies by the session's; the names of those that the browser refuses."""
        self.remove({one["name"] for one in self._found()})
        return self._set(session.cookies)

    def remove(self, names: Collection[str]) -> None:
        """Forget the named cookies of the cabinet."""
        for one in self._found():
            if one["name"] in names:
                where = {key: one[key] for key in ("name", "domain", "path")}
                self.driver.execute_cdp_cmd("Network.deleteCookies", where)

    def complete(self, session: Session) -> Sequence[str]:
        """Add those of the session's cookies that the kept profile has not, such as those that end with a browser.

        The names of those that the browser refuses.
        """
        there = {one["name"] for one in self._found()}
        return self._set([one for one in session.cookies if one.name not in there])

    def _set(self, cookies: Sequence[Cookie]) -> Sequence[str]:
        from selenium.common.exceptions import InvalidArgumentException

        now = datetime.now(UTC)
        refused = []
        for one in cookies:
            if self.home.takes(one.domain) and (one.expires_at is None or one.expires_at > now):
                try:
                    self.driver.execute_cdp_cmd("Network.setCookie", _parameters(self.home.here(one)))
                except InvalidArgumentException:  # the others may do without it; trying again would not help
                    refused.append(one.name)
        return refused

    def _found(self) -> list[Mapping[str, Any]]:
        found = self.driver.execute_cdp_cmd("Storage.getCookies", {})["cookies"]
        return [one for one in found if self.home.takes(one["domain"])]


def _parameters(cookie: Cookie) -> dict[str, object]:
    """A domain that begins with a point covers what is below it; else the cookie belongs to that host alone."""
    parameters: dict[str, object] = {"name": cookie.name, "value": cookie.value, "path": cookie.path}
    if cookie.domain.startswith("."):
        parameters["domain"] = cookie.domain
    else:
        scheme = "https" if cookie.secure else "http"
        parameters["url"] = f"{scheme}://{cookie.domain}{cookie.path}"
    parameters |= {"secure": cookie.secure, "httpOnly": cookie.http_only}
    if cookie.expires_at is not None:
        parameters["expires"] = cookie.expires_at.timestamp()
    return parameters


def _cookie(found: Mapping[str, Any]) -> Cookie:
    expires = found["expires"]
    return Cookie(
        name=found["name"],
        value=found["value"],
        domain=found["domain"],
        path=found["path"],
        expires_at=datetime.fromtimestamp(expires, UTC) if expires > 0 else None,
        secure=found["secure"],
        http_only=found["httpOnly"],
    )
