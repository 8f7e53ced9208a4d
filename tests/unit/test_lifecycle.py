"""The transition tables: closed, reachable, and the same in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.lifecycle import DISPATCH, FEEDBACK, LIVE_DISPATCH, check_dispatch, check_feedback

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "ARCHITECTURE.md"


def documented(title: str) -> dict[str, set[str]]:
    section = ARCHITECTURE.read_text("utf-8").split(f"### {title}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", section, re.MULTILINE)
    return {old: set() if new == "–" else set(new.split(", ")) for old, new in rows if old != "from"}


def test_the_architecture_page_shows_the_feedback_table_as_it_is():
    table = {str(old): {str(one) for one in new} for old, new in FEEDBACK.items()}

    assert documented("States of a feedback") == table


def test_the_architecture_page_shows_the_dispatch_table_as_it_is():
    table = {str(old): {str(one) for one in new} for old, new in DISPATCH.items()}

    assert documented("States of a dispatch") == table


def test_every_status_has_a_row():
    assert set(FEEDBACK) == set(FeedbackStatus)
    assert set(DISPATCH) == set(DispatchStatus)


def test_a_write_in_doubt_never_goes_straight_to_sending():
    assert DispatchStatus.SENDING not in DISPATCH[DispatchStatus.IN_DOUBT]
    assert DispatchStatus.SENDING not in DISPATCH[DispatchStatus.SENT]


def test_what_is_finished_stays_finished_but_for_an_answer_that_is_taken_away_again():
    finished = set(DispatchStatus) - LIVE_DISPATCH
    onward = {status: set(DISPATCH[status]) for status in finished if DISPATCH[status]}

    assert onward == {DispatchStatus.CONFIRMED: {DispatchStatus.RETRACTING}}


def test_a_transition_that_the_table_lacks_is_refused_in_words():
    with pytest.raises(NotAllowed, match="a feedback that is closed cannot become answered"):
        check_feedback(FeedbackStatus.CLOSED, FeedbackStatus.ANSWERED)
    with pytest.raises(NotAllowed, match="a dispatch that is sent cannot become pending"):
        check_dispatch(DispatchStatus.SENT, DispatchStatus.PENDING)
