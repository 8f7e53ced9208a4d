"""Time from a new review on each platform's replica to its confirmed answer, all platforms at once, answered alone.

The whole service runs: one worker, and a publisher for the accounts whose answers leave by the queue. Every platform
gets one new review at a time; what is timed goes from its writing to the moment at which our answer was seen there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from benchmarks._platforms_market import Place, opened, signed_up, write
from benchmarks._stage import Stage, stage
from feedback_service import bootstrap, platforms
from feedback_service.cli.demo.processes import running, wait
from feedback_service.domain.errors import AccountFault
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.ports.views import Filter
from feedback_service.storage.database import Database

TARGET = 10.0
"""Seconds for 95 of 100 answers, on platforms that are answered by an API."""
PATIENCE = 180.0
"""Seconds for the last answers, after the last review was written."""
LOOK_AGAIN = 0.25


@dataclass(slots=True)
class Watch:
    """When each review was written, and when its answer was seen, by item (epoch seconds)."""

    written: dict[str, tuple[str, float]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def seconds(self, platform: str) -> Sequence[float]:
        """Of a platform's answers, in the order of their reviews."""
        mine = [(item, at) for item, (where, at) in self.written.items() if where == platform]
        return [self.seen[item] - at for item, at in mine if item in self.seen]


def run(reviews: int = 12, pause: float = 4.0, poll: float = 2.0, browser: int = 1) -> dict[str, object]:
    """`reviews` new ones on each platform, `pause` seconds between two of a platform; polled every `poll` seconds."""
    with stage() as one, ExitStack() as stack:
        places = opened(one, browser=bool(browser) and _there_is_one(one))
        asyncio.run(signed_up(one, places, timedelta(seconds=poll)))
        environment = {**one.environment, **_queue(one), "BROWSER_LIMIT": str(len(places))}
        with running(["queue", "init"], one.directory / "queue.log", environment, one.directory) as made:
            assert wait(made, 60) == 0, (one.directory / "queue.log").read_text("utf-8")
        stack.enter_context(running(["run"], one.directory / "run.log", environment, one.directory))
        watch = asyncio.run(_timed(one, places, reviews, pause))
        summary = one.control.ledger(entries=False)["summary"]
    found = {place.platform: _figures(place, watch) for place in places}
    by_api = [one for place, one in zip(places, found.values(), strict=True) if not place.stall.by_browser]
    slowest = max(float(str(one["p95_s"])) for one in by_api)
    whole = all(one["answered"] == reviews for one in found.values())
    return {
        "name": "platforms",
        "value": slowest,
        "unit": "seconds from a new review to its confirmed answer, p95 of the slowest platform with an API",
        "target": TARGET,
        "ok": slowest <= TARGET and whole and summary["twice"] == 0,
        "reviews": reviews,
        "poll_s": poll,
        "platforms": found,
        "twice": summary["twice"],
    }


def _figures(place: Place, watch: Watch) -> Mapping[str, object]:
    seconds = watch.seconds(place.platform)
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [PATIENCE] * 99
    return {
        "by": str(place.stall.delivery),
        "p50_s": round(cuts[49], 2),
        "p95_s": round(cuts[94], 2),
        "answered": len(seconds),
        "lines": lines_of(place.platform),
    }


def lines_of(platform: str) -> int:
    """Lines of Python in a platform's folder without its replica, blank ones left out."""
    folder = Path(platforms.__file__).parent / platform
    mine = [one for one in folder.rglob("*.py") if "replica" not in one.relative_to(folder).parts]
    return sum(1 for one in mine for line in one.read_text("utf-8").splitlines() if line.strip())


def _there_is_one(one: Stage) -> bool:
    from feedback_service.transports.browser.finding import find

    try:
        find(bootstrap.browser_config(one.site.settings))
    except AccountFault:
        return False
    return True


def _queue(one: Stage) -> Mapping[str, str]:
    return {
        "PUBSUB_PROJECT": "feedback-bench",
        "PUBSUB_EMULATOR_HOST": one.control.pubsub(),
        "RUN_PUBLISHER": "true",
        "IDLE_SECONDS": "0.5",
        "LOG_LEVEL": "INFO",
    }


async def _timed(one: Stage, places: Sequence[Place], reviews: int, pause: float) -> Watch:
    watch = Watch()
    async with bootstrap.database(one.site) as db:
        await _warmed_up(one, db, places)
        for number in range(1, reviews + 1):
            for place in places:
                item, at = await asyncio.to_thread(write, one, place, number)
                watch.written[item] = (place.platform, at)
                await asyncio.sleep(pause / len(places))
        await _all_answered(db, set(watch.written), PATIENCE)
        watch.seen = await _moments(db, set(watch.written))
    return watch


async def _warmed_up(one: Stage, db: Database, places: Sequence[Place]) -> None:
    """One answer on each platform before anything is timed: browsers start, first passes read everything."""
    first = {(await asyncio.to_thread(write, one, place, 0))[0] for place in places}
    await _all_answered(db, first, PATIENCE)


async def _all_answered(db: Database, items: set[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while items - set(await _answered(db)) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_AGAIN)


async def _answered(db: Database) -> Mapping[str, int]:
    done = Filter(statuses=frozenset({FeedbackStatus.ANSWERED}), limit=10_000)
    return {str(each.feedback.item.item_id): each.feedback.id for each in await db.views.list(done)}


async def _moments(db: Database, items: set[str]) -> dict[str, float]:
    found = {}
    for item, number in (await _answered(db)).items():
        story = await db.views.story(number) if item in items else None
        if story is not None:
            ends = [step.at for step in story.steps if step.new == FeedbackStatus.ANSWERED]
            found[item] = ends[-1].timestamp()
    return found
