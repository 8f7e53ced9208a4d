"""Busy accounts are read often, quiet ones ever more rarely, and never outside of their limits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.polling import Pace

MINUTE = timedelta(minutes=1)
PACE = Pace(busy=MINUTE, quiet=10 * MINUTE)


def waits(*news: bool) -> list[float]:
    """The waits after a row of passes, in minutes."""
    found, last = [], timedelta(0)
    for one in news:
        last = PACE.next(last, news=one)
        found.append(round(last / MINUTE, 2))
    return found


def test_a_quiet_account_is_left_alone_for_longer_and_longer() -> None:
    assert waits(*[False] * 9) == [1.0, 1.5, 2.25, 3.38, 5.06, 7.59, 10.0, 10.0, 10.0]


def test_news_bring_the_shortest_wait_back() -> None:
    assert waits(False, False, False, True, False) == [1.0, 1.5, 2.25, 1.0, 1.5]


@given(last=st.timedeltas(timedelta(0), timedelta(days=2)), news=st.booleans())
def test_no_wait_is_outside_of_the_limits(last: timedelta, news: bool) -> None:
    assert PACE.busy <= PACE.next(last, news=news) <= PACE.quiet
