"""A browser as a machine has it that lacks a right or a library: it tells its version, and dies when it is started."""

from __future__ import annotations

from pathlib import Path

TELLS = """#!/bin/sh
[ "$1" = --version ] && echo '{said} 140.0.7339.80' && exit 0
{then}
"""


def a_browser_that_dies(folder: Path) -> tuple[Path, Path]:
    """The browser, whose exit code is 127, and a driver of the same version, which waits for it."""
    browser = _program(folder / "chromium", TELLS.format(said="Chromium", then="exit 127"))
    return browser, _program(folder / "chromedriver", TELLS.format(said="ChromeDriver", then="exec sleep 60"))


def _program(path: Path, script: str) -> Path:
    path.write_text(script, "utf-8")
    path.chmod(0o755)
    return path
