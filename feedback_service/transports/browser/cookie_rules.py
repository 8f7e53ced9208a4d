"""Tells a cookie that Chromium takes from one that it refuses; seen with Chromium 156."""

from __future__ import annotations

import re

from feedback_service.domain.session import Cookie

LONGEST = 4096
"""Bytes of name and value together."""
LONGEST_PATH = 1024
BROKEN = re.compile(r"[\x00-\x1f\x7f;\ud800-\udfff]")


def flaw(cookie: Cookie) -> str:
    """What Chromium refuses the cookie for; empty where it takes it. The value is never told."""
    for what, text in (("name", cookie.name), ("value", cookie.value), ("path", cookie.path)):
        if BROKEN.search(text):
            return f"its {what} holds a semicolon or an invisible character"
        if text != text.strip(" "):
            return f"its {what} begins or ends with a space"
    if "=" in cookie.name:
        return "its name holds an equals sign"
    if len(cookie.name.encode()) + len(cookie.value.encode()) > LONGEST:
        return f"it is longer than {LONGEST} bytes"
    if not cookie.path.startswith("/") or len(cookie.path.encode()) > LONGEST_PATH:
        return f"its path does not begin with / or is longer than {LONGEST_PATH} bytes"
    if not all(cookie.domain.removeprefix(".").split(".")):
        return "its domain has an empty part"
    return _broken_promise(cookie)


def _broken_promise(cookie: Cookie) -> str:
    """What the beginnings of some names promise."""
    name = cookie.name.lower()
    if name.startswith(("__secure-", "__host-")) and not cookie.secure:
        return "with such a name it must be secure"
    if name.startswith("__host-") and (cookie.domain.startswith(".") or cookie.path != "/"):
        return "with such a name it must be of one host and of the path /"
    return ""
