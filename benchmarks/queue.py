"""From approved to published by the queue, beside bare messages; then a thousand answers while publishers are killed.

Real are PostgreSQL, the worker's stages (announce, confirm, roll back), publishers in processes of their own, and the
clients of Pub/Sub; Pub/Sub itself is our emulator, in a process of its own. The platform is one file (_queue_market),
so that no browser hides what the queue takes; its waits are short (a write may take 5 s, and is looked for 1 s and
another 2 s after it fell in doubt), so that doubts settle within the run. On a real platform they take minutes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import quantiles

from benchmarks._queue_bare import bare
from benchmarks._queue_market import REFUSED
from benchmarks._queue_stage import Crowd, Desk, Pace, Place, crowd, desk, place, until
from benchmarks._queue_verdict import Verdict, live, verdict

PUBLISHERS = 3
WARM_UP = 30
"""Answers that are not counted: each publisher opens its accounts and prepares its statements."""
DRAIN_SECONDS = 60.0
REFUSED_EVERY = 50
"""One in so many answers is refused by the platform and has to come back to a person by the rollback topic."""
CHUNK = 100
SLOWNESS = 0.05
"""Seconds that a write takes at most on either side of its landing while publishers are killed."""


@dataclass(frozen=True, slots=True)
class Blows:
    """So many dispatches, and kills while they are worked off; `settle` as for `run`."""

    dispatches: int
    kills: int
    settle: float
    seed: int


def run(
    messages: int = 300,
    per_second: float = 20.0,
    dispatches: int = 1000,
    kills: int = 20,
    settle: float = 60.0,
    seed: int = 1,
) -> dict[str, object]:
    """`value` counts answers that were given twice, lost, or left in doubt with nobody told.

    Latencies are of `messages` that come evenly, `per_second`; then as many come at once. `settle`: seconds that the
    dispatches may take after the last kill until all of them are done with.
    """
    with place() as where:
        return asyncio.run(_run(where, Pace(messages, 1 / per_second), Blows(dispatches, kills, settle, seed)))


async def _run(where: Place, pace: Pace, blows: Blows) -> dict[str, object]:
    figures: dict[str, object] = {"messages": pace.messages, "evenly_per_second": round(1 / pace.gap, 1)}
    took, rate = await bare(where.address, pace)
    figures |= _figures("bare", took, rate)
    async with desk(where) as at:
        for size in (1, PUBLISHERS):
            took, rate = await _latencies(at, where, size, pace)
            figures |= _figures(f"publishers_{size}", took, rate)
        began = time.monotonic()
        found, killed = await _killed(at, where, blows)
    refused = blows.dispatches // REFUSED_EVERY
    whole = (found.answered, found.held) == (blows.dispatches - refused, refused)
    return {
        "name": "queue",
        "value": found.broken,
        "unit": "answers given twice, lost, or in doubt with nobody told",
        "target": 0,
        "ok": not found.broken and not found.out_of_order and whole and killed == blows.kills,
        **figures,
        "dispatches": blows.dispatches,
        "kills": killed,
        "refused": refused,
        "seconds": round(time.monotonic() - began, 1),
        **asdict(found),
    }


def _figures(who: str, took: Sequence[float], rate: float) -> dict[str, object]:
    """Milliseconds of those that came evenly; the rate of those that came at once."""
    cuts = quantiles(took, n=20, method="inclusive")
    return {
        f"{who}_p50_ms": round(1000 * cuts[9], 1),
        f"{who}_p95_ms": round(1000 * cuts[18], 1),
        f"{who}_burst_per_second": round(rate, 1),
    }


async def _latencies(at: Desk, where: Place, size: int, pace: Pace) -> tuple[Sequence[float], float]:
    """Seconds from just before an approval is stored until its answer is on the platform; then the rate of a burst."""
    async with crowd(where, size):
        await _sent(at, where, f"warm-up-{size}-", Pace(WARM_UP, 0.0))
        even = await _sent(at, where, f"even-{size}-", pace)
        burst = await _sent(at, where, f"burst-{size}-", replace(pace, gap=0.0))
    return even, pace.messages / max(burst)


async def _sent(at: Desk, where: Place, prefix: str, pace: Pace) -> Sequence[float]:
    """Approve one after the other, or all at once where there is no gap; the seconds that each took."""
    held = await at.record([f"{prefix}{number}" for number in range(pace.messages)])
    approved: dict[str, float] = {}
    for group in [[one] for one in held] if pace.gap else [held]:
        began = time.time()
        approved |= dict.fromkeys((str(one.item.item_id) for one in group), began)
        await at.approve(group)
        await asyncio.sleep(max(0.0, began + pace.gap - time.time()))
    ledger = where.ledger
    came: dict[str, float] = {}

    def all_came() -> bool:
        came.update({one.item: one.at for one in ledger.read() if one.item in approved})
        return len(came) == len(approved)

    await until(f"all of {prefix}* are published", all_came, DRAIN_SECONDS)
    return [came[item] - when for item, when in approved.items()]


async def _killed(at: Desk, where: Place, blows: Blows) -> tuple[Verdict, int]:
    """Publishers are killed at random moments of the work, and new ones come."""
    ids = [f"kill-{number}{'' if (number + 1) % REFUSED_EVERY else REFUSED}" for number in range(blows.dispatches)]
    held = await at.record(ids)
    async with crowd(where, PUBLISHERS, SLOWNESS) as publishers:
        for start in range(0, len(held), CHUNK):
            await at.approve(held[start : start + CHUNK])
        await _strike(publishers, where, blows)
        await _calm(at, blows.settle)
        killed = publishers.kills
    return await verdict(at.db, "kill-", where.ledger.read()), killed


async def _strike(publishers: Crowd, where: Place, blows: Blows) -> None:
    """Each kill waits for a random share of the writes, so that all of them fall into the work."""
    chance, ledger = random.Random(blows.seed), where.ledger
    before = len(ledger.read())
    last = int((blows.dispatches - blows.dispatches // REFUSED_EVERY) * 0.9)
    for share in sorted(chance.sample(range(1, last), blows.kills)):
        await until(f"{share} are published", lambda share=share: len(ledger.read()) - before >= share, DRAIN_SECONDS)  # type: ignore[misc]
        await until("somebody receives", lambda: bool(publishers.ready()), DRAIN_SECONDS)
        await asyncio.sleep(chance.uniform(0, 0.2))
        publishers.kill_one(chance)


async def _calm(at: Desk, seconds: float) -> None:
    """Until none is on its way; what is then still there is for the verdict."""
    deadline = time.monotonic() + seconds
    while await live(at.db, "kill-") and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
