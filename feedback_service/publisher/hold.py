"""One message in our hands: kept from other publishers, then let go exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.ports.clock import Clock
from feedback_service.ports.queue import Message

log = logging.getLogger(__name__)

EXTENSIONS_PER_DEADLINE = 3
"""A message is extended after a third of its deadline, so that one failed extension costs nothing."""
TRIES_PER_DEADLINE = 12
"""After a failed extension the next one comes sooner."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What all messages of a subscription are kept by; `away` hears of a queue that is away, `freed` of every end.

    `ending` are the ends under way: they go on where whoever began them is cancelled.
    """

    clock: Clock
    deadline_seconds: float
    away: Callable[[Retryable | Configuration], object]
    freed: Callable[[], object]
    ending: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Hold:
    """Its deadline is extended from the first moment until it is let go, and never after that.

    Where the queue is away the message comes again by itself; that is harmless, since the database decides.
    """

    message: Message
    keeping: Keeping
    _extending: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self._extending = asyncio.create_task(self._extend())

    async def done(self) -> None:
        await self._let_go(self.message.done)

    async def give_back(self) -> None:
        await self._let_go(self.message.give_back)

    async def bury(self) -> None:
        await self._let_go(self.message.bury)

    async def _let_go(self, how: Callable[[], Awaitable[None]]) -> None:
        end = asyncio.create_task(self._end(how))
        self.keeping.ending.add(end)
        end.add_done_callback(self.keeping.ending.discard)
        await asyncio.shield(end)

    async def _end(self, how: Callable[[], Awaitable[None]]) -> None:
        try:
            self._extending.cancel()
            await asyncio.wait({self._extending})  # an extension under way would come after the end
            await how()
        except Retryable as problem:
            self.keeping.away(problem)
        except Configuration as problem:  # perhaps of the dead topic alone, while messages can be received
            log.error("A message cannot be let go and comes again: %s", problem, extra={"action": "let_go_failed"})
        except Exception:
            log.exception("A message could not be let go.", extra={"action": "let_go_failed"})
        finally:
            self.keeping.freed()

    async def _extend(self) -> None:
        usual = self.keeping.deadline_seconds / EXTENSIONS_PER_DEADLINE
        soon = self.keeping.deadline_seconds / TRIES_PER_DEADLINE
        wait = usual
        while True:
            await self.keeping.clock.sleep(wait)
            try:
                await self.message.extend()
            except (Retryable, Configuration) as problem:
                self.keeping.away(problem)
                wait = soon
            except Exception:
                log.exception("A message could not be kept.", extra={"action": "extend_failed"})
                wait = soon
            else:
                wait = usual
