"""The demo from end to end: every platform there is, by its API, in a browser, or by the queue and a browser."""

from __future__ import annotations

import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from feedback_service.cli.demo.stalls import stalls
from feedback_service.platforms import keys
from feedback_service.sandbox.world import World
from tests.support.browsers import needs_chromium
from tests.support.demo import play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@needs_chromium
def test_every_platform_is_answered_once_and_no_browser_is_left(tmp_path: Path, mark: str) -> None:
    played = play(tmp_path, mark, ["--customers", "5", "--no-faults"])

    assert played.code == 0, played.everything
    told = played.summary
    assert (told["twice"], told["lost"], told["open"]) == (0, 0, 0)
    assert set(told["platforms"]) == set(keys())
    assert all(one["collected"] == one["customers"] > 0 for one in told["platforms"].values())
    assert '"action": "announced"' in played.log
    assert all(played.seen.answered.values()), played.seen.answered
    for stall in stalls(World(), browser=True):
        if stall.by_browser:
            assert "cabinet" in played.seen.doors[stall.label], played.seen.doors
    assert _gone(str(tmp_path)), "a browser is left"


def _gone(place: str) -> bool:
    """Whether every browser of the demo ends; its keeper may take a moment."""
    until = time.monotonic() + 20
    while left := [one for one in psutil.process_iter(["cmdline"]) if place in " ".join(one.info["cmdline"] or ())]:
        if time.monotonic() > until:
            return False
        psutil.wait_procs(left, timeout=1)
    return True
