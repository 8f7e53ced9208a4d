"""What the queue benchmark plays on: a database, an emulator, a worker that announces and confirms, publishers."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks._queue_market import SPEC, Ledger, Market, review
from benchmarks._queue_process import config_at, ledger_in, settings_in
from feedback_service import bootstrap
from feedback_service.domain.feedback import Feedback, FeedbackStatus
from feedback_service.domain.identity import AccountId, AccountKey, Fence, ItemId, SupplierKey
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.lifetime import Unwatched
from feedback_service.pipeline.announce import Announce
from feedback_service.pipeline.claims import Claims
from feedback_service.pipeline.confirm import UNSETTLED, Confirm
from feedback_service.pipeline.rests import Rests
from feedback_service.pipeline.rollback import RollBack
from feedback_service.ports.queue import Queue
from feedback_service.ports.storage import Approval, Change, SupplierStorage
from feedback_service.storage import Database
from feedback_service.transports.pubsub import PubSubQueue
from feedback_service.transports.pubsub.provision import provision
from feedback_service.worker.driver import Driver, Rhythm
from feedback_service.worker.stages import CONFIRM_PACE, PACE
from feedback_service.worker.worker import Worker

ROOT = Path(__file__).parents[1]
SHOP = SupplierKey("shop")
ACCOUNTS = 6
IDLE = 1.0
START_SECONDS = 60.0
STOP_SECONDS = 30.0
ANSWER = "Спасибо за отзыв!"


@dataclass(frozen=True, slots=True)
class Place:
    """An emulator that listens, a migrated database, and a folder for the rest."""

    address: str
    site: bootstrap.Site
    folder: Path

    @property
    def ledger(self) -> Ledger:
        return ledger_in(self.folder)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many messages, and the seconds from one to the next; with no gap they come all at once."""

    messages: int
    gap: float


@contextmanager
def place() -> Iterator[Place]:
    """Set up, and tear down again; nothing is left."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedback-bench-")))
        site = bootstrap.prepare(settings_in(folder))
        stack.callback(bootstrap.put_away, site)
        emulator = _started("emulator", "-", str(folder), "0")
        stack.callback(_stopped, emulator)
        found = folder / "emulator.address"
        deadline = time.monotonic() + START_SECONDS
        while not found.exists():
            if emulator.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError("the emulator did not start")
            time.sleep(0.05)
        yield Place(found.read_text(), site, folder)


def _started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks._queue_process", *words], cwd=ROOT)


def _stopped(process: subprocess.Popen[bytes]) -> int:
    """SIGTERM, then SIGKILL to one that does not listen."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@dataclass
class Crowd:
    """Publishers, each a process of its own; `pause` is that of their platform."""

    place: Place
    pause: float
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def grow(self) -> None:
        self.processes.append(_started("publisher", self.place.address, str(self.place.folder), str(self.pause)))

    def ready(self) -> list[subprocess.Popen[bytes]]:
        return [one for one in self.processes if (self.place.folder / f"{one.pid}.ready").exists()]

    def kill_one(self, chance: random.Random) -> None:
        """kill -9 for one that receives, and a new one in its place."""
        victim = chance.choice(self.ready())
        victim.kill()
        victim.wait()
        self.kills += 1
        self.processes.remove(victim)
        self.grow()


@asynccontextmanager
async def crowd(where: Place, size: int, pause: float = 0.0) -> AsyncIterator[Crowd]:
    """So many publishers that receive; all are ended at the end."""
    made = Crowd(where, pause)
    try:
        for _ in range(size):
            made.grow()
        await until("all publishers receive", lambda: len(made.ready()) == size, START_SECONDS)
        yield made
    finally:
        for one in made.processes:
            one.terminate()
        for one in made.processes:
            await asyncio.to_thread(_stopped, one)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever approves answers, beside the worker that announces them."""

    db: Database
    storage: SupplierStorage
    accounts: Sequence[Account]

    async def record(self, items: Sequence[str]) -> list[Feedback]:
        """Held reviews with a draft; the accounts take turns."""
        for number, account in enumerate(self.accounts):
            mine = [review(item) for item in items[number :: len(self.accounts)]]
            await self.storage.feedback.record(account.id, mine, reopen_edited=True)
        kept = [await self._kept(self._account(number), item) for number, item in enumerate(items)]
        draft = Draft(ANSWER, DraftOrigin.PERSON)
        await self._apply([Change(feedback=one, to=FeedbackStatus.HELD, because="asks", draft=draft) for one in kept])
        return [replace(one, status=FeedbackStatus.HELD, revision=one.revision + 1) for one in kept]

    async def approve(self, held: Sequence[Feedback]) -> None:
        """All of them at once, in their order."""
        approval, to = Approval(ANSWER), FeedbackStatus.APPROVED
        await self._apply([Change(feedback=one, to=to, because="good", approve=approval) for one in held])

    def _account(self, number: int) -> AccountId:
        return self.accounts[number % len(self.accounts)].id

    async def _kept(self, account: AccountId, item: str) -> Feedback:
        found = await self.storage.feedback.by_item(account, ItemId(item))
        assert found is not None
        return found

    async def _apply(self, changes: Sequence[Change]) -> None:
        lost = await self.storage.feedback.apply(changes)
        assert not lost


@asynccontextmanager
async def desk(where: Place) -> AsyncIterator[Desk]:
    """A supplier whose worker runs in this process, as far as it sends by the queue."""
    config, stop = config_at(where.address), asyncio.Event()
    await provision(config)
    queue = PubSubQueue(config)
    async with bootstrap.database(where.site) as db, db.listener() as bell:
        await db.suppliers.apply([_supplier()])
        accounts = (await db.suppliers.load(SHOP)).accounts
        (held,) = await bootstrap.leases(where.site, db, SHOP).acquire()
        fenced = db.for_supplier(SHOP, Fence(SHOP, where.site.settings.host_name, held.epoch))
        drivers = [
            one for account in accounts for one in _drivers(account, Sending(db, fenced, queue, where.ledger, stop))
        ]
        rollback = RollBack(queue, lambda key: db.for_supplier(key, None), db.clock)
        drivers.append(Driver(rollback, Rhythm(idle=0.0, hears=False), stop))
        working = asyncio.create_task(Worker(SHOP, drivers, bell, Unwatched(), stop).run())
        try:
            yield Desk(db, db.for_supplier(SHOP, None), accounts)
        finally:
            stop.set()
            await working
            await queue.close()


@dataclass(frozen=True, slots=True)
class Sending:
    """What all accounts' stages share."""

    db: Database
    storage: SupplierStorage
    queue: Queue
    ledger: Ledger
    stop: asyncio.Event


def _drivers(account: Account, shared: Sending) -> list[Driver]:
    """The stages and rhythms of an account whose answers leave by the queue, as the worker's own list has them."""
    clock = shared.db.clock
    announce = Announce(account, shared.storage, shared.queue, clock)
    claims = Claims(account.id, shared.storage.outbox, UNSETTLED, Rests(clock))
    confirm = Confirm(account, Market(shared.ledger), shared.storage, clock, claims)
    return [
        Driver(announce, Rhythm(idle=IDLE, pace=PACE), shared.stop),
        Driver(confirm, Rhythm(idle=IDLE, pace=CONFIRM_PACE), shared.stop),
    ]


def _supplier() -> Supplier:
    accounts = tuple(
        Account(id=AccountId(0), key=AccountKey(f"account-{number}"), supplier=SHOP, platform=SPEC.key)
        for number in range(ACCOUNTS)
    )
    return Supplier(key=SHOP, title="Shop", accounts=accounts)


async def until(what: str, look: Callable[[], bool], seconds: float) -> None:
    """Look again and again; raises TimeoutError naming what did not come about."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        await asyncio.sleep(0.05)
