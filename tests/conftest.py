"""What every kind of test may ask for: a database of its own, and a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.clock import ManualClock


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The session's PostgreSQL server, one for all xdist workers."""
    from tests.support import postgres  # only here: unit tests need no database and should start at once

    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "postgres"
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
