"""Opens the connection pool, and hands out transactions whose failures are the domain's errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool
from sqlalchemy.util import LRUCache

from feedback_service.domain.errors import Configuration
from feedback_service.ports.clock import Clock
from feedback_service.storage.faults import translated

POOL_SIZE = 5
"""Connections per process; there is one process per supplier."""
CONNECT_SECONDS = 10.0
COMPILED: LRUCache[Any, Any] = LRUCache(500)
"""Compiled statements of all pools, so that forked processes share those that their parent ran."""
SERVER_SETTINGS: Mapping[str, str] = {
    "application_name": "feedback_service",
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
}
"""jit off: compiling would cost more than every statement of ours takes."""


def parse_url(text: str) -> URL:
    """A URL as people write it, made ready for asyncpg; raises Configuration without repeating its password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Configuration("DATABASE_URL is not a URL; write postgresql://user:password@host/database") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise Configuration(f"DATABASE_URL names {url.get_backend_name()}; only postgresql is supported")
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def create_engine(url: str | URL, poolclass: type[Pool] = AsyncAdaptedQueuePool) -> AsyncEngine:
    """A pool that connects lazily, and after a lost connection opens all of them anew."""
    pool = {"pool_size": POOL_SIZE, "max_overflow": 0} if poolclass is AsyncAdaptedQueuePool else {}
    return create_async_engine(
        parse_url(url) if isinstance(url, str) else url,
        poolclass=poolclass,
        connect_args={"timeout": CONNECT_SECONDS, "server_settings": dict(SERVER_SETTINGS)},
        execution_options={"compiled_cache": COMPILED},
        **pool,
    )


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction; raises Retryable where the database is away and Configuration where a person must mend it."""
    with translated():
        async with engine.begin() as connection:
            yield connection


@asynccontextmanager
async def single_statements(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which each statement is a transaction of its own; raises like `transaction`."""
    with translated():
        async with engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")


async def measure_skew(engine: AsyncEngine, clock: Clock) -> timedelta:
    """The database's clock minus ours; the round trip is halved out."""
    async with transaction(engine) as connection:
        await connection.execute(sa.select(sa.literal(1)))
        before = clock.now()
        theirs = await connection.scalar(sa.select(sa.func.clock_timestamp()))
        after = clock.now()
    assert isinstance(theirs, datetime)
    return theirs.astimezone(UTC) - (before + (after - before) / 2)
