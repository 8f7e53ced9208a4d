"""What a crash of the database's machine may take back, and what it must not."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import Fence, ItemId
from feedback_service.ports.storage import Outcome
from feedback_service.storage import embedded, migrate
from tests.support import postgres
from tests.support.clock import ManualClock
from tests.support.stores import ACME, LEASE, approved, postgres_stores, review

PENDING = frozenset({DispatchStatus.PENDING})
DEADLINE = 30.0


@pytest.fixture
def data_dir(blank_cluster: Path) -> Iterator[Path]:
    with postgres.data_dir(blank_cluster) as made:
        yield made


@pytest.fixture
def server_url(data_dir: Path) -> str:
    """A server that flushes what nobody waits for only after ten seconds, so that a crash surely loses it."""
    url = embedded.start(data_dir)
    migrate.upgrade(url)
    slowly = "ALTER SYSTEM SET wal_writer_delay = '10s'"
    asyncio.run(postgres.execute(url, slowly, "ALTER SYSTEM SET wal_writer_flush_after = '1GB'"))
    assert embedded.release(data_dir)
    return embedded.start(data_dir)


async def test_a_delivery_is_known_to_have_begun_even_after_a_crash(
    server_url: str, data_dir: Path, clock: ManualClock
) -> None:
    async with postgres_stores(server_url, clock) as (stores, database):
        await approved(stores)
        (held,) = await database.leases("one", timedelta(hours=1)).acquire()
        own = database.for_supplier(ACME, Fence(ACME, "one", held.epoch))
        (pending,) = await own.outbox.claim(stores.account, PENDING, 1, LEASE)

        begun = await own.outbox.begin(pending, LEASE)
        await own.outbox.settle([Outcome(dispatch=begun, to=DispatchStatus.SENT, because="accepted")])
        _crash(data_dir)

    embedded.start(data_dir)
    async with postgres_stores(server_url, clock) as (stores, _):
        (found,) = await stores.own.outbox.of(begun.feedback_id)
        assert found.status is DispatchStatus.SENDING  # the receipt was lost: it becomes a doubt, never a second write
        clock.pass_by(LEASE)
        assert await stores.own.outbox.abandon(stores.account) == 1


async def test_a_persons_decision_survives_a_crash(server_url: str, data_dir: Path, clock: ManualClock) -> None:
    async with postgres_stores(server_url, clock) as (stores, _):
        await stores.own.feedback.record(stores.account, [review()], True)
        await approved(stores)
        _crash(data_dir)

    embedded.start(data_dir)
    async with postgres_stores(server_url, clock) as (stores, _):
        feedback = await stores.own.feedback.by_item(stores.account, ItemId("r1"))
        assert feedback is not None
        assert feedback.status is FeedbackStatus.APPROVED
        assert len(await stores.own.outbox.of(feedback.id)) == 1


def _crash(data_dir: Path) -> None:
    """Every process of the server dies at once, as by a power cut."""
    postmaster = psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]))
    victims = [postmaster, *postmaster.children()]
    for victim in victims:
        os.kill(victim.pid, signal.SIGKILL)
    deadline = time.monotonic() + DEADLINE
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in victims):
        assert time.monotonic() < deadline
        time.sleep(0.01)
