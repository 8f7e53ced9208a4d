"""The publisher as a process: alone, beside others, and as the supervisor's attendant."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Notice
from feedback_service.transports.clock import SystemClock
from tests.support.publishers import Post, says, stops

pytestmark = pytest.mark.slow


@pytest.fixture
async def post(tmp_path: Path, database_url: str) -> AsyncIterator[Post]:
    made = await Post(tmp_path, database_url).open()
    yield made
    await made.emulator.stop()


def notice(dispatch: int) -> Notice:
    return Notice(
        supplier=SupplierKey("nobody"),
        account=AccountId(1),
        dispatch=DispatchId(dispatch),
        revision=1,
        expires_at=SystemClock().now() + timedelta(minutes=10),
    )


async def test_it_works_off_what_waits_and_drains_at_sigterm(post: Post) -> None:
    await post.provide()
    queue = post.queue()
    await queue.announce([notice(1), notice(2)])

    with post.runs("publisher") as daemon:
        lines = await says(daemon, "notice_unknown", times=2)
        code = await stops(daemon)
        left = await queue.notices().receive(10, 0.5)

        assert [line["labels"]["dispatch"] for line in lines] == ["1", "2"]
        assert {line["labels"]["supplier"] for line in lines} == {"nobody"}
        assert code == 0
        assert list(left) == []
        assert daemon.said("publishing_ended")
    await queue.close()


async def test_a_queue_that_was_never_made_is_a_wrong_configuration(post: Post) -> None:
    ended = await post.ended("publisher")

    assert ended.code == 78
    assert "feedback-replies" in ended.err


async def test_a_machine_without_a_browser_takes_no_notice_and_says_what_to_do(post: Post) -> None:
    await post.provide()
    queue = post.queue()
    await queue.announce([notice(1)])

    ended = await post.ended("publisher", BROWSER_PATH=str(post.folder / "nowhere"))

    (left,) = await queue.notices().receive(10, 1.0)
    assert ended.code == 78
    assert "nowhere is not there" in ended.err
    assert "install-system-packages" in ended.err
    assert "RUN_PUBLISHER=false" in ended.err
    assert left.attempt == 1
    await queue.close()


async def test_without_a_queue_or_the_workers_database_it_says_what_to_set(post: Post) -> None:
    no_queue = await post.ended("publisher", PUBSUB_PROJECT="", PUBSUB_EMULATOR_HOST="")
    no_database = await post.ended("publisher", DATABASE_URL="")

    assert (no_queue.code, no_database.code) == (78, 78)
    assert "PUBSUB_PROJECT" in no_queue.err
    assert "DATABASE_URL" in no_database.err
    assert not (post.folder / "data" / "postgres").exists()


async def test_two_on_one_machine_need_two_names(post: Post) -> None:
    await post.provide()

    with post.runs("publisher") as first:
        await says(first, "publishing")
        refused = await post.ended("publisher")
        odd = await post.ended("publisher", "--name", "Nummer Zwei")
        with post.runs("publisher", "--name", "two", "--slots", "7", name="two") as second:
            slots = (await says(second, "publishing"))[0]["message"]

            assert "7 accounts" in slots
            assert await stops(second) == 0
        assert await stops(first) == 0

    assert refused.code == odd.code == 78
    assert "--name" in refused.err
    assert "Nummer Zwei" in odd.err


async def test_run_starts_a_publisher_beside_the_workers_and_replaces_it_when_it_dies(post: Post) -> None:
    await post.provide()

    with post.runs("run", name="run") as daemon:
        pid = (await says(daemon, "publisher_started"))[0]["pid"]
        await says(daemon, "publishing")
        os.kill(int(pid), signal.SIGKILL)
        await says(daemon, "publishing", times=2)

        assert await stops(daemon) == 0
        assert len(daemon.said("publishing_ended")) == 1
        assert daemon.said("publisher_stopped")


async def test_run_leaves_publishing_to_others_where_it_is_told_to(post: Post) -> None:
    await post.provide()

    with (
        post.runs("run", name="told", RUN_PUBLISHER="false") as told,
        post.runs("run", name="unset", DATA_DIR=str(post.folder / "other"), PUBSUB_PROJECT="") as unset,
    ):
        await says(told, "roster_started")
        await says(unset, "roster_started")

        assert await stops(told) == await stops(unset) == 0
        assert told.said("publisher_started") == unset.said("publisher_started") == []


async def test_the_publisher_of_run_waits_while_another_one_has_the_profiles(post: Post) -> None:
    await post.provide()

    with post.runs("publisher") as alone:
        await says(alone, "publishing")
        with post.runs("run", name="run") as daemon:
            await says(daemon, "publisher_waits")
            before = len(daemon.said("publishing"))
            await stops(alone)
            await says(daemon, "publishing")

            assert await stops(daemon) == 0
            assert before == 0
            assert len(daemon.said("publisher_waits")) == 1
