"""When an attendant that cannot work here is tried again."""

from __future__ import annotations

from signal import Signals

import pytest

from feedback_service.ports.roster import ExitCode
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.heartbeat import SharedHeartbeat
from feedback_service.supervisor.post import Post
from feedback_service.supervisor.timing import Timing

TIMING = Timing()


@pytest.fixture
def post() -> Post:
    """It has just ended with 78, at the moment 1000."""

    def fork() -> Child:
        return Child(4711, SharedHeartbeat(60.0, Signals.SIGTERM), started_at=990.0)

    post = Post("publisher", fork, TIMING, stop_seconds=30.0, parks=True)
    post.start_when_due(990.0)
    post.ended(ExitCode.CONFIGURATION, 1000.0)
    return post


def test_what_lacks_something_is_parked_and_tried_again_after_a_bounded_time(post: Post) -> None:
    post.start_when_due(1000.0 + TIMING.parked_seconds - 1)
    parked = post.state

    post.start_when_due(1000.0 + TIMING.parked_seconds)

    assert (parked, post.state) == ("parked", "running")


def test_sighup_tries_it_at_once(post: Post) -> None:
    post.unpark()
    post.start_when_due(1001.0)

    assert post.state == "running"


def test_a_crash_after_the_parking_is_no_parking(post: Post) -> None:
    post.start_when_due(2000.0)

    post.ended(ExitCode.FAILED, 2001.0)

    assert post.state == "waiting"
    assert post.next_start == 2001.0 + TIMING.first_delay_seconds


def test_a_parked_one_that_cannot_be_forked_waits_like_any_other(post: Post) -> None:
    def full() -> Child:
        raise OSError("no room")

    post.fork = full
    post.start_when_due(1000.0 + TIMING.parked_seconds)

    assert post.next_start > 1000.0 + TIMING.parked_seconds
