"""The demo where no browser starts: it says so, and everybody is answered by the platforms' APIs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.demo import play
from tests.support.dying_browser import a_browser_that_dies


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_where_no_browser_starts_everybody_is_answered_by_the_apis(tmp_path: Path, mark: str) -> None:
    browser, driver = a_browser_that_dies(tmp_path)

    played = play(
        tmp_path,
        mark,
        ["--customers", "4", "--no-faults"],
        browser=False,
        BROWSER_PATH=str(browser),
        BROWSER_DRIVER_PATH=str(driver),
    )

    assert played.code == 0, played.everything
    assert "demo: no browser here (the browser does not start: it ended by itself with code 127)" in played.said
    told = played.summary
    assert (told["twice"], told["lost"], told["open"], told["in_time"]) == (0, 0, 0, True)
    assert all(one["collected"] == one["customers"] > 0 for one in told["platforms"].values())
    assert all(played.seen.answered.values()), played.seen.answered
    assert all(doors and "cabinet" not in doors for doors in played.seen.doors.values()), played.seen.doors
