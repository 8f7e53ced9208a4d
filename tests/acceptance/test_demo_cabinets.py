"""The demo from end to end: Wildberries by its API, Ozon by the queue and a browser, Yandex.Market in a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tests.support.commanding import ROOT

SECONDS = 240.0
NO_BROWSER = shutil.which("chromium") is None or shutil.which("chromedriver") is None


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(
    NO_BROWSER, reason="no Chromium with its driver here; scripts/install-system-packages installs both"
)
def test_every_platform_is_answered_once_and_no_browser_is_left(tmp_path: Path) -> None:
    summary, place = tmp_path / "summary.json", tmp_path / "demo"
    words = ["demo", "--once", "--customers", "3", "--no-faults", "--json", str(summary), "--data-dir", str(place)]

    done = subprocess.run(
        [sys.executable, "-m", "feedback_service", *words], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{_log(place)}"
    told = json.loads(summary.read_text("utf-8"))
    assert (told["twice"], told["lost"], told["open"]) == (0, 0, 0)
    assert set(told["platforms"]) == {"ozon", "wildberries", "yandex_market"}
    assert all(one["collected"] == one["customers"] > 0 for one in told["platforms"].values())
    log = _log(place)
    assert '"action": "announced"' in log
    assert _gone(str(place)), "a browser is left"


def _log(place: Path) -> str:
    log = place / "service.log"
    return log.read_text("utf-8", "replace") if log.exists() else ""


def _gone(place: str) -> bool:
    """Whether every browser of the demo ends; its keeper may take a moment."""
    until = time.monotonic() + 20
    while left := [one for one in psutil.process_iter(["cmdline"]) if place in " ".join(one.info["cmdline"] or ())]:
        if time.monotonic() > until:
            return False
        psutil.wait_procs(left, timeout=1)
    return True
