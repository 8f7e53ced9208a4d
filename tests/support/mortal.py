"""A process that may die, or be broken off, at any moment at which it talks to the world."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from feedback_service.pipeline.kit import Kit
from feedback_service.ports.storage import SupplierStorage
from tests.support.flow import ACCOUNT, Flow


class Killed(BaseException):
    """The process is no more: nothing catches this, and nothing of the process runs after it."""


@dataclass
class Life:
    """One process's life. Every call at a port is two moments: before it, and after it has taken effect.

    At each, others may go on (`dice` says for how long). At the moment `dies_at` everything ends; at the moment
    `broken_off_at` `break_off` is called, and the process goes on.
    """

    dice: random.Random
    dies_at: int | None = None
    broken_off_at: int | None = None
    break_off: Callable[[], object] = lambda: None
    moments: int = 0
    dead: bool = False

    async def moment(self) -> None:
        self._live()
        self.moments += 1
        self.dead = self.moments == self.dies_at
        self._live()
        if self.moments == self.broken_off_at:
            self.break_off()
        for _ in range(self.dice.randrange(3)):
            await asyncio.sleep(0)
            self._live()

    def _live(self) -> None:
        if self.dead:
            raise Killed


class Mortal:
    """A port as a mortal process uses it."""

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        if inspect.iscoroutinefunction(value):
            return self._call(value)
        if inspect.isasyncgenfunction(value):
            return self._pages(value)
        return value

    def _call(self, method: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def called(*arguments: object, **named: object) -> object:
            await self._life.moment()
            try:
                return await method(*arguments, **named)
            finally:
                await self._life.moment()

        return called

    def _pages(self, method: Callable[..., AsyncIterator[object]]) -> Callable[..., AsyncIterator[object]]:
        async def paged(*arguments: object) -> AsyncIterator[object]:
            await self._life.moment()
            async for page in method(*arguments):
                await self._life.moment()
                yield page

        return paged


class MortalFlow(Flow):
    """A flow whose stages belong to a process that may die; `dice` decides who goes on when."""

    dice = random.Random(0)

    def restart(self) -> None:
        self.life = Life(self.dice)
        super().restart()

    def kit(self) -> Kit:
        kit, life = super().kit(), self.life
        stores = SupplierStorage(
            feedback=Mortal(self.storage.feedback, life),
            outbox=Mortal(self.storage.outbox, life),
            accounts=Mortal(self.storage.accounts, life),
        )
        return Kit(
            supplier=kit.supplier,
            storage=stores,
            connectors={ACCOUNT: Mortal(self.platform, life)},
            language=Mortal(self.model, life),
            inspector=kit.inspector,
            clock=kit.clock,
        )
