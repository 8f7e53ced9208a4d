"""Cookies as the gate reads them, sets them, and hands them out as a browser extension would export them."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.ports.replica import ReplicaRequest


def sent_cookies(asked: ReplicaRequest) -> dict[str, str]:
    """The cookies of a request by name; of a repeated name the first counts, as the browser sends the closest first."""
    found: dict[str, str] = {}
    for pair in asked.headers.get("cookie", "").split(";"):
        name, equals, value = pair.strip().partition("=")
        if equals:
            found.setdefault(name, value)
    return found


def set_cookie(name: str, value: str, path: str, seconds: float) -> str:
    """A Set-Cookie line.

    Every cookie is Secure, as names with the prefix __Secure- must be. Chromium takes and sends such cookies on
    http://127.0.0.1 as well, by Set-Cookie as by the DevTools' Network.setCookie (tried with version 156), so the names
    need no difference from the real thing; on plain http of any other host it would drop them.
    """
    return f"{name}={value}; Path={path}; Max-Age={round(seconds)}; Secure; HttpOnly; SameSite=Lax"


def exported(values: Mapping[str, str], domain: str, expires_at: float) -> list[dict[str, object]]:
    """Cookies as extensions like Cookie-Editor export them; `expires_at` is epoch seconds."""
    shared: dict[str, object] = {
        "domain": domain,
        "hostOnly": True,
        "path": "/",
        "expirationDate": expires_at,
        "session": False,
        "secure": True,
        "httpOnly": True,
        "sameSite": "lax",
        "storeId": "0",
    }
    return [{"name": name, "value": value, **shared} for name, value in values.items()]
