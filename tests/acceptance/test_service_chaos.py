"""Everything is killed at random for a short while; `make bench NAME=chaos` does the same for longer."""

from __future__ import annotations

import pytest

from benchmarks import chaos

pytestmark = pytest.mark.slow


def test_whatever_is_killed_no_customer_is_answered_twice_or_lost() -> None:
    result = chaos.run(minutes=0.4, settle=15)

    assert result["ok"], result
    assert (result["twice"], result["lost"]) == (0, 0)
