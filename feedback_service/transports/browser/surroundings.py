"""The environment of a browser: what it needs of ours, and none of our secrets."""

from __future__ import annotations

import os
from pathlib import Path

NEEDED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"),
        *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    }
)
FAMILIES = ("LC_", "XDG_", "FONTCONFIG_")


def surroundings(home: Path) -> dict[str, str]:
    """Our environment as far as a browser needs it; `home` is its home where ours may not be written."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in NEEDED or name.startswith(FAMILIES)}
    if not os.access(kept.get("HOME", ""), os.W_OK):
        kept["HOME"] = str(home)
    return kept
