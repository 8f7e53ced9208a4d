"""One account on Zoon, read without any login as everybody reads it, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon import facts
from feedback_service.platforms.zoon.client import ZoonClient
from feedback_service.platforms.zoon.collecting import Reading
from feedback_service.platforms.zoon.historian import Chronicle
from feedback_service.platforms.zoon.listing import Listings
from feedback_service.platforms.zoon.login import read_login
from feedback_service.platforms.zoon.notes import Notes
from feedback_service.platforms.zoon.sighting import Sighter
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.retry import Patience

HURRIED = Patience(tries=2)
"""Of `check`, for which a person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoonConnector:
    """Reads the reviews of an account's organisations; answers leave by the browser."""

    spec: PlatformSpec
    client: ZoonClient
    reading: Reading
    sighter: Sighter
    chronicle: Chronicle

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> ZoonConnector:
        """Prepare an account without a network call. Raises Configuration for credentials that cannot be right."""
        client = ZoonClient.of(read_login(access, spec.base_url), access.clock)
        listings, notes = Listings(client), Notes()
        return cls(
            spec=spec,
            client=client,
            reading=Reading(listings, notes),
            sighter=Sighter(listings, notes),
            chronicle=Chronicle(listings),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """The reviews without an answer; see `Reading` for how none is missed."""
        if kind is Kind.REVIEW:
            async for page in self.reading.pages():
                yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What everybody sees now."""
        return await self.sighter.sight(refs)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span, answered or not; see `Historian`."""
        if kind is Kind.REVIEW:
            async for page in self.chronicle.pages(span, cursor):
                yield page

    async def publish(self, dispatch: Dispatch) -> Receipt:
        raise self._closed()

    async def retract(self, dispatch: Dispatch) -> None:
        raise self._closed()

    async def check(self) -> Sequence[Fact]:
        """The list and the pages."""
        return await facts.of_reading(replace(self.client, patience=HURRIED))

    async def close(self) -> None:
        await self.client.close()

    def _closed(self) -> Unavailable:
        why = "no call that answers a review on Zoon is known"
        return Unavailable(why, "set delivery: browser or queue, and sign in by feedback-service login")
