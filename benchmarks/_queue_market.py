"""A platform that is one file: every write is a line of it, on disk before it counts, and can be counted afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import AnswerState, Item, Kind, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId, PlatformKey
from feedback_service.ports.platform import Fact, PlatformSpec, Redelivery, TextLimit

REFUSED = "-refused"
"""How the ids of items end whose answers the platform does not take."""
WRITTEN = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)
SPEC = PlatformSpec(
    key=PlatformKey("ozon"),  # whose answers may leave by the queue; nothing else of it is used here
    title="One file",
    base_url="",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(2, 500)},
    credentials=(),
    send_window=timedelta(seconds=5),
    redelivery=Redelivery(
        delays=(timedelta(seconds=1),),
        settle=(timedelta(seconds=1), timedelta(seconds=2)),
        confirm=(timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)),
    ),
)


@dataclass(frozen=True, slots=True)
class Landed:
    """One write as the file keeps it; `at` is in seconds since 1970."""

    item: str
    dispatch: int
    text: str
    at: float
    pid: int


@dataclass(slots=True)
class Ledger:
    """The file, which any number of processes write to at once; `landed` grows with each `read`."""

    path: Path
    landed: list[Landed] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    _seen: int = 0

    def write(self, dispatch: Dispatch) -> None:
        """One line by one call of the system, so that a killed writer leaves it whole or not at all."""
        line = {"item": dispatch.ref.item_id, "dispatch": dispatch.id, "text": dispatch.text}
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, json.dumps({**line, "at": time.time(), "pid": os.getpid()}).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)

    def read(self) -> Sequence[Landed]:
        """Every write so far."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._seen)
                whole = file.read().rpartition(b"\n")[0]
            self._seen += len(whole) + 1 if whole else 0
            for line in whole.splitlines():
                self.landed.append(one := Landed(**json.loads(line)))
                self.texts[one.item] = one.text
        return self.landed


@dataclass(slots=True)
class Market:
    """A Connector to the file. Nothing in it prevents a second answer: it keeps every one that it is sent.

    `pause`: a write takes up to so many seconds before it lands, and up to as many again until it is answered, so that
    a publisher may be killed on either side of it.
    """

    ledger: Ledger
    pause: float = 0.0

    @property
    def spec(self) -> PlatformSpec:
        return SPEC

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """Nobody writes anything that was not handed to us."""
        yield ()

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        self.ledger.read()
        return {ref.item_id: Sighting(self._shown(ref.item_id), datetime.now(UTC)) for ref in refs}

    async def publish(self, dispatch: Dispatch) -> Receipt:
        await asyncio.sleep(random.uniform(0, self.pause))
        if dispatch.ref.item_id.endswith(REFUSED):
            raise Refused("the customer is blocked")
        self.ledger.write(dispatch)
        await asyncio.sleep(random.uniform(0, self.pause))
        return Receipt(datetime.now(UTC))

    async def retract(self, dispatch: Dispatch) -> None:
        raise Refused("answers stay")

    async def check(self) -> Sequence[Fact]:
        return ()

    async def close(self) -> None:
        """Nothing is open."""

    def _shown(self, item_id: ItemId) -> Review:
        text = self.ledger.texts.get(item_id)
        return review(item_id, None if text is None else PublishedAnswer(text, AnswerState.VISIBLE))


def review(item_id: str, answer: PublishedAnswer | None = None) -> Review:
    """What the customer of that id wrote."""
    text = f"Заказ {item_id}: всё понравилось"
    return Review(item_id=ItemId(item_id), created_at=WRITTEN, rating=5, text=text, answer=answer)
