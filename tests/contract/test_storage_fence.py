"""Who may write: leases between hosts, their fences, and what a person's writes set in motion."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Configuration, FenceLost
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.domain.passage import Passage, Use
from feedback_service.domain.pauses import Pauser
from feedback_service.ports.roster import Assignment
from feedback_service.storage import Database
from feedback_service.storage.leases import PostgresLeases
from tests.support import postgres
from tests.support.clock import ManualClock
from tests.support.stores import ACME, LEASE, approved, opened, postgres_stores, review, supplier

TTL = timedelta(seconds=30)
FEW_SECONDS = 10.0
CUT_LISTENERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'
"""
CLOSED = Passage(Use.READING, Kind.REVIEW)


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock) as database:
        await database.suppliers.apply([supplier(name) for name in ("a", "b", "c", "d")])
        yield database


async def test_one_host_takes_every_supplier(database: Database) -> None:
    held = await database.leases("one", TTL).acquire()

    assert list(held) == [Assignment(name, 1, "1") for name in "abcd"]


async def test_a_lease_that_is_renewed_keeps_its_epoch(database: Database, clock: ManualClock) -> None:
    one, two = database.leases("one", TTL), database.leases("two", TTL)
    before = await one.acquire()

    for _ in range(3):
        clock.pass_by(TTL / 2)
        await one.acquire()

    assert await one.acquire() == before
    assert await two.acquire() == []


async def test_a_host_that_fell_silent_loses_its_suppliers_to_another_epoch(
    database: Database, clock: ManualClock
) -> None:
    await database.leases("silent", TTL).acquire()
    clock.pass_by(TTL)

    held = await database.leases("other", TTL).acquire()

    assert [(one.supplier, one.epoch) for one in held] == [(name, 2) for name in "abcd"]


async def test_two_hosts_share_fairly_and_never_hold_the_same(database: Database, clock: ManualClock) -> None:
    one, two = database.leases("one", TTL), database.leases("two", TTL)
    await one.acquire()

    await _turns(clock, one, two)

    first, second = _names(await one.acquire()), _names(await two.acquire())
    assert (len(first), len(second)) == (2, 2)
    assert first | second == set("abcd")


async def test_a_given_back_lease_is_free_at_once(database: Database) -> None:
    one = database.leases("one", TTL)
    await one.acquire()
    await one.release()

    assert _names(await database.leases("two", TTL).acquire()) == set("abcd")


async def test_a_restarted_process_takes_its_hosts_leases_by_a_new_epoch(database: Database) -> None:
    await database.leases("one", TTL).acquire()

    again = await database.leases("one", TTL).acquire()

    assert {one.epoch for one in again} == {2}


async def test_two_processes_of_one_name_do_not_take_from_each_other_for_ever(database: Database) -> None:
    first, second = database.leases("same", TTL), database.leases("same", TTL)
    await first.acquire()
    await second.acquire()

    assert await first.acquire() == []
    assert len(await second.acquire()) == 4


async def test_a_process_for_named_suppliers_takes_only_those(database: Database) -> None:
    alone = database.leases("one", TTL, [SupplierKey("b")])

    assert _names(await alone.acquire()) == {"b"}
    assert _names(await database.leases("two", TTL).acquire()) == set("acd")


async def test_a_changed_supplier_has_another_fingerprint_and_a_removed_one_is_let_go(database: Database) -> None:
    leases = database.leases("one", TTL)
    await leases.acquire()

    await database.suppliers.apply([supplier("a"), supplier("b", stop_words=("брак",)), supplier("c")])

    held = await leases.acquire()
    assert [(one.supplier, one.fingerprint) for one in held] == [("a", "1"), ("b", "2"), ("c", "1")]


async def test_hosts_that_look_at_the_same_moment_never_both_take_a_supplier(database: Database) -> None:
    hosts = [database.leases(f"host-{number}", TTL) for number in range(4)]

    held = await asyncio.gather(*(one.acquire() for one in hosts))

    names = [assignment.supplier for one in held for assignment in one]
    assert len(names) == len(set(names))


async def test_every_write_of_a_host_that_lost_its_lease_is_refused(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        feedback = await approved(stores)
        own = database.for_supplier(ACME, await _fence(database, "one"))
        (pending,) = await own.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE)
        clock.pass_by(TTL)
        await _fence(database, "two")

        for write in (
            own.feedback.record(stores.account, [review("new")], True),
            own.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE),
            own.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE),
            own.outbox.begin(pending, LEASE),
            own.outbox.abandon(stores.account),
            own.accounts.pause(stores.account, Pauser.READING, "token", None),
            own.accounts.close_way(stores.account, CLOSED, "not subscribed", LEASE),
            own.accounts.open_way(stores.account, CLOSED),
        ):
            with pytest.raises(FenceLost):
                await write

        assert [one.status for one in await own.outbox.of(feedback.id)] == [DispatchStatus.PENDING]


async def test_a_forgotten_worker_of_an_earlier_process_cannot_write(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        forgotten = database.for_supplier(ACME, await _fence(database, "one"))
        current = database.for_supplier(ACME, await _fence(database, "one"))

        with pytest.raises(FenceLost):
            await forgotten.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE)
        with pytest.raises(FenceLost):
            await forgotten.feedback.record(stores.account, [review()], True)

        assert await current.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE) == []


async def test_an_expired_lease_forbids_writing_even_where_nobody_else_took_it(
    database_url: str, clock: ManualClock
) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        own = database.for_supplier(ACME, await _fence(database, "one"))
        clock.pass_by(TTL)

        with pytest.raises(FenceLost):
            await own.feedback.record(stores.account, [review()], True)


async def test_a_supplier_sees_nothing_of_another(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        feedback = await approved(stores)
        await database.suppliers.apply([supplier(), supplier("other")])
        other = database.for_supplier(SupplierKey("other"), None)

        assert await other.feedback.get(feedback.id) is None
        assert await other.outbox.of(feedback.id) == []
        assert await other.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE) == []


async def test_an_unknown_supplier_is_named(database: Database) -> None:
    nobody = database.for_supplier(SupplierKey("nobody"), None)

    with pytest.raises(Configuration, match="'nobody' is not in the database"):
        await nobody.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE)


async def test_a_persons_write_is_heard_and_a_workers_is_not(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        fenced = database.for_supplier(ACME, await _fence(database, "one"))
        async with database.listener() as bell:
            await fenced.feedback.record(stores.account, [review("by the worker")], True)
            assert await bell.wait(0.3) == set()

            await stores.own.feedback.record(stores.account, [review("by a person")], True)
            assert await bell.wait(FEW_SECONDS) == {ACME}


async def test_a_changed_supplier_is_heard(database: Database) -> None:
    async with database.listener() as bell:
        await database.suppliers.apply([supplier("a"), supplier("b"), supplier("c"), supplier("d", stop_words=("x",))])

        assert await bell.wait(FEW_SECONDS) == {"d"}


async def test_the_listener_hears_again_after_its_connection_was_cut(database: Database, database_url: str) -> None:
    async with database.listener() as bell:
        await postgres.execute(database_url, CUT_LISTENERS)
        heard: set[str] = set()
        for number in range(20):
            await postgres.execute(database_url, f"SELECT pg_notify('feedback_work', 'news-{number}')")
            if heard := await bell.wait(0.5):
                break

        assert heard


async def _turns(clock: ManualClock, *leases: PostgresLeases) -> None:
    """As many turns as a lease that is no longer renewed needs to run out."""
    for _ in range(6):
        for one in leases:
            await one.acquire()
        clock.pass_by(TTL / 3)


def _names(assignments: object) -> set[str]:
    return {one.supplier for one in assignments}  # type: ignore[attr-defined]


async def _fence(database: Database, host: str) -> Fence:
    held = await database.leases(host, TTL).acquire()
    return Fence(ACME, host, next(one.epoch for one in held if one.supplier == ACME))
