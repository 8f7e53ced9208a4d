"""One supplier's stages over a fake platform, a fake model and storage in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Question, Review
from feedback_service.domain.identity import AccountId, AccountKey, ItemId, SupplierKey
from feedback_service.domain.supplier import Account, AnswerPolicy, Decision, Supplier, Voice
from feedback_service.lexicon import Inspector
from feedback_service.operations.operate import Operations
from feedback_service.pipeline.classify import Classify
from feedback_service.pipeline.collect import Collect
from feedback_service.pipeline.draft import Write
from feedback_service.pipeline.guard import Guard
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Stage
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.storage import SupplierStorage
from feedback_service.worker.stages import collecting, delivering, thinking
from tests.contract.memory_store import MemoryStorage
from tests.support.bazaar import SPEC, FakePlatform
from tests.support.clock import ManualClock
from tests.support.fake_model import FakeModel

ACCOUNT = AccountId(1)
ACME = SupplierKey("acme")
WRITTEN = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)
ALL_AUTO = AnswerPolicy(reviews=dict.fromkeys(range(6), Decision.AUTO), questions=Decision.AUTO)


@dataclass
class Flow:
    """One supplier with one account: its stages over a fake platform, a fake model and storage in memory."""

    clock: ManualClock
    policy: AnswerPolicy = ALL_AUTO
    stop_words: tuple[str, ...] = ("бесплатно",)
    spec: PlatformSpec = SPEC
    voice: Voice = field(default_factory=Voice)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    unattended: bool = False

    def __post_init__(self) -> None:
        self.platform = FakePlatform(self.clock, self.spec)
        self.model = FakeModel()
        self.store = MemoryStorage(self.clock, {ACCOUNT: self.spec.key})
        self.storage: SupplierStorage = self.store.for_supplier(ACME)
        self.restart()

    def restart(self) -> None:
        """A new process: it knows what the store knows, and nothing else."""
        kit = self.kit()
        account = kit.supplier.accounts[0]
        self.collect: Collect = collecting(kit)[ACCOUNT]
        stages = thinking(kit)
        assert isinstance(stages[0], Classify)
        assert isinstance(stages[1], Write)
        assert isinstance(stages[2], Guard)
        self.classify, self.write, self.guard = stages[0], stages[1], stages[2]
        self.send, self.confirm, (self.retract,) = delivering(kit, account, self.stop)

    def kit(self) -> Kit:
        return Kit(
            supplier=self.supplier,
            storage=self.storage,
            connectors={ACCOUNT: self.platform},
            language=self.model,
            inspector=Inspector(),
            clock=self.clock,
        )

    @property
    def supplier(self) -> Supplier:
        account = Account(
            id=ACCOUNT, key=AccountKey("main"), supplier=ACME, platform=self.spec.key, unattended=self.unattended
        )
        return Supplier(
            key=ACME,
            title="Acme",
            voice=self.voice,
            policy=self.policy,
            stop_words=self.stop_words,
            accounts=(account,),
        )

    @property
    def stages(self) -> Sequence[Stage]:
        return (self.collect, self.classify, self.write, self.guard, self.send, self.confirm)

    def feedback(self, item: str = "r1") -> Feedback:
        return next(one for one in self.store.feedback.values() if one.item.item_id == item)

    def status(self, item: str = "r1") -> FeedbackStatus:
        return self.feedback(item).status

    def dispatches(self, item: str = "r1") -> list[Dispatch]:
        return [one for one in self.store.dispatches.values() if one.ref.item_id == item]

    def dispatch(self, item: str = "r1") -> Dispatch:
        """The latest."""
        return self.dispatches(item)[-1]

    def delivery(self, item: str = "r1") -> DispatchStatus:
        return self.dispatch(item).status

    async def approved(self, *items: Item) -> None:
        """Bring items up to an answer that waits to be sent."""
        self.platform.show(*(items or (review(),)))
        for stage in (self.collect, self.classify, self.write, self.guard):
            await stage.step()

    async def sent(self, *items: Item) -> None:
        await self.approved(*items)
        await self.send.step()

    async def answered(self, *items: Item) -> None:
        await self.sent(*items)
        self.clock.pass_by(timedelta(seconds=1))
        await self.confirm.step()

    def person(self, who: str = "anna") -> Operations:
        return Operations(
            supplier=self.supplier,
            spec=self.spec,
            storage=self.storage,
            inspector=Inspector(),
            clock=self.clock,
            who=who,
        )

    async def correct(self, item: str, text: str) -> None:
        await self.person().edit(self.feedback(item).id, text)

    async def for_long(self, rounds: int = 12, every: timedelta = timedelta(minutes=15)) -> None:
        """Step everything again and again while time passes."""
        for _ in range(rounds):
            for stage in self.stages:
                while (await stage.step()).more:
                    pass
            self.clock.pass_by(every)


def review(item: str = "r1", text: str = "Хорошая кружка", **fields: object) -> Review:
    values = {"created_at": WRITTEN, "rating": 5} | fields
    return Review(item_id=ItemId(item), text=text, **values)  # type: ignore[arg-type]


def question(item: str = "q1", text: str = "Можно мыть в машине?", **fields: object) -> Question:
    values = {"created_at": WRITTEN} | fields
    return Question(item_id=ItemId(item), text=text, **values)  # type: ignore[arg-type]


def actions(records: Sequence[object]) -> list[str]:
    """What was said in the log, by the machines' word for it."""
    return [str(getattr(record, "action", "")) for record in records]
