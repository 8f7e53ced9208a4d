"""Waits that a stop ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from feedback_service.ports.clock import Clock


async def first_of(*awaited: Awaitable[object]) -> None:
    """Wait until one of them is over, and leave none of the others running."""
    waiting = {asyncio.ensure_future(one) for one in awaited}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()


async def pause(clock: Clock, seconds: float, stop: asyncio.Event) -> None:
    """Sleep, or be told to stop."""
    if seconds > 0 and not stop.is_set():
        await first_of(clock.sleep(seconds), stop.wait())
