"""One account on 2GIS, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis import public
from feedback_service.platforms.twogis.branches import Branches
from feedback_service.platforms.twogis.client import TwoGisClient
from feedback_service.platforms.twogis.collecting import Reading
from feedback_service.platforms.twogis.facts import Inspection
from feedback_service.platforms.twogis.history import History
from feedback_service.platforms.twogis.login import Login, read_login
from feedback_service.platforms.twogis.notes import Notes
from feedback_service.platforms.twogis.pace import Pace
from feedback_service.platforms.twogis.public import PublicReviews
from feedback_service.platforms.twogis.publishing import Publishing
from feedback_service.platforms.twogis.sighting import Sighter
from feedback_service.platforms.twogis.signing import Signing
from feedback_service.ports.facts import told
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.http import Http, Limits
from feedback_service.transports.retry import Patience

LIMITS = Limits(connect=10.0, silence=20.0, total=25.0, at_once=4)
"""An answer is three calls at the most, each with its waits: together they stay below send_window."""
ONCE = Patience(tries=1)
HURRIED = Patience(tries=2)
"""Of `check`, for which a person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGisConnector:
    """Reads and answers reviews as the cabinet's page does; reads as everybody does where nobody can sign in."""

    spec: PlatformSpec
    client: TwoGisClient
    login: Login
    reading: Reading
    sighter: Sighter
    publishing: Publishing
    public: PublicReviews | None

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> TwoGisConnector:
        """Prepare an account without a network call. Raises Configuration for credentials that cannot be right."""
        login = read_login(access)
        base_url = access.base_url or spec.base_url
        pace = Pace(Http(base_url, {}, LIMITS), access.clock)
        client = TwoGisClient(pace=pace, signing=Signing(access.label, login, pace, access.sessions))
        branches, notes = Branches(client, login), Notes()
        limit = spec.reply_limits[Kind.REVIEW]
        return cls(
            spec=spec,
            client=client,
            login=login,
            reading=Reading(client, branches, notes),
            sighter=Sighter(client, branches, notes),
            publishing=Publishing(replace(client, patience=ONCE), notes, limit, login.official),
            public=_public(login, access, public.HOST if base_url == spec.base_url else base_url),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All reviews that wait for an answer; see `Reading` for how none is missed."""
        shown = await self._shown_only()
        async for page in shown.unanswered() if shown else self.reading.pages():
            yield page

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span; see `History`. Raises Unavailable where nobody is signed in."""
        if await self._shown_only() is not None:
            raise Unavailable("the past of 2GIS is read in its cabinet, to which nobody is signed in", self._to_sign_in)
        if kind is Kind.REVIEW:
            reading = self.reading
            history = History(client=self.client, branches=reading.branches, notes=reading.notes, span=span)
            async for page in history.pages(cursor):
                yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now."""
        shown = await self._shown_only()
        return await (shown.sight(refs) if shown else self.sighter.sight(refs))

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once, where nothing of the company stands yet."""
        await self._require_login()
        return await self.publishing.publish(dispatch)

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our comment."""
        await self._require_login()
        await self.publishing.retract(dispatch)

    async def check(self) -> Sequence[Fact]:
        """The sign-in, the branches and one list."""
        shown = await self._shown_only()
        if shown is not None:
            return [await told("reviews", lambda: _public_fact(shown)), self._answering()]
        client = replace(self.client, patience=HURRIED)
        return await Inspection(client, replace(self.reading.branches, client=client)).facts()

    async def close(self) -> None:
        await self.client.pace.http.close()
        if self.public is not None:
            await self.public.pace.http.close()

    async def _shown_only(self) -> PublicReviews | None:
        """The public side, where there is a key to it and nobody is signed in."""
        if self.public is None or await self.client.signing.is_signed_in():
            return None
        return self.public

    async def _require_login(self) -> None:
        if await self._shown_only() is not None:
            raise Unavailable("reviews_key lets reviews be read, not answered", self._to_sign_in)

    def _answering(self) -> Fact:
        return Fact("answering", True, "not possible: nobody is signed in, reviews are only read", self._to_sign_in)

    @property
    def _to_sign_in(self) -> str:
        return f"{self.client.signing.remedy}; or give login and password"


def _public(login: Login, access: Access, host: str) -> PublicReviews | None:
    if not login.reviews_key or not login.branch_ids:
        return None
    return PublicReviews(Pace(Http(host, {}, LIMITS), access.clock), login.reviews_key, login.branch_ids)


async def _public_fact(shown: PublicReviews) -> Fact:
    rows = await shown.first_page()
    return Fact("reviews", True, f"the public side is open: {rows} reviews on the first page")
