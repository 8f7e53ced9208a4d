"""What is settled about browsers before any is started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """Whether a browser shows itself: without any display, on a private one (Xvfb), or on the person's own."""

    HEADLESS = "headless"
    XVFB = "xvfb"
    HEADED = "headed"


class Sandbox(StrEnum):
    """Whether Chromium shuts its pages off from the system: where it is known to work, always, or never."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All in seconds. `start`: until the browser obeys; `load`: one page's loading; `look`: waiting for an element.

    `margin`: no write begins when less than this (or than half of a shorter script's limit) is left.
    """

    start: float = 40.0
    load: float = 30.0
    look: float = 15.0
    margin: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserConfig:
    """`data_dir` holds profiles and evidence; `browser_path` and `driver_path` None are looked for.

    `role` names the process among those that may drive the same account on this machine, as a profile serves one
    process at a time: "worker", "publisher-2". `limit` browsers run at most; one that nobody used for `idle_seconds`
    is closed. `may_download` lets a driver be fetched where none is found. `evidence` pairs of files are kept.
    `redact` takes known secrets out of a text.
    """

    data_dir: Path
    role: str = "worker"
    browser_path: Path | None = None
    driver_path: Path | None = None
    mode: Mode = Mode.HEADLESS
    sandbox: Sandbox = Sandbox.AUTO
    may_download: bool = False
    limit: int = 2
    idle_seconds: float = 300.0
    limits: Limits = field(default_factory=Limits)
    evidence: int = 20
    redact: Callable[[str], str] = lambda text: text
