"""What every kind of test may ask for: a database of its own, stores of both kinds, a clock that stands still.

Imports are inside the fixtures, as unit tests need no database and should start at once.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.clock import ManualClock

if TYPE_CHECKING:
    from tests.support.stores import Stores


def pytest_configure() -> None:
    """A shell ignores Ctrl-C for what it runs in the background, and so would every process that the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The session's PostgreSQL server, one for all xdist workers."""
    from tests.support import postgres

    shared = postgres.session_dir()
    yield postgres.start(shared)
    postgres.leave(shared)


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
