"""What `check` says of closed ways: which, since when, why, and when they are asked again; it changes none of that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.cli.closed_ways import closure_facts
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.passage import Passage, Use
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.closures import Closures
from feedback_service.ports.platform import Fact
from tests.contract.memory_store import MemoryStorage
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, ACME

NO = Unavailable("not part of the subscription", "subscribe")
BY_API = Passage(Use.WRITING, Kind.REVIEW, Way.API)
BY_NONE = Passage(Use.READING, Kind.QUESTION)


@pytest.fixture
def store(clock: ManualClock) -> MemoryStorage:
    return MemoryStorage(clock)


def closures_of(store: MemoryStorage) -> Closures:
    return Closures(ACCOUNT, store.for_supplier(ACME).accounts, store.clock)


async def test_a_way_that_another_stands_in_for_is_a_warning_and_a_kind_without_any_is_wrong(store: MemoryStorage):
    worker = closures_of(store)
    await worker.close(BY_API, NO)
    await worker.close(BY_NONE, NO)
    later = closures_of(store)
    await later.load()

    assert closure_facts(later.unkept()) == [
        Fact(
            "writing of reviews by the api",
            True,
            "WARNING: the other way is taken since 2026-03-01 12:00 UTC: not part of the subscription; subscribe",
            "asked again from 2026-03-01 13:00 UTC on",
        ),
        Fact(
            "reading of questions",
            False,
            "closed since 2026-03-01 12:00 UTC: not part of the subscription; subscribe",
            "asked again from 2026-03-01 13:00 UTC on",
        ),
    ]


async def test_a_look_changes_nothing_of_what_the_workers_know(store: MemoryStorage, clock: ManualClock):
    worker = closures_of(store)
    await worker.close(BY_API, NO)
    known = dict(store.closed)
    look = closures_of(store)
    await look.load()
    clock.pass_by(timedelta(hours=1))

    look = look.unkept()
    await look.open(BY_API)
    await look.close(BY_NONE, NO)

    assert store.closed == known
    assert set(worker.known) == {BY_API}
