"""What the notifier takes from its environment."""

import os

import pytest

from feedback_service.supervisor import Notifier
from feedback_service.supervisor.report import Report

PID = str(os.getpid())


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": PID}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1" + PID}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_counts_when_it_is_meant_for_this_process(environ: dict[str, str], seconds: float | None) -> None:
    assert Notifier.from_environment(environ).watchdog_seconds == seconds


def test_children_inherit_none_of_systemds_variables() -> None:
    environ = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": PID, "HOME": "/"}

    Notifier.from_environment(environ)

    assert environ == {"HOME": "/"}


def test_the_watchdog_is_fed_at_half_its_limit() -> None:
    report = Report(Notifier(watchdog_seconds=30.0))

    report.tick("", now=100.0)

    assert report.due == 115.0
