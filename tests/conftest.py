"""What every kind of test may ask for: a database of its own, stores of both kinds, a clock that stands still.

Imports are inside the fixtures, as unit tests need no database and should start at once.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.clock import ManualClock

if TYPE_CHECKING:
    from tests.support.stores import Stores


def pytest_configure() -> None:
    """A shell ignores Ctrl-C for what it runs in the background, and so would every process that the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection() -> None:
    """Thousands of tests are made and nothing is thrown away: looking for garbage would take a fifth of the time."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that may take long begin first, so that none of them is left alone at the end."""
    items.sort(key=_allowed_seconds, reverse=True)


def pytest_collection_finish() -> None:
    gc.enable()


def _allowed_seconds(item: pytest.Item) -> float:
    """What a test asked for; none where the usual limit is enough."""
    asked = item.get_closest_marker("timeout")
    return float(asked.args[0]) if asked else 0.0


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The session's PostgreSQL server, one for all xdist workers."""
    from tests.support import postgres

    shared = postgres.session_dir()
    yield postgres.start(shared)
    postgres.leave(shared)


@pytest.fixture(scope="session")
def blank_cluster(postgres_url: str) -> Path:
    """A data directory to copy for a server of one's own; making one takes seconds."""
    from tests.support import postgres

    return postgres.blank_of(postgres.session_dir())


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A database with all tables and no rows."""
    from tests.support import postgres

    with postgres.fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["memory", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Where the stores are; empty for those in memory."""
    return str(request.getfixturevalue("database_url")) if request.param == "postgres" else ""


@pytest.fixture
async def stores(store_url: str, clock: ManualClock) -> AsyncIterator[Stores]:
    """One supplier's stores, once in memory and once in PostgreSQL: the contract is the same."""
    from tests.support import stores as made

    if not store_url:
        yield made.memory_stores(clock)
        return
    async with made.postgres_stores(store_url, clock) as (found, _):
        yield found
