"""One seller's account on Wildberries, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, Configuration, Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries import facts
from feedback_service.platforms.wildberries.client import WildberriesClient
from feedback_service.platforms.wildberries.collecting import Extent, Reading
from feedback_service.platforms.wildberries.history import History
from feedback_service.platforms.wildberries.ration import Ration, rationed
from feedback_service.platforms.wildberries.sighting import sight
from feedback_service.platforms.wildberries.token import WHERE, Token, TokenKind, read_token
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.http import Http
from feedback_service.transports.throttle import Throttle

EXTENTS = {
    Kind.REVIEW: Extent(take=1000, overlap=50, deepest=199_990),
    Kind.QUESTION: Extent(take=1000, overlap=50, deepest=9_000),
}
SCARCE_EXTENTS = {
    Kind.REVIEW: Extent(take=5000, overlap=50, deepest=199_990),
    Kind.QUESTION: Extent(take=10_000, overlap=50, deepest=0),
}
"""For a token with five requests an hour: as much as one page may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WildberriesConnector:
    """Reads and answers reviews and questions with one token."""

    spec: PlatformSpec
    client: WildberriesClient
    base_url: str
    ration: Ration | None = None

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> WildberriesConnector:
        """Prepare an account without a network call. Raises Configuration for a token that cannot be right."""
        text = access.credentials.get("token", "").strip().removeprefix("Bearer ").strip()
        try:
            token = read_token(text)
        except Configuration as problem:
            raise Configuration(f"{access.label}: {problem}") from None
        base_url = access.base_url or spec.base_url
        client = WildberriesClient(
            http=Http(base_url, {"Authorization": text}),
            throttle=Throttle(token.budget, access.clock),
            token=token,
            clock=access.clock,
        )
        if token.kind is TokenKind.BASIC:
            return cls(spec=rationed(spec), client=client, base_url=base_url, ration=Ration(client))
        return cls(spec=spec, client=client, base_url=base_url)

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All items that wait for an answer; see `Reading` for how none is missed while others are answered."""
        self._require_category()
        if self.ration is None:
            async for page in Reading(client=self.client, kind=kind, extent=EXTENTS[kind]).pages():
                yield page
        elif items := await self._rationed_list(self.ration, kind):
            yield items

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span; see `History`."""
        self._require_category()
        is_scarce = self.ration is not None
        extent = (SCARCE_EXTENTS if is_scarce else EXTENTS)[kind]
        history = History(client=self.client, kind=kind, extent=extent, span=span, is_scarce=is_scarce)
        async for page in history.pages(cursor):
            yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now: few items one by one, many by lists cut to their dates."""
        self._require_category()
        if self.ration is not None:
            return await self.ration.sight(refs)
        found: dict[ItemId, Sighting] = {}
        await sight(self.client, refs, found)
        return found

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once. The receipt says that the platform took the text, not that the item exists: that is re-read."""
        self._require_category()
        self._require_writing()
        self.spec.reply_limits[dispatch.ref.kind].require(dispatch.text)
        try:
            await self._write(dispatch)
        except Retryable:
            if self.ration is not None:
                self.ration.refused(dispatch.ref.item_id)
            raise
        except BaseException:
            self._wrote(dispatch)
            raise
        self._wrote(dispatch)
        return Receipt(self.client.clock.now())

    async def retract(self, dispatch: Dispatch) -> None:
        """Wildberries' API has no call that takes an answer away."""
        raise Refused("Wildberries does not let an answer be taken away")

    async def _write(self, dispatch: Dispatch) -> None:
        ref, text = dispatch.ref, dispatch.text
        if ref.kind is Kind.QUESTION:
            await self.client.answer_question(ref.item_id, text)
        elif dispatch.action is Action.EDIT:
            await self.client.edit_review_answer(ref.item_id, text)
        else:
            await self.client.answer_review(ref.item_id, text)

    def _wrote(self, dispatch: Dispatch) -> None:
        """Also where it is not known: an earlier look must not stand for what is there now."""
        if self.ration is not None:
            self.ration.wrote(dispatch.ref.item_id)

    async def _rationed_list(self, ration: Ration, kind: Kind) -> Sequence[Item]:
        items = ration.listed(kind)
        if items is None:
            read_at = self.client.clock.now()
            reading = Reading(client=self.client, kind=kind, extent=SCARCE_EXTENTS[kind])
            items = [item async for page in reading.pages() for item in page]
            ration.keep_list(kind, items, read_at)
        return items

    async def check(self) -> Sequence[Fact]:
        """The token's own facts and one call that shows whether it is accepted."""
        return [*facts.of_token(self.token, self.client.clock.now(), self.base_url), await facts.of_login(self.client)]

    async def close(self) -> None:
        await self.client.http.close()

    @property
    def token(self) -> Token:
        return self.client.token

    def _require_category(self) -> None:
        if not self.token.covers_feedback:
            raise AccountFault("the token is not for the category «Вопросы и отзывы»", WHERE)

    def _require_writing(self) -> None:
        if self.token.is_read_only:
            raise AccountFault("the token may only read", WHERE)
