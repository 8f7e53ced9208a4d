"""Private memory of an idle supplier's process: forked by the supervisor, beside the same worker started by exec."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import mean

from benchmarks._stage import Stage, stage, supplier, wait_until
from feedback_service.cli.demo.processes import running

TARGET_MB = 25.0
KB_PER_MB = 1024
IDLE_LOOK_SECONDS = 2.0
IDLE_CORES = 0.1


def run(suppliers: int = 50, alone: int = 3) -> dict[str, object]:
    """Measure `suppliers` forked workers, then `alone` workers of their own command."""
    with stage() as one:
        keys = [f"s{number:03}" for number in range(suppliers)]
        opened = [one.control.open("wildberries", key, {}) for key in keys]
        one.apply([supplier(key, account) for key, account in zip(keys, opened, strict=True)])
        forked = _forked(one, suppliers)
        executed = _executed(one, keys[:alone])
    worst = max(forked)
    return {
        "name": "memory",
        "value": round(worst, 1),
        "unit": "MB private per idle child, the largest",
        "target": TARGET_MB,
        "ok": worst <= TARGET_MB,
        "children": len(forked),
        "forked_mean_mb": round(mean(forked), 1),
        "executed_mean_mb": round(mean(executed), 1),
        "ratio_to_exec": round(mean(forked) / mean(executed), 2),
    }


def _forked(one: Stage, suppliers: int) -> list[float]:
    with running(["run"], one.directory / "run.log", one.environment, one.directory) as parent:
        wait_until("every worker polls its account", lambda: _polled(one) >= suppliers, 180)
        roster_and_workers = _children(parent.pid)
        wait_until("the workers are idle", _idle(roster_and_workers))
        return sorted(private_mb(pid) for pid in roster_and_workers)[-suppliers:]


def _executed(one: Stage, keys: Sequence[str]) -> list[float]:
    before = _polled(one)
    with ExitStack() as stack:
        pids = []
        for key in keys:
            log = one.directory / f"{key}.log"
            words = ["run", "--supplier", key]
            pids.append(stack.enter_context(running(words, log, one.environment, one.directory)).pid)
        wait_until("the lone workers poll", lambda: _polled(one) >= before + 2 * len(keys))
        wait_until("the lone workers are idle", _idle(pids))
        return [private_mb(pid) for pid in pids]


def _polled(one: Stage) -> int:
    """Accounts times kinds that were read so far, halved: every worker reads reviews and questions."""
    return int(one.control.ledger(entries=False)["summary"]["requests"].get("200", 0)) // 2


def private_mb(pid: int) -> float:
    """What the process alone holds, in MB; pages shared with its parent do not count."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / KB_PER_MB


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _idle(pids: Sequence[int]) -> Callable[[], bool]:
    """True once the processes took less than IDLE_CORES for every ten of them since the last look."""
    last = (time.monotonic(), _cpu_seconds(pids))

    def settled() -> bool:
        nonlocal last
        now = (time.monotonic(), _cpu_seconds(pids))
        if now[0] - last[0] < IDLE_LOOK_SECONDS:
            return False
        busy = (now[1] - last[1]) / (now[0] - last[0])
        last = now
        return busy < IDLE_CORES * max(1, len(pids) / 10)

    return settled


def _cpu_seconds(pids: Sequence[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
