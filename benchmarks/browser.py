"""Replies per minute of one browser slot on Yandex.Market's replica, beside the bare Selenium script in the same run.

Ours is the whole service: `feedback-service run` with one account, whose answers leave by its browser. All reviews are
collected and drafted before, so that what is timed goes from a person's approval to the answer that was seen on its
page. By turns, since what else the machine does changes from minute to minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks._browser_bare import Script, script
from benchmarks._browser_ours import OURS, PLATFORM, Turn, all_held, apply, memory, turn
from benchmarks._daemon import Daemon
from benchmarks._stage import Stage, stage
from feedback_service import bootstrap
from feedback_service.cli.demo.processes import running
from feedback_service.ports.replica import SandboxCustomer

BARE = "bench-bare"
TARGET = 0.8


@dataclass(frozen=True, slots=True)
class Side:
    """Both sides, ready: `twins` gives the bare script's item for each of ours, with the same words of a customer."""

    place: Stage
    bare: Script
    daemon: Daemon
    twins: Mapping[str, str]


def run(replies: int = 60, rounds: int = 3) -> dict[str, object]:
    """Both sides answer the same `replies` reviews with the same texts, in `rounds` turns each."""
    with stage() as one, ExitStack() as stack:
        opened = {name: one.control.open(PLATFORM, name, {}) for name in (OURS, BARE)}
        items = {name: one.control.write(PLATFORM, name, _customers(replies)) for name in opened}
        apply(one, opened[OURS])
        config = bootstrap.browser_config(one.site.settings, "bare")
        bare = stack.enter_context(script(config, one.directory / "bare", opened[BARE]))
        bare.sign_in(one.control.sign_in(PLATFORM, BARE))
        environment = {**one.environment, "LOG_LEVEL": "INFO"}
        log = one.directory / "run.log"
        daemon = Daemon(stack.enter_context(running(["run"], log, environment, one.directory)), log)
        twins = dict(zip(items[OURS], items[BARE], strict=True))
        bare_seconds, turns = asyncio.run(_by_turns(Side(one, bare, daemon, twins), rounds))
        figures = memory(one, daemon)
        summary = one.control.ledger(entries=False)["summary"]
    seconds = sum(each.sent for each in turns)
    ratio = sum(bare_seconds) / seconds
    return {
        "name": "browser",
        "value": round(ratio, 2),
        "unit": "our replies per minute by the bare script's",
        "target": TARGET,
        "ok": ratio >= TARGET
        and summary["answered"] == 2 * replies
        and summary["twice"] == 0
        and all_measured(figures),
        "replies": replies,
        "ours_per_minute": round(60 * replies / seconds, 1),
        "bare_per_minute": round(60 * replies / sum(bare_seconds), 1),
        "ours_until_confirmed_per_minute": round(60 * replies / sum(each.confirmed for each in turns), 1),
        "ratios": [round(bare / ours.sent, 2) for bare, ours in zip(bare_seconds, turns, strict=True)],
        "requests_per_reply": round(sum(each.requests for each in turns) / replies, 1),
        **figures,
        "answered": summary["answered"],
        "twice": summary["twice"],
    }


def all_measured(figures: Mapping[str, float]) -> bool:
    """Whether the slot and the worker were found alive at the end: a figure of nothing proves nothing."""
    return all(figures.values())


def _customers(count: int) -> Sequence[SandboxCustomer]:
    now = time.time()
    return [
        SandboxCustomer(
            kind="review",
            created_at=now - 60 * (count - number),
            text=f"Отличная вещь, беру {number + 1}-й раз",
            rating=5,
            product="Плед шерстяной",
        )
        for number in range(count)
    ]


async def _by_turns(side: Side, rounds: int) -> tuple[list[float], list[Turn]]:
    bare_seconds, turns = [], []
    async with bootstrap.database(side.place.site) as db:
        held = await all_held(db, len(side.twins))
        size = -(-len(held) // rounds)
        for start in range(0, len(held), size):
            batch = held[start : start + size]
            texts = {side.twins[str(each.item.item_id)]: each.draft.text for each in batch if each.draft}
            bare_seconds.append(await asyncio.to_thread(side.bare.work_off, texts))
            turns.append(await turn(side.place, db, batch))
    return bare_seconds, turns
