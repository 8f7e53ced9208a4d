"""A market whose answers leave by a queue that loses, repeats and reorders, to publishers that die and stand still."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from feedback_service.domain.dispatch import Action, Dispatch, Receipt
from feedback_service.domain.errors import AccountFault, MustRetract, Retryable
from feedback_service.domain.supplier import Delivery
from feedback_service.pipeline.announce import Announce
from feedback_service.pipeline.deliver import Deliver
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Stage
from feedback_service.ports.platform import Fact
from feedback_service.ports.queue import Message, Notice, Queue, Rollback, Subscription
from feedback_service.ports.storage import SupplierStorage
from feedback_service.worker.stages import rolling_back
from tests.support.bazaar import FakePlatform, Standing
from tests.support.flow import ACCOUNT
from tests.support.market import POLICY, Market, Turn
from tests.support.mortal import Life, Mortal, MortalFlow

HANDS = 3
"""Publishers at work at a time."""


class StrictPlatform(FakePlatform):
    """Takes away what it is told to: the answer of the receipt's id, else the last one there, whoever's it is."""

    async def publish(self, dispatch: Dispatch) -> Receipt:
        try:
            return await super().publish(dispatch)
        except MustRetract as problem:
            raise MustRetract(str(problem), f"answer to {dispatch.ref.item_id}") from None

    async def retract(self, dispatch: Dispatch) -> None:
        self.retracted.append(dispatch)
        there = self.answers.get(dispatch.ref.item_id, [])
        mine = [one for one in there if one.platform_id == dispatch.receipt_id] if dispatch.receipt_id else there
        for one in mine[-1:]:
            if not one.ours:
                self.wrongs.append(f"{dispatch.ref.item_id} lost an answer that was not ours")
            self._restore(there, one, dispatch)

    def _restore(self, there: list[Standing], one: Standing, dispatch: Dispatch) -> None:
        there.remove(one)
        if dispatch.action is Action.EDIT:
            there.append(replace(one, text=dispatch.previous_text))


@dataclass
class Letter:
    """A rollback on its way to the workers."""

    pile: list[Rollback]
    content: Rollback
    attempt: int = 1

    async def done(self) -> None:
        if self.content in self.pile:
            self.pile.remove(self.content)

    async def give_back(self) -> None:
        """It is still there."""

    async def extend(self) -> None:
        """Nobody counts."""

    async def bury(self) -> None:
        raise AssertionError("ours, and buried")


@dataclass
class WildQueue:
    """Fulfils Queue and, for rollbacks, Subscription; what it holds, tests lose, repeat and shuffle."""

    notes: list[Notice] = field(default_factory=list)
    backs: list[Rollback] = field(default_factory=list)
    is_away: bool = False
    deadline_seconds: float = 60.0

    async def announce(self, notices: Sequence[Notice]) -> None:
        if self.is_away:
            raise Retryable("UNAVAILABLE")
        self.notes.extend(notices)

    async def roll_back(self, rollback: Rollback) -> None:
        if self.is_away:
            raise Retryable("UNAVAILABLE")
        self.backs.append(rollback)

    async def receive(self, limit: int, seconds: float) -> Sequence[Message]:
        return [Letter(self.backs, one) for one in self.backs[:limit]]

    def notices(self) -> Subscription:
        raise AssertionError("publishers are handed theirs")

    def rollbacks(self) -> Subscription:
        return self

    async def check(self) -> Sequence[Fact]:
        return []

    async def close(self) -> None:
        """Nothing is open."""


class QueueFlow(MortalFlow):
    """A flow whose answers leave by the queue."""

    def __post_init__(self) -> None:
        self.queue = WildQueue()
        super().__post_init__()
        self.platform = StrictPlatform(self.clock, self.spec)
        self.restart()

    def kit(self) -> Kit:
        kit = super().kit()
        deliveries = {ACCOUNT: Delivery.QUEUE}
        return replace(kit, queue=self.queue, deliveries=deliveries, storage_of=lambda _: kit.storage)

    def restart(self) -> None:
        super().restart()
        (self.rollback,) = rolling_back(self.kit())
        assert isinstance(self.send, Announce)

    @property
    def stages(self) -> Sequence[Stage]:
        return (*super().stages, self.rollback, self.retract)

    def publisher(self, life: Life, storage_life: Life | None = None) -> Deliver:
        account, slow = self.supplier.accounts[0], storage_life or life
        stores = SupplierStorage(
            feedback=Mortal(self.storage.feedback, slow),
            outbox=Mortal(self.storage.outbox, slow),
            accounts=Mortal(self.storage.accounts, slow),
        )
        queue: Queue = Mortal(self.queue, life)  # type: ignore[assignment]
        return Deliver(account, self.policy, Mortal(self.platform, life), stores, queue, self.clock)  # type: ignore[arg-type]


@dataclass
class StandingLife(Life):
    """Stands still at the moment `stalls_at`, until it is woken."""

    stalls_at: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def moment(self) -> None:
        await super().moment()
        if self.moments == self.stalls_at:
            await self.woken.wait()


@dataclass(frozen=True)
class Post:
    """What the queue does: `lost` of a hundred messages get lost, `twice` come again later, the rest in any order."""

    lost: int = 0
    twice: int = 0
    away: bool = False


class QueueMarket(Market):
    """The same promise, by the queue."""

    flow: QueueFlow

    def __init__(self) -> None:
        super().__init__()
        self.flow = QueueFlow(self.clock, POLICY)
        self.platform = self.flow.platform

    def publishers_work(self, turn: Turn, post: Post) -> None:
        self._begin(turn)
        self.flow.queue.is_away = post.away
        hands = [self.flow.publisher(Life(self.flow.dice)) for _ in range(HANDS)]
        notes = self._delivered(turn, post)
        works = [_handed(hands[number % HANDS], note) for number, note in enumerate(notes)]
        self._run(turn.seed, *works, *self._steps(turn), self._jump(turn))
        self.flow.queue.is_away = False

    def a_publisher_dies(self, turn: Turn, post: Post, after: int) -> None:
        """Others know nothing of it."""
        self._begin(turn)
        life = Life(self.flow.dice, dies_at=after)
        hand = self.flow.publisher(life)
        self._run(turn.seed, *(_handed(hand, note) for note in self._delivered(turn, post)), *self._steps(turn))

    def a_publisher_stands_still(self, turn: Turn, at: int, rounds: int) -> None:
        """It has read from or written to the database, is not heard of for a while, and goes on as if nothing was."""
        self._begin(turn)
        if self.flow.queue.notes:
            self._run(turn.seed, self._with_one_asleep(turn, at, rounds))

    def come_to_rest(self) -> None:
        """Nothing fails or gets lost any more, moderation lets everything through, and everything has time."""
        super().come_to_rest()
        for _ in range(40):
            self._run(0, self.flow.for_long(rounds=1))
            self.publishers_work(Turn(), Post())

    async def _with_one_asleep(self, turn: Turn, at: int, rounds: int) -> None:
        life = StandingLife(self.flow.dice, stalls_at=at)
        notes = self.flow.queue.notes
        note = notes[turn.seed % len(notes)]
        asleep = asyncio.ensure_future(_handed(self.flow.publisher(Life(self.flow.dice), life), note))
        for _ in range(30):
            await asyncio.sleep(0)
        for _ in range(rounds):
            for stage in (self.flow.confirm, self.flow.send, self.flow.rollback):
                await stage.step()
            for one in list(self.flow.queue.notes):
                await _handed(self.flow.publisher(Life(self.flow.dice)), one)
            self.clock.pass_by(timedelta(seconds=65))
        life.woken.set()
        await asleep

    def _delivered(self, turn: Turn, post: Post) -> list[Notice]:
        """What reaches publishers now: in any order, some never, some again."""
        dice = random.Random(turn.seed)
        notes, self.flow.queue.notes = self.flow.queue.notes, []
        dice.shuffle(notes)
        self.flow.queue.notes.extend(one for one in notes if dice.randrange(100) < post.twice)
        return [one for one in notes if dice.randrange(100) >= post.lost]


async def _handed(publisher: Deliver, note: Notice) -> None:
    """What the queue's consumer does with it: what cannot be done now comes again."""
    with suppress(Retryable, AccountFault):
        await publisher.deliver(note)
