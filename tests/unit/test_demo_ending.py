"""How a demo ends: the deadline that nobody named, what is told of open answers, and the exit code."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.cli.demo.command import exit_code
from feedback_service.cli.demo.scoreboard import still_open
from feedback_service.cli.demo.watch import deadline
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import AccountKey, PlatformKey, SupplierKey
from feedback_service.ports.roster import ExitCode
from feedback_service.ports.views import Standing

GOOD: dict[str, Any] = {"in_time": True, "twice": 0, "lost": 0}


def standing(account: str, item: str, status: FeedbackStatus) -> Standing:
    return Standing(SupplierKey("acme"), PlatformKey("ozon"), AccountKey(account), item, status)


def test_the_deadline_grows_with_the_customers() -> None:
    few, many = deadline(9), deadline(450)

    assert (few, many) == (636, 2400)


def test_each_account_that_is_not_done_is_told_with_its_stages() -> None:
    standings = [
        standing("ozon", "1", FeedbackStatus.APPROVED),
        standing("ozon", "2", FeedbackStatus.APPROVED),
        standing("ozon", "3", FeedbackStatus.DRAFTED),
        standing("ozon", "4", FeedbackStatus.ANSWERED),
        standing("done", "5", FeedbackStatus.HELD),
    ]

    lines = still_open(standings)

    assert lines == ["acme/ozon: 1 drafted, 2 sending"]


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        (GOOD, ExitCode.DRAINED),
        ({**GOOD, "in_time": False}, ExitCode.FAILED),
        ({**GOOD, "twice": 1}, ExitCode.FAILED),
        ({**GOOD, "lost": 1}, ExitCode.FAILED),
    ],
)
def test_a_broken_promise_and_a_missed_deadline_are_failures(summary: dict[str, Any], code: ExitCode) -> None:
    assert exit_code(summary) is code
