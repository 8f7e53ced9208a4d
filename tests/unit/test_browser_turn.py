"""The limits of one script's turn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.transports.browser.turn import Turn
from tests.support.clock import ManualClock


def a_turn(clock: ManualClock, seconds: float = 30, margin: float = 10) -> Turn:
    turn = Turn("acme/bazaar", seconds, margin, clock.monotonic)
    turn.begin()
    return turn


def test_a_write_does_not_begin_when_too_little_time_is_left() -> None:
    clock = ManualClock()
    turn = a_turn(clock)
    clock.pass_by(timedelta(seconds=18))

    with pytest.raises(Retryable, match="only 9 of 30 s are left"):
        turn.begin_writing()

    assert not turn.writing


def test_a_short_script_may_write_in_its_first_half() -> None:
    clock = ManualClock()
    turn = a_turn(clock, seconds=6)
    clock.pass_by(timedelta(seconds=2))

    turn.begin_writing()

    assert turn.writing


def test_the_end_of_the_time_is_in_doubt_once_a_write_has_begun() -> None:
    clock = ManualClock()
    reader, writer = a_turn(clock), a_turn(clock)
    writer.begin_writing()
    clock.pass_by(timedelta(seconds=27))

    with pytest.raises(Retryable, match="the limit of 30 s is over"):
        reader.check("clicking")
    with pytest.raises(InDoubt, match="the limit of 30 s is over; it may have been written"):
        writer.check("clicking")


def test_nobody_stops_a_write_and_nothing_is_written_for_nobody() -> None:
    clock = ManualClock()
    reader, writer = a_turn(clock), a_turn(clock)
    writer.begin_writing()

    assert reader.abandon()
    assert not writer.abandon()

    writer.check("clicking")
    with pytest.raises(Retryable, match="nobody waits"):
        reader.check("clicking")
    with pytest.raises(Retryable, match="nobody waits"):
        reader.begin_writing()
