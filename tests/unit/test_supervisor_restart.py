"""When an ended worker starts again."""

import math
import os

import pytest

from feedback_service.supervisor.restart import Because, Decision, Ending, Record, decide, grown_delay
from feedback_service.supervisor.timing import Timing

TIMING = Timing(
    first_delay_seconds=1.0,
    longest_delay_seconds=60.0,
    temporary_delay_seconds=5.0,
    healthy_seconds=60.0,
    crash_limit=5,
    crash_window_seconds=120.0,
    parked_seconds=600.0,
)
NOW = 1000.0
TWICE_FAILED = Record(2, (NOW - 20, NOW - 10))


@pytest.mark.parametrize(
    ("code", "record", "decision"),
    [
        (0, TWICE_FAILED, Decision(NOW + 1, Because.ENDED_ITSELF, Record(0, TWICE_FAILED.failures))),
        (75, Record(), Decision(NOW + 1, Because.TEMPORARY, Record(1))),
        (75, Record(9), Decision(NOW + 5, Because.TEMPORARY, Record(10))),
        (78, TWICE_FAILED, Decision(math.inf, Because.CONFIGURATION, Record())),
        (1, Record(), Decision(NOW + 1, Because.FAILED, Record(1, (NOW,)))),
        (1, TWICE_FAILED, Decision(NOW + 4, Because.FAILED, Record(3, (*TWICE_FAILED.failures, NOW)))),
        (-9, Record(1), Decision(NOW + 2, Because.FAILED, Record(2, (NOW,)))),
        (2, Record(40), Decision(NOW + 60, Because.FAILED, Record(41, (NOW,)))),
    ],
)
def test_the_exit_code_decides_what_follows(code: int, record: Record, decision: Decision) -> None:
    assert decide(record, Ending(code, ran_seconds=3.0, at=NOW), TIMING) == decision


def test_as_many_failures_as_the_limit_within_the_window_are_a_crash_loop() -> None:
    record = Record(4, (NOW - 119, NOW - 90, NOW - 60, NOW - 30))

    decision = decide(record, Ending(1, 3.0, NOW), TIMING)

    assert decision == Decision(NOW + 600, Because.CRASH_LOOP, Record())


def test_failures_before_the_window_do_not_count() -> None:
    record = Record(4, (NOW - 120, NOW - 90, NOW - 60, NOW - 30))

    decision = decide(record, Ending(1, 3.0, NOW), TIMING)

    assert decision == Decision(NOW + 16, Because.FAILED, Record(5, (NOW - 90, NOW - 60, NOW - 30, NOW)))


def test_a_healthy_run_makes_earlier_failures_forgotten() -> None:
    record = Record(4, (NOW - 90, NOW - 80, NOW - 70, NOW - 65))

    decision = decide(record, Ending(1, ran_seconds=60.0, at=NOW), TIMING)

    assert decision == Decision(NOW + 1, Because.FAILED, Record(1, (NOW,)))


def test_a_worker_that_fails_at_once_is_parked_on_its_fifth_failure() -> None:
    record, at, starts = Record(), 0.0, [0.0]

    while not (decision := decide(record, Ending(1, 0.0, at), TIMING)).because.parked:
        record, at = decision.record, decision.start_at
        starts.append(at)

    assert starts == [0.0, 1.0, 3.0, 7.0, 15.0]
    assert decision.start_at == 615.0


@pytest.mark.parametrize(("streak", "seconds"), [(0, 1), (1, 2), (5, 32), (6, 60), (10_000, 60)])
def test_the_delay_doubles_up_to_a_limit(streak: int, seconds: int) -> None:
    assert grown_delay(streak, TIMING) == seconds


def test_only_what_needs_a_person_counts_as_parked() -> None:
    parked = {because for because in Because if because.parked}

    assert parked == {Because.CONFIGURATION, Because.CRASH_LOOP}


def test_exit_codes_are_those_of_sysexits() -> None:
    assert (os.EX_TEMPFAIL, os.EX_CONFIG) == (75, 78)
