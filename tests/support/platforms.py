"""Every platform with its replica, ready for one contract suite: a sandbox, an account in it, and its connector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from itertools import count

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Sighting
from feedback_service.domain.errors import AccountFault
from feedback_service.domain.feedback import Item, Kind, fingerprint
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.pipeline.ways import Ways
from feedback_service.platforms import find, keys
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import LedgerEntry, Replica, SandboxAccount, SandboxCustomer, TellsWrites
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import LOCALHOST, Sandbox
from tests.support.paper_browser import PaperBrowser, PaperPage
from tests.support.sandbox import HandClock

SHOP = "berezka"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """In what platforms differ by right.

    `unlimited`: options of a sandbox account without a rate limit. `extra_looks`: calls that a look at many items takes
    beyond one for each. `names_reviewers`: whether reviews come with their authors' names. `looks_first`: kinds of
    which an item must have been seen before it can be answered by one call; the flow always looks first. `write_call`:
    a part of "POST /path" by which faults find the write, where it is not the only call of an answer.
    """

    unlimited: Mapping[str, object] = field(default_factory=dict)
    moderates: frozenset[Kind] = frozenset()
    supplements: bool = False
    reviews_per_page: int = 1000
    extra_looks: int = 0
    names_reviewers: bool = True
    looks_first: frozenset[Kind] = frozenset()
    write_call: str | None = None


MANNERS = {
    "flamp": Manners(reviews_per_page=50, write_call="POST /cabinet/r/"),
    "google_business": Manners(
        moderates=frozenset({Kind.REVIEW}),
        reviews_per_page=50,
        write_call="PUT /v4/",
    ),
    "ozon": Manners(
        moderates=frozenset(Kind),
        reviews_per_page=100,
        extra_looks=20,
        names_reviewers=False,
        looks_first=frozenset({Kind.QUESTION}),
    ),
    "twogis": Manners(
        moderates=frozenset({Kind.REVIEW}),
        reviews_per_page=50,
        looks_first=frozenset({Kind.REVIEW}),
        write_call="POST /api/1.0/presence/reviews",
    ),
    "wildberries": Manners(
        unlimited={"rate": 1e6, "burst": 1_000_000}, moderates=frozenset({Kind.REVIEW}), supplements=True
    ),
    "yandex_business": Manners(
        moderates=frozenset({Kind.REVIEW}),
        reviews_per_page=20,
        looks_first=frozenset({Kind.REVIEW}),
        write_call="POST /sprav/api/ugcpub/business-answer",
    ),
    "yandex_market": Manners(moderates=frozenset(Kind), reviews_per_page=50, extra_looks=1),
    "zoon": Manners(reviews_per_page=102, write_call="POST /cabinet/organizations/"),
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
    doorway: Doorway
    aim: str | None = None
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
        """A customer's item that can be answered by one call; faults planned from now on wait for the write."""
        item_id = self.customer()
        self.aim = self.manners.write_call
        if self.kind in self.manners.looks_first:
            await self.see(item_id)
        return item_id

    def plan(self, fault: str, count: int | None = 1, **options: object) -> None:
        self.sandbox.faults.add(Fault(fault, count=count, match=self.aim, options=options))

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
        """How many calls reached the platform."""
        return sum(self.sandbox.requests.statuses(self.key).values())

    def writes(self) -> int:
        """How many of them may have written."""
        replica = self.doorway.replica
        return sum(1 for one in self.sandbox.requests.seen(self.key) if _may_write(replica, one.method, one.path))


@dataclass(frozen=True)
class Doorway:
    """An opened account with what it was opened by: a session of its cabinet, and a browser without Chromium."""

    connector: Connector
    sessions: KeptSession
    browser: PaperBrowser
    replica: Replica


@asynccontextmanager
async def stand(key: str, kind: Kind, options: Mapping[str, object] | None = None) -> AsyncIterator[Stand]:
    """A fresh sandbox with one account, and the platform's real connector to it; without options nothing limits it.

    Where the platform has an API to answer by, that is used; where it has none, answers leave by its cabinet's real
    pages. Whoever lives by a session of the cabinet is signed in.
    """
    clock = HandClock()
    replica = import_module(f"feedback_service.platforms.{key}.replica").REPLICA()
    async with Sandbox([replica], clock=clock) as sandbox:
        credentials = sandbox.register(
            key, SandboxAccount(SHOP, MANNERS[key].unlimited if options is None else options)
        )
        doorway = opened(sandbox, replica, credentials, clock)
        try:
            yield Stand(key, kind, sandbox, clock, doorway.connector, doorway, credentials=credentials)
        finally:
            await doorway.connector.close()


def opened(sandbox: Sandbox, replica: Replica, credentials: Mapping[str, str], clock: HandClock) -> Doorway:
    """The account by the ways that it needs, made one connector as the service makes it."""
    key = replica.platform
    platform, spec = find(key), find(key).SPEC
    writing = Way.API if Delivery.API in spec.deliveries else spec.deliveries[0].way
    reading = Way.API if Way.API in spec.reading_ways else writing
    cookies = _signed_in(sandbox, key)
    sessions = KeptSession(cookies, clock)
    browser = PaperBrowser(PaperPage({one.name: one.value for one in cookies}))
    access = Access(
        label=f"{SHOP}/{key}",
        base_url=sandbox.url_of(key),
        credentials=credentials,
        clock=clock,
        cabinet_url=sandbox.cabinet_url_of(key) if key in sandbox.gates else "",
        browser=browser,
        sessions=sessions if cookies else None,
    )
    ways = {way: platform.connect(replace(access, way=way)) for way in dict.fromkeys((reading, writing))}
    only_api = set(ways) == {Way.API}
    connector = ways[Way.API] if only_api else Ways(f"{SHOP}/{key}", reading, writing, ways)
    return Doorway(connector, sessions, browser, replica)


def _signed_in(sandbox: Sandbox, key: str) -> tuple[Cookie, ...]:
    if find(key).SPEC.cabinet is None:
        return ()
    values, until = sandbox.sign_in(key, SHOP, Term())
    ends = datetime.fromtimestamp(until, UTC)
    return tuple(Cookie(name=name, value=value, domain=LOCALHOST, expires_at=ends) for name, value in values.items())


@dataclass
class KeptSession:
    """Fulfils SessionKeeper with a session in memory; no cookies: nobody is signed in."""

    cookies: tuple[Cookie, ...]
    clock: HandClock
    kept: list[tuple[Cookie, ...]] = field(default_factory=list)

    async def session(self) -> Session | None:
        if not self.cookies:
            raise AccountFault("nobody is signed in to the cabinet", f"run: feedback-service login {SHOP}")
        return Session(cookies=self.cookies, saved_at=self.clock.now())

    async def keep(self, cookies: Sequence[Cookie]) -> datetime | None:
        self.cookies = tuple(cookies)
        self.kept.append(self.cookies)
        return self.clock.now()


def _may_write(replica: Replica, method: str, path: str) -> bool:
    return replica.writes(method, path) if isinstance(replica, TellsWrites) else method != "GET"
