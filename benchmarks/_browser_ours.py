"""Our side of the browser benchmark: the service with one account in a browser, one turn of it, and its memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks._daemon import Daemon
from benchmarks._stage import Stage
from feedback_service import bootstrap
from feedback_service.cli.demo.processes import running
from feedback_service.cli.demo.sandbox_control import OpenedAccount
from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import Feedback, FeedbackStatus
from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Account, AnswerPolicy, Decision, Delivery, Supplier
from feedback_service.ports.views import Filter
from feedback_service.storage.database import Database
from feedback_service.transports.browser import keeper
from feedback_service.transports.browser.stage import directory_of

PLATFORM = PlatformKey("yandex_market")
SHOP = SupplierKey("bench")
ACCOUNT = AccountKey("main")
OURS = "bench-ours"
LOOK_SECONDS = 0.1
WAIT_SECONDS = 300.0
KB_PER_MB = 1024
ASKED = AnswerPolicy(
    reviews=dict.fromkeys(range(1, 6), Decision.APPROVE), questions=Decision.APPROVE, stars_only=Decision.APPROVE
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds until the last answer was written and seen on its page, seconds until all of them were looked at again
    later, and the requests that our browser made until the former.
    """

    sent: float
    confirmed: float
    requests: int


def apply(one: Stage, opened: OpenedAccount) -> None:
    """The supplier, signed in as a person would do it."""
    one.apply([_supplier(opened)])
    cookies = one.directory / "cookies.json"
    cookies.write_text(json.dumps(one.control.sign_in(PLATFORM, OURS)), "utf-8")
    words, log = ["login", f"{SHOP}/{ACCOUNT}", "--cookies", str(cookies)], one.directory / "login.log"
    with running(words, log, one.environment, one.directory) as process:
        if process.wait() != 0:
            raise RuntimeError(log.read_text("utf-8"))


def _supplier(opened: OpenedAccount) -> Supplier:
    """Read once at the start, then seldom: only answering is to be timed."""
    account = Account(
        id=AccountId(0),
        key=ACCOUNT,
        supplier=SHOP,
        platform=PLATFORM,
        base_url=opened.base_url,
        cabinet_url=opened.cabinet_url,
        credentials={"business_id": opened.credentials["business_id"]},
        delivery=Delivery.BROWSER,
        poll=timedelta(hours=1),
    )
    return Supplier(key=SHOP, title="Bench", policy=ASKED, accounts=(account,))


async def all_held(db: Database, count: int) -> Sequence[Feedback]:
    """The oldest first, once all wait for a person with a draft."""

    async def are_held() -> bool:
        return (await db.views.totals()).feedback.get(FeedbackStatus.HELD, 0) >= count

    await _until(f"all {count} are drafted", are_held)
    listed = await db.views.list(Filter(supplier=SHOP, limit=count))
    return sorted((each.feedback for each in listed), key=lambda each: each.id)


async def turn(one: Stage, db: Database, batch: Sequence[Feedback]) -> Turn:
    """A person approves the batch; the service does the rest."""
    operations = await bootstrap.operations(db, SHOP, PLATFORM, "bench")
    wanted = await _dispatches(db, DispatchStatus.CONFIRMED) + len(batch)

    async def are_written() -> bool:
        return await _dispatches(db, DispatchStatus.SENT, DispatchStatus.CONFIRMED) >= wanted

    async def are_confirmed() -> bool:
        return await _dispatches(db, DispatchStatus.CONFIRMED) >= wanted

    since, began = time.time(), time.monotonic()
    for each in batch:
        await operations.approve(each.id)
    await _until("all are sent", are_written)
    sent = time.monotonic() - began
    requests = sum(float(each["at"]) >= since for each in one.control.requests(PLATFORM, OURS))
    await _until("all are confirmed", are_confirmed)
    return Turn(sent, time.monotonic() - began, requests)


async def _dispatches(db: Database, *statuses: DispatchStatus) -> int:
    found = (await db.views.totals()).dispatches
    return sum(found.get(one, 0) for one in statuses)


async def _until(what: str, look: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not await look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {WAIT_SECONDS:.0f} s")
        await asyncio.sleep(LOOK_SECONDS)


def memory(one: Stage, daemon: Daemon) -> dict[str, float]:
    """Proportional memory (PSS) in MB: of the slot (browser, driver, keeper), and of the worker that drives it."""
    slot = directory_of(bootstrap.browser_config(one.site.settings), f"{SHOP}/{ACCOUNT}").resolve()
    worker = daemon.workers()[SHOP]
    return {
        "slot_mb": round(sum(map(_pss_mb, keeper.processes(str(slot)))), 1),
        "slot_processes": len(keeper.processes(str(slot))),
        "worker_mb": round(_pss_mb(worker), 1),
    }


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KB_PER_MB
