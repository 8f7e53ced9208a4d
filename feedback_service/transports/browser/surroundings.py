"""What is around a browser: as much of our environment as it needs, none of our secrets, and maybe a container."""

from __future__ import annotations

import os
from pathlib import Path

from feedback_service.transports.browser.config import Sandbox

NEEDED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"),
        *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    }
)
FAMILIES = ("LC_", "XDG_", "FONTCONFIG_")
CONTAINERS = ("/.dockerenv", "/run/.containerenv")
POD = "KUBERNETES_SERVICE_HOST"
"""Kubernetes sets it in every container, whatever runs it."""


def surroundings(home: Path) -> dict[str, str]:
    """Our environment as far as a browser needs it; `home` is its home where ours may not be written."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in NEEDED or name.startswith(FAMILIES)}
    if not os.access(kept.get("HOME", ""), os.W_OK):
        kept["HOME"] = str(home)
    return kept


def sandboxed(wish: Sandbox) -> bool:
    """Whether Chromium gets its sandbox; by itself it works neither for root nor in most containers."""
    if wish is not Sandbox.AUTO:
        return wish is Sandbox.ON
    return os.geteuid() != 0 and POD not in os.environ and not any(Path(mark).exists() for mark in CONTAINERS)
