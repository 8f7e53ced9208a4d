"""What one claim costs beside ten thousand finished items and beside a million: it must not grow with them."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.storage import SupplierStorage
from feedback_service.secret_keys import new_key
from feedback_service.storage import Database, embedded, migrate
from feedback_service.storage.engine import parse_url
from feedback_service.transports.clock import SystemClock

TARGET = 1.5
LEASE = timedelta(minutes=5)
SUPPLIER = SupplierKey("bench")
WARM_UP = 30
"""Claims that are not counted: the driver and PostgreSQL prepare their plans."""
PENDING = frozenset({DispatchStatus.PENDING})

ITEMS = """
    INSERT INTO feedback (supplier_id, account_id, item_id, kind, item_created_at, rating, text, author, product,
                          fingerprint, status, not_before, collected_at, changed_at)
    SELECT supplier_id, id, :prefix || number, 'review', now(), 5, repeat('Отличная кружка, держит тепло. ', 5), 'Вера',
           '{"sku": "1", "name": "Кружка", "brand": "", "article": ""}', '0123456789abcdef', :status,
           now() - interval '1 day' + number * interval '1 millisecond', now(), now()
    FROM account, generate_series(1, :count) AS number
"""
DISPATCHES = """
    INSERT INTO dispatch (feedback_id, account_id, action, text, fingerprint, status, attempts, not_before, created_at,
                          changed_at)
    SELECT id, account_id, 'answer', repeat('Спасибо за отзыв! ', 10), fingerprint, :status, 1, not_before, now(), now()
    FROM feedback WHERE item_id LIKE :prefix || '%'
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two databases that are compared."""

    storage: SupplierStorage
    account: AccountId

    async def claim_feedback(self, batch: int) -> int:
        return len(await self.storage.feedback.claim(FeedbackStatus.COLLECTED, batch, LEASE))

    async def claim_dispatches(self, batch: int) -> int:
        return len(await self.storage.outbox.claim(self.account, PENDING, batch, LEASE))


def run(few: int = 10_000, many: int = 1_000_000, claims: int = 300, batch: int = 20) -> dict[str, Any]:
    """Claim by turns in both databases; the value is the worse of the two ratios of the 95th percentiles."""
    with tempfile.TemporaryDirectory(prefix="feedback-claims-") as folder:
        data_dir = Path(folder)
        url = embedded.start(data_dir)
        try:
            times = asyncio.run(_measure(url, few, many, claims, batch))
        finally:
            embedded.release(data_dir)
    p95 = {name: [_p95(side) for side in sides] for name, sides in times.items()}
    ratios = {name: round(large / small, 3) for name, (small, large) in p95.items()}
    value = max(ratios.values())
    details = {f"{name}_p95_ms": [round(1000 * one, 3) for one in both] for name, both in p95.items()}
    return {
        "name": "claims",
        "value": value,
        "unit": f"p95 of one claim beside {many} finished items / beside {few}",
        "target": TARGET,
        "ok": value <= TARGET,
        "ratios": ratios,
        **details,
        "claims": claims,
        "batch": batch,
    }


Times = dict[str, tuple[list[float], list[float]]]


async def _measure(url: str, few: int, many: int, claims: int, batch: int) -> Times:
    waiting = (claims + WARM_UP) * batch
    times: Times = {"feedback": ([], []), "dispatches": ([], [])}
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(_side(url, finished, waiting)) for finished in (few, many)]
        for number in range(claims + WARM_UP):
            for place in (0, 1) if number % 2 else (1, 0):
                for name, claim in (
                    ("feedback", sides[place].claim_feedback),
                    ("dispatches", sides[place].claim_dispatches),
                ):
                    took = await _timed(claim, batch)
                    if number >= WARM_UP:
                        times[name][place].append(took)
    return times


async def _timed(claim: Callable[[int], Awaitable[int]], batch: int) -> float:
    begun = time.perf_counter()
    taken = await claim(batch)
    took = time.perf_counter() - begun
    assert taken == batch, f"claimed {taken} of {batch}"
    return took


@asynccontextmanager
async def _side(server: str, finished: int, waiting: int) -> AsyncIterator[Side]:
    """A database with so many finished items and deliveries, and as many waiting ones on both sides."""
    url = parse_url(server).set(database=f"finished_{finished}").render_as_string(hide_password=False)
    await _create(server, f"finished_{finished}")
    await asyncio.to_thread(migrate.upgrade, url)
    database = await Database.open(url, SystemClock(), [new_key()])
    try:
        await database.suppliers.apply([_supplier()])
        await _fill(database, finished, waiting)
        account = (await database.suppliers.load(SUPPLIER)).accounts[0]
        yield Side(database.for_supplier(SUPPLIER, None), account.id)
    finally:
        await database.close()


async def _fill(database: Database, finished: int, waiting: int) -> None:
    begun = time.perf_counter()
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("SET statement_timeout = 0"))
        for prefix, count, status, delivery in (
            ("old-", finished, "answered", "confirmed"),
            ("due-", waiting, "approved", "pending"),
        ):
            await connection.execute(sa.text(ITEMS), {"prefix": prefix, "count": count, "status": status})
            await connection.execute(sa.text(DISPATCHES), {"prefix": prefix, "status": delivery})
        await connection.execute(sa.text(ITEMS), {"prefix": "new-", "count": waiting, "status": "collected"})
        await connection.execute(sa.text("VACUUM ANALYZE"))
        await connection.execute(sa.text("CHECKPOINT"))
    print(f"filled {finished} finished and {waiting} waiting items in {time.perf_counter() - begun:.0f} s", flush=True)


async def _create(server: str, name: str) -> None:
    database = await Database.open(server, SystemClock(), [new_key()])
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text(f"CREATE DATABASE {name}"))
    await database.close()


def _supplier() -> Supplier:
    account = Account(id=AccountId(0), key=AccountKey("bench"), supplier=SUPPLIER, platform=PlatformKey("wildberries"))
    return Supplier(key=SUPPLIER, title="Bench", accounts=(account,))


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
