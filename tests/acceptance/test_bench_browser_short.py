"""The browser benchmark with a few replies: it measures what it says. `make bench NAME=browser` gives the figure."""

from __future__ import annotations

import pytest

from benchmarks import browser
from tests.support.browsers import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), needs_chromium]


def test_both_sides_answer_the_same_reviews_and_the_slot_is_measured() -> None:
    result = browser.run(replies=2, rounds=1)

    assert (result["answered"], result["twice"]) == (4, 0), result
    figures = ("value", "ours_per_minute", "bare_per_minute", "requests_per_reply", "slot_mb", "worker_mb")
    assert all(result[name] > 0 for name in figures), result  # type: ignore[operator]  # they are numbers
    assert result["slot_processes"] > 3, result  # type: ignore[operator]  # a browser, its driver, its keeper


@pytest.mark.parametrize("lacking", ["slot_mb", "slot_processes", "worker_mb"])
def test_a_figure_that_was_not_measured_is_not_ok(lacking: str) -> None:
    measured = {"slot_mb": 400.0, "slot_processes": 9.0, "worker_mb": 60.0}

    found = [browser.all_measured(one) for one in (measured, {**measured, lacking: 0.0})]

    assert found == [True, False]
