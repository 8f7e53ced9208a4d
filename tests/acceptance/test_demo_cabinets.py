"""The demo from end to end: Wildberries by its API, Ozon by the queue and a browser, Yandex.Market in a browser."""

from __future__ import annotations

import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tests.support.browsers import needs_chromium
from tests.support.demo import play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@needs_chromium
def test_every_platform_is_answered_once_and_no_browser_is_left(tmp_path: Path, mark: str) -> None:
    played = play(tmp_path, mark, ["--customers", "3", "--no-faults"])

    assert played.code == 0, played.everything
    told = played.summary
    assert (told["twice"], told["lost"], told["open"]) == (0, 0, 0)
    assert set(told["platforms"]) == {"ozon", "wildberries", "yandex_market"}
    assert all(one["collected"] == one["customers"] > 0 for one in told["platforms"].values())
    assert '"action": "announced"' in played.log
    assert all(played.seen.answered.values()), played.seen.answered
    assert played.seen.doors == {"pledoslavl-ozon": {"cabinet"}, "kruzhkin-market": {"cabinet"}}
    assert _gone(str(tmp_path)), "a browser is left"


def _gone(place: str) -> bool:
    """Whether every browser of the demo ends; its keeper may take a moment."""
    until = time.monotonic() + 20
    while left := [one for one in psutil.process_iter(["cmdline"]) if place in " ".join(one.info["cmdline"] or ())]:
        if time.monotonic() > until:
            return False
        psutil.wait_procs(left, timeout=1)
    return True
