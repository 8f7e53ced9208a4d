"""One login to Google Business Profile, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.client import GoogleBusinessClient
from feedback_service.platforms.google_business.collecting import Reading
from feedback_service.platforms.google_business.directory import Directory
from feedback_service.platforms.google_business.facts import Inspection
from feedback_service.platforms.google_business.history import History
from feedback_service.platforms.google_business.hosts import Hosts
from feedback_service.platforms.google_business.login import read_login
from feedback_service.platforms.google_business.looks import Looks
from feedback_service.platforms.google_business.pace import Pace
from feedback_service.platforms.google_business.publishing import Publishing
from feedback_service.platforms.google_business.sighting import Sighter
from feedback_service.platforms.google_business.signing import Signing
from feedback_service.platforms.google_business.waiting import Waiting
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.retry import Patience

ONCE = Patience(tries=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleBusinessConnector:
    """Reads and answers the reviews of all locations that one consent opens. There are no questions."""

    spec: PlatformSpec
    client: GoogleBusinessClient
    directory: Directory
    reading: Reading
    sighter: Sighter
    publishing: Publishing

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> GoogleBusinessConnector:
        """Prepare an account without a network call. Raises Configuration for a login that cannot be right."""
        login, hosts = read_login(access), Hosts.open(access.base_url)
        signing = Signing(hosts.tokens, login, access.clock)
        client = GoogleBusinessClient(hosts=hosts, signing=signing, pace=Pace(access.clock))
        directory, waiting, looks = Directory(client, login), Waiting(), Looks(access.clock)
        limit = spec.reply_limits[Kind.REVIEW]
        return cls(
            spec=spec,
            client=client,
            directory=directory,
            reading=Reading(client, directory, waiting),
            sighter=Sighter(client, directory, waiting, looks),
            publishing=Publishing(replace(client, patience=ONCE), waiting, looks, limit),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All reviews that wait for an answer; see `Reading` for how few pages are read."""
        if kind is Kind.REVIEW:
            async for page in self.reading.pages():
                yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now."""
        return await self.sighter.sight(refs)

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Send the text where there is room for it. That Google takes it does not mean that customers see it."""
        return await self.publishing.publish(dispatch)

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer, or put back its text before an edit."""
        await self.publishing.retract(dispatch)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """The span location by location, what changed last first. See `Historian`."""
        if kind is Kind.REVIEW:
            async for page in History(self.client, self.directory, span).pages(cursor):
                yield page

    async def check(self) -> Sequence[Fact]:
        """The consent, the locations, and the reviews of one of them."""
        return await Inspection(self.client, self.directory).facts()

    async def close(self) -> None:
        await self.client.hosts.close()
