"""Every platform with its replica, ready for one contract suite: a sandbox, an account in it, and its connector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from itertools import count

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Sighting
from feedback_service.domain.feedback import Item, Kind, fingerprint
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.platforms import find, keys
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

SHOP = "berezka"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """In what platforms differ by right.

    `unlimited`: options of a sandbox account without a rate limit. `extra_looks`: calls that a look at many items takes
    beyond one for each. `names_reviewers`: whether reviews come with their authors' names. `looks_first`: kinds of
    which an item must have been seen before it can be answered by one call; the flow always looks first.
    """

    unlimited: Mapping[str, object] = field(default_factory=dict)
    moderates: frozenset[Kind] = frozenset()
    supplements: bool = False
    reviews_per_page: int = 1000
    extra_looks: int = 0
    names_reviewers: bool = True
    looks_first: frozenset[Kind] = frozenset()


MANNERS = {
    "ozon": Manners(
        moderates=frozenset(Kind),
        reviews_per_page=100,
        extra_looks=20,
        names_reviewers=False,
        looks_first=frozenset({Kind.QUESTION}),
    ),
    "wildberries": Manners(
        unlimited={"rate": 1e6, "burst": 1_000_000}, moderates=frozenset({Kind.REVIEW}), supplements=True
    ),
    "yandex_market": Manners(moderates=frozenset(Kind), reviews_per_page=50, extra_looks=1),
}

CASES = [(key, kind) for key in keys() for kind in sorted(find(key).SPEC.kinds)]


@dataclass
class Stand:
    """One account of one platform, seen from both sides; one clock for both, which waits no real time."""

    key: str
    kind: Kind
    sandbox: Sandbox
    clock: HandClock
    connector: Connector
    numbers: count[int] = field(default_factory=lambda: count(1))
    dates: dict[ItemId, datetime] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def manners(self) -> Manners:
        return MANNERS[self.key]

    def customer(self, text: str = "Кружка хорошая, но маленькая", age: float = 3600, **more: object) -> ItemId:
        """Let a customer of the stand's kind write, `age` seconds ago."""
        at = self.clock.now().timestamp() - age
        rating = 4 if self.kind is Kind.REVIEW else None
        customer = SandboxCustomer(kind=self.kind.value, created_at=at, text=text, rating=rating, author="Аглая")
        item_id = ItemId(self.sandbox.add(self.key, SHOP, replace(customer, **more)))  # type: ignore[arg-type]  # free
        self.dates[item_id] = datetime.fromtimestamp(at, UTC)
        return item_id

    async def ready(self) -> ItemId:
        """A customer's item that can be answered by one call."""
        item_id = self.customer()
        if self.kind in self.manners.looks_first:
            await self.see(item_id)
        return item_id

    def plan(self, fault: str, count: int | None = 1, **options: object) -> None:
        self.sandbox.faults.add(Fault(fault, count=count, options=options))

    async def collect(self) -> Sequence[Item]:
        return [item async for page in self.connector.unanswered(self.kind) for item in page]

    async def see(self, item_id: ItemId) -> Sighting:
        return (await self.connector.sight([self.ref(item_id)]))[item_id]

    async def item(self, item_id: ItemId) -> Item:
        seen = (await self.see(item_id)).item
        assert seen is not None
        return seen

    def ref(self, item_id: ItemId) -> ItemRef:
        return ItemRef(item_id, self.kind, self.dates.get(item_id, self.clock.now()))

    def dispatch(self, item: Item | ItemId, text: str, action: Action = Action.ANSWER) -> Dispatch:
        number = next(self.numbers)
        is_item = not isinstance(item, str)
        return Dispatch(
            id=DispatchId(number),
            feedback_id=FeedbackId(number),
            account_id=AccountId(1),
            ref=ItemRef(item.item_id, item.kind, item.created_at) if is_item else self.ref(item),
            action=action,
            text=text,
            fingerprint=fingerprint(item) if is_item else "",
            status=DispatchStatus.SENDING,
            revision=1,
        )

    async def answer(self, item_id: ItemId, text: str = "Спасибо за отзыв!", action: Action = Action.ANSWER) -> None:
        await self.connector.publish(self.dispatch(item_id, text, action))

    def ledger(self, item_id: ItemId) -> LedgerEntry:
        return next(entry for entry in self.sandbox.ledger(self.key).entries if entry.item == item_id)

    def requests(self) -> int:
        return sum(self.sandbox.requests.statuses(self.key).values())


@asynccontextmanager
async def stand(key: str, kind: Kind, options: Mapping[str, object] | None = None) -> AsyncIterator[Stand]:
    """A fresh sandbox with one account, and the platform's real connector to it; without options nothing limits it."""
    clock = HandClock()
    replica = import_module(f"feedback_service.platforms.{key}.replica").REPLICA()
    async with Sandbox([replica], clock=clock) as sandbox:
        credentials = sandbox.register(
            key, SandboxAccount(SHOP, MANNERS[key].unlimited if options is None else options)
        )
        access = Access(label=f"{SHOP}/{key}", base_url=sandbox.url_of(key), credentials=credentials, clock=clock)
        connector = find(key).connect(access)
        try:
            yield Stand(key, kind, sandbox, clock, connector, credentials=credentials)
        finally:
            await connector.close()
