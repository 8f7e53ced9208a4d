"""One account on Flamp as everybody reads it, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp.client import FlampClient
from feedback_service.platforms.flamp.collecting import Reading
from feedback_service.platforms.flamp.facts import Inspection
from feedback_service.platforms.flamp.history import History
from feedback_service.platforms.flamp.login import filials_of
from feedback_service.platforms.flamp.notes import Notes
from feedback_service.platforms.flamp.sighting import Sighter
from feedback_service.platforms.flamp.site import Site
from feedback_service.platforms.flamp.visitor import Visitor
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.retry import Patience

HURRIED = Patience(tries=2)
"""Of `check`, for which a person waits."""
NO_CALL = "no call for answering is known on Flamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlampConnector:
    """Reads reviews by the calls of Flamp's own page, without any login; answers leave by the browser."""

    spec: PlatformSpec
    label: str
    client: FlampClient
    reading: Reading
    sighter: Sighter

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> FlampConnector:
        """Prepare an account without a network call. Raises Configuration for credentials that cannot be right."""
        filials = filials_of(access)
        site = Site((access.base_url or spec.base_url).rstrip("/"), access.clock)
        client, notes = FlampClient(site=site, visitor=Visitor(site, filials)), Notes()
        return cls(
            spec=spec,
            label=access.label,
            client=client,
            reading=Reading(client, filials, notes),
            sighter=Sighter(client, notes),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All reviews that wait for an answer; see `Reading` for how none is missed."""
        if kind is Kind.REVIEW:
            async for page in self.reading.pages():
                yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What everybody sees there now."""
        return await self.sighter.sight(refs)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span; see `Historian`."""
        if kind is Kind.REVIEW:
            async for page in History(self.client, self.reading.filials).pages(span, cursor):
                yield page

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Raises Unavailable."""
        raise self._only_read()

    async def retract(self, dispatch: Dispatch) -> None:
        """Raises Unavailable."""
        raise self._only_read()

    async def check(self) -> Sequence[Fact]:
        """One list, and the filials."""
        return await Inspection(replace(self.client, patience=HURRIED), self.reading.filials).facts()

    async def close(self) -> None:
        await self.client.site.close()

    def _only_read(self) -> Unavailable:
        return Unavailable(NO_CALL, f"set delivery to browser or queue, and run: feedback-service login {self.label}")
