"""What tests of storage share: a supplier with two accounts, and customers who write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedback_service.domain.feedback import Feedback, FeedbackStatus, Question, Review
from feedback_service.domain.identity import AccountId, AccountKey, Fence, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.storage import Approval, Change, SupplierStorage
from feedback_service.storage import Database
from tests.contract.memory_store import MemoryStorage
from tests.support.clock import ManualClock

KEY = "QUNDRVNTLUtFWS1PTkxZLUZPUi1URVNUUy0zMmJ5dGU="
ACME = SupplierKey("acme")
LEASE = timedelta(minutes=5)
WRITTEN = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Stores:
    """One supplier's stores of either kind; `account` is its first account."""

    for_supplier: Callable[[SupplierKey, Fence | None], SupplierStorage]
    account: AccountId
    other_account: AccountId
    clock: ManualClock

    @property
    def own(self) -> SupplierStorage:
        return self.for_supplier(ACME, None)


def supplier(key: str = ACME, *accounts: str, **fields: object) -> Supplier:
    """A supplier whose accounts are on Wildberries."""
    made = tuple(
        Account(
            id=AccountId(0),
            key=AccountKey(name),
            supplier=SupplierKey(key),
            platform=PlatformKey("wildberries"),
            credentials={"token": f"token-of-{name}"},
        )
        for name in accounts or ("first", "second")
    )
    return Supplier(key=SupplierKey(key), title=key.title(), accounts=made, **fields)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(url: str, clock: ManualClock) -> AsyncIterator[Database]:
    """The database by a clock of the test's."""
    database = await Database.open(url, clock, [KEY])
    try:
        yield database
    finally:
        await database.close()


def memory_stores(clock: ManualClock) -> Stores:
    return Stores(MemoryStorage(clock).for_supplier, AccountId(1), AccountId(2), clock)


@asynccontextmanager
async def postgres_stores(url: str, clock: ManualClock) -> AsyncIterator[tuple[Stores, Database]]:
    async with opened(url, clock) as database:
        await database.suppliers.apply([supplier()])
        accounts = (await database.suppliers.load(ACME)).accounts
        yield Stores(database.for_supplier, accounts[0].id, accounts[1].id, clock), database


def review(item: str = "r1", text: str = "Хорошая кружка", **fields: object) -> Review:
    values = {"created_at": WRITTEN, "rating": 5} | fields
    return Review(item_id=ItemId(item), text=text, **values)  # type: ignore[arg-type]


def question(item: str = "q1", text: str = "Можно мыть в машине?", **fields: object) -> Question:
    values = {"created_at": WRITTEN} | fields
    return Question(item_id=ItemId(item), text=text, **values)  # type: ignore[arg-type]


async def kept(stores: Stores, item: str = "r1") -> Feedback:
    found = await stores.own.feedback.by_item(stores.account, ItemId(item))
    assert found is not None
    return found


async def move(stores: Stores, to: FeedbackStatus, item: str = "r1", because: str = "next") -> Feedback:
    """One step of a feedback."""
    approve = Approval("Спасибо!") if to is FeedbackStatus.APPROVED else None
    change = Change(feedback=await kept(stores, item), to=to, because=because, approve=approve)
    assert await stores.own.feedback.apply([change]) == []
    return await kept(stores, item)


async def approved(stores: Stores, item: str = "r1") -> Feedback:
    """A recorded review with an answer that waits to be sent."""
    if await stores.own.feedback.by_item(stores.account, ItemId(item)) is None:
        await stores.own.feedback.record(stores.account, [review(item)], reopen_edited=True)
    draft = Draft("Спасибо!", DraftOrigin.PERSON)
    held = Change(feedback=await kept(stores, item), to=FeedbackStatus.HELD, because="asks", draft=draft)
    assert await stores.own.feedback.apply([held]) == []
    return await move(stores, FeedbackStatus.APPROVED, item)
