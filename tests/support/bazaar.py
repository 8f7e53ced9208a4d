"""A platform that does as it is told, and that keeps every answer it is sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind, PublishedAnswer, fingerprint
from feedback_service.domain.identity import ItemId, PlatformKey
from feedback_service.ports.platform import Fact, PlatformSpec, TextLimit
from tests.support.clock import ManualClock

BAZAAR = PlatformKey("bazaar")
LIMIT = TextLimit(2, 500)
SPEC = PlatformSpec(
    key=BAZAAR,
    title="Bazaar",
    base_url="http://127.0.0.1",
    kinds=frozenset(Kind),
    reply_limits={Kind.REVIEW: LIMIT, Kind.QUESTION: LIMIT},
    credentials=(),
    edit_window=timedelta(days=60),
    edits=1,
    batch=5,
    retracts=True,
)


SOON = 5.0


@dataclass(frozen=True)
class Fault:
    """How one write ends; `written`: the text lands all the same."""

    raises: FeedbackServiceError
    written: bool = False


DROPPED_BEFORE = Fault(InDoubt("connection lost"))
DROPPED_AFTER = Fault(InDoubt("connection lost"), written=True)
TIMED_OUT = Fault(InDoubt("no answer in 60 s"), written=True)
SERVER_ERROR = Fault(InDoubt("HTTP 500"))
LIMITED = Fault(Retryable("429", retry_after=20.0))
UNREACHABLE = Fault(Retryable("no connection"))
REFUSED = Fault(Refused("the customer is blocked"))
LOCKED = Fault(AccountFault("the token is revoked", "make a new one"))
FAULTS = (DROPPED_BEFORE, DROPPED_AFTER, TIMED_OUT, SERVER_ERROR, LIMITED, UNREACHABLE, REFUSED, LOCKED)


@dataclass(frozen=True)
class Standing:
    """An answer on the platform; nobody sees it before `since`."""

    text: str
    since: datetime
    ours: bool = True
    state: AnswerState = AnswerState.VISIBLE
    editable: bool | None = None
    reason: str = ""
    platform_id: str = ""


@dataclass
class FakePlatform:
    """A Connector whose platform keeps every answer it is sent: nothing but the service prevents a second one.

    `faults` and `away` are used up one by one, by writes and by readings, `stubborn` by retractions; `unreadable` and
    `unwritable` last as long as they are there. `lag` is how late a write lands.
    """

    clock: ManualClock
    spec: PlatformSpec = SPEC
    items: dict[ItemId, Item] = field(default_factory=dict)
    answers: dict[ItemId, list[Standing]] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)
    """Writes that anybody who had looked just before would not have made."""
    asked: list[Dispatch] = field(default_factory=list)
    landed: list[Dispatch] = field(default_factory=list)
    retracted: list[Dispatch] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    away: deque[FeedbackServiceError | None] = field(default_factory=deque)
    stubborn: deque[FeedbackServiceError | None] = field(default_factory=deque)
    unreadable: dict[Kind, FeedbackServiceError] = field(default_factory=dict)
    unwritable: dict[Kind, FeedbackServiceError] = field(default_factory=dict)
    dismissed: list[ItemRef] = field(default_factory=list)
    sights: list[Sequence[ItemRef]] = field(default_factory=list)
    unlisted: set[ItemId] = field(default_factory=set)
    """Archived: unanswered, known by their id, and in no list."""
    gone: set[ItemId] = field(default_factory=set)
    """Taken away by their customers."""
    state: AnswerState = AnswerState.VISIBLE
    lag: timedelta = timedelta(0)
    page: int = 100
    gate: asyncio.Event | None = None
    """Where set, a write that has landed is answered only when the gate opens."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    reading_gate: asyncio.Event | None = None
    """Where set, nothing can be read before the gate opens."""

    def show(self, *items: Item) -> None:
        self.items.update({item.item_id: item for item in items})

    def answer(self, item_id: str, standing: Standing) -> None:
        self.answers.setdefault(ItemId(item_id), []).append(standing)

    def standing(self, item_id: str) -> list[Standing]:
        """What customers see, or will see once it is moderated."""
        there = self.answers.get(ItemId(item_id), [])
        return [one for one in there if one.state is not AnswerState.REJECTED]

    def texts(self, item_id: str) -> list[str]:
        return [one.text for one in self.standing(item_id)]

    def moderate(self, item_id: str, state: AnswerState, reason: str = "") -> None:
        there = self.answers[ItemId(item_id)]
        there[-1] = replace(there[-1], state=state, reason=reason)

    def seen(self, item_id: ItemId) -> Item | None:
        """The item as the platform shows it now."""
        item = None if item_id in self.gone else self.items.get(item_id)
        seen = [one for one in self.answers.get(item_id, []) if one.since <= self.clock.now()]
        if item is None or not seen:
            return item
        last = seen[-1]
        return replace(
            item, answer=PublishedAnswer(last.text, last.state, last.editable, last.reason, last.platform_id)
        )

    async def reached(self, writes: int) -> None:
        """Wait until so many writes have begun."""
        async with asyncio.timeout(SOON):
            while len(self.asked) < writes:
                self.begun.clear()
                await self.begun.wait()

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        if self.reading_gate is not None:
            await self.reading_gate.wait()
        listed = [self.seen(item_id) for item_id in self.items if item_id not in self.unlisted]
        open_ones = [one for one in listed if one and one.kind is kind and _waits(one)]
        pages = [open_ones[start : start + self.page] for start in range(0, len(open_ones), self.page)]
        for page in pages or [[]]:
            self._fail_reading(kind)
            yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        self._fail_reading(*{ref.kind for ref in refs})
        self.sights.append(refs)
        return {ref.item_id: Sighting(self.seen(ref.item_id), self.clock.now()) for ref in refs}

    async def publish(self, dispatch: Dispatch) -> Receipt:
        self.asked.append(dispatch)
        if problem := self.unwritable.get(dispatch.ref.kind):
            raise problem.with_traceback(None) from None
        fault = self.faults.popleft() if self.faults else None
        if fault is None or fault.written:
            self._land(dispatch)
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        if fault is not None:
            raise fault.raises.with_traceback(None) from None
        return Receipt(self.clock.now(), _answer_id(dispatch))

    async def retract(self, dispatch: Dispatch) -> None:
        """Take away the last answer, or what an edit put in its place."""
        self.retracted.append(dispatch)
        if self.stubborn and (problem := self.stubborn.popleft()):
            raise problem.with_traceback(None) from None
        there = self.answers.get(dispatch.ref.item_id, [])
        if there and same_text(there[-1].text, dispatch.text):
            last = there.pop()
            if dispatch.action is Action.EDIT:
                there.append(replace(last, text=dispatch.previous_text))

    async def dismiss(self, refs: Sequence[ItemRef]) -> None:
        self._fail_reading()
        self.dismissed += refs

    async def check(self) -> Sequence[Fact]:
        return []

    async def close(self) -> None:
        """Nothing is open."""

    def _land(self, dispatch: Dispatch) -> None:
        self.landed.append(dispatch)
        self._notice_wrongs(dispatch)
        there = self.answers.setdefault(dispatch.ref.item_id, [])
        if dispatch.action is Action.EDIT and there:
            there.pop()
        there.append(
            Standing(dispatch.text, self.clock.now() + self.lag, state=self.state, platform_id=_answer_id(dispatch))
        )

    def _notice_wrongs(self, dispatch: Dispatch) -> None:
        item_id = dispatch.ref.item_id
        item = self.seen(item_id)
        if item is None:
            self.wrongs.append(f"{item_id} is gone")
        elif dispatch.action is Action.ANSWER and fingerprint(item) != dispatch.fingerprint:
            self.wrongs.append(f"{item_id} was edited before")
        elif dispatch.action is Action.ANSWER and not _waits(item):
            self.wrongs.append(f"{item_id} was answered before")
        elif dispatch.action is Action.EDIT and (item.answer is None or item.answer.text != dispatch.previous_text):
            self.wrongs.append(f"{item_id} has another answer than the one to be edited")

    def _fail_reading(self, *kinds: Kind) -> None:
        for kind in kinds:
            if kind in self.unreadable:
                raise self.unreadable[kind].with_traceback(None) from None
        if self.away and (problem := self.away.popleft()):
            raise problem.with_traceback(None) from None


def _answer_id(dispatch: Dispatch) -> str:
    return f"answer to {dispatch.ref.item_id}"


def _waits(item: Item) -> bool:
    return item.answer is None or item.answer.state is AnswerState.REJECTED
