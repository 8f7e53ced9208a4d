"""Hears from the database that somebody left work or changed a supplier."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import NullPool

from feedback_service.domain.errors import Retryable
from feedback_service.storage.engine import create_engine
from feedback_service.storage.faults import translated
from feedback_service.storage.scope import SUPPLIERS_CHANNEL, WORK_CHANNEL

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1.0
ALIVE_SECONDS = 30.0
"""A silent connection is asked this often whether it still lives."""


class Listener:
    """One connection of its own; where it is lost, it is opened again, and what was said meanwhile is missed.

    So it may only shorten a wait, never replace a look at the tables. Use as an async context manager.
    """

    def __init__(self, url: str, channels: Sequence[str] = (WORK_CHANNEL, SUPPLIERS_CHANNEL)) -> None:
        self._engine: AsyncEngine = create_engine(url, poolclass=NullPool)
        self._channels = channels
        self._connection: AsyncConnection | None = None
        self._heard: set[str] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> Listener:
        await self._try_to_connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drop()
        await self._engine.dispose()

    async def wait(self, timeout: float) -> set[str]:
        """The suppliers that have news since the last call; empty when the time (seconds) ran out."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not self._heard and (left := deadline - loop.time()) > 0:
            await self._listen(left)
        self._news.clear()
        heard, self._heard = self._heard, set()
        return heard

    async def _listen(self, seconds: float) -> None:
        if self._connection is None and not await self._try_to_connect():
            await asyncio.sleep(min(seconds, RECONNECT_SECONDS))
            return
        try:
            await asyncio.wait_for(self._news.wait(), min(seconds, ALIVE_SECONDS))
        except TimeoutError:
            await self._check_alive()
            return
        self._news.clear()
        if not self._heard:  # woken by the connection's end
            await self._drop()

    async def _try_to_connect(self) -> bool:
        try:
            with translated():
                self._connection = await self._engine.connect()
                raw = (await self._connection.get_raw_connection()).driver_connection
                assert raw is not None
                raw.add_termination_listener(lambda *_: self._news.set())
                for channel in self._channels:
                    await raw.add_listener(channel, self._hear)
        except Retryable as problem:
            log.debug("Cannot listen: %s", problem)
            await self._drop()
            return False
        return True

    async def _check_alive(self) -> None:
        if self._connection is None:
            return
        try:
            with translated():
                raw = (await self._connection.get_raw_connection()).driver_connection
                assert raw is not None
                await raw.execute("SELECT 1")
        except Retryable:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with translated():
                await connection.invalidate()
                await connection.close()
        except Retryable as problem:
            log.debug("The listening connection was gone already: %s", problem)

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        self._heard.add(payload)
        self._news.set()
