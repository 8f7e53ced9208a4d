"""Publishers are killed while they work off a few dispatches; `make bench NAME=queue` does it with a thousand."""

from __future__ import annotations

import pytest

from benchmarks import queue

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_whichever_publisher_is_killed_each_answer_is_published_once_or_is_back_with_a_person() -> None:
    result = queue.run(messages=10, per_second=20, dispatches=60, kills=2, settle=30)

    assert result["ok"], result
    assert (result["twice"], result["lost"], result["untold"], result["out_of_order"]) == (0, 0, 0, 0)
    assert (result["kills"], result["answered"], result["held"]) == (2, 59, 1)
