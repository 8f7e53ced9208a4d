"""One seller's account on Ozon by the Seller API, behind the port that every platform fulfils."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon import facts
from feedback_service.platforms.ozon.client import AT_ONCE, SHARE, OzonClient
from feedback_service.platforms.ozon.goods import Goods
from feedback_service.platforms.ozon.history import History
from feedback_service.platforms.ozon.listing import Listing
from feedback_service.platforms.ozon.notes import Note, Notes
from feedback_service.platforms.ozon.refusals import WHERE
from feedback_service.platforms.ozon.retracting import Retraction
from feedback_service.platforms.ozon.sighting import LOOKS_AT_ONCE, Look, waiting
from feedback_service.platforms.ozon.wire import Entry
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.http import Http
from feedback_service.transports.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class OzonConnector:
    """Reads and answers reviews and questions with one pair of Client-Id and Api-Key."""

    spec: PlatformSpec
    client: OzonClient
    goods: Goods
    notes: Notes

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> OzonConnector:
        """Prepare an account without a network call. Raises Configuration for a key that cannot be right."""
        http = Http(access.base_url or spec.base_url, _login(access))
        client = OzonClient(http=http, throttle=Throttle(SHARE, access.clock), clock=access.clock)
        return cls(spec=spec, client=client, goods=Goods(client), notes=Notes())

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All items that wait; raises Unavailable where the account's subscription lacks the kind."""
        async for page in Listing(client=self.client, kind=kind).pages():
            await self.goods.look_up(page)
            if waiting := [item for entry in page if (item := await self._waiting(entry)) is not None]:
                yield waiting

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span; raises Unavailable where the account's subscription lacks the kind."""
        history = History(client=self.client, goods=self.goods, notes=self.notes, kind=kind, span=span)
        async for page in history.pages(cursor):
            yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now: two calls for each item, because no list tells whose comments it counts."""
        gate = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def look(ref: ItemRef) -> Sighting:
            async with gate:
                return (await self._look(ref))[1]

        seen = await asyncio.gather(*(look(ref) for ref in refs), return_exceptions=True)
        for problem in seen:
            if isinstance(problem, BaseException):
                raise problem
        return {ref.item_id: one for ref, one in zip(refs, seen, strict=True) if isinstance(one, Sighting)}

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once. The receipt names the comment, which moderation may still hold: that is re-read."""
        self._require_new(dispatch)
        self.spec.reply_limits[dispatch.ref.kind].require(dispatch.text)
        item_id = dispatch.ref.item_id
        sku = await self._sku(dispatch.ref) if dispatch.ref.kind is Kind.QUESTION else 0
        before = self.notes.of(item_id)
        self.notes.wrote(item_id, Note(dispatch.text))
        try:
            answer_id = await self._write(dispatch, sku)
        except InDoubt:
            raise
        except Exception:
            self.notes.restore(item_id, before)
            raise
        self.notes.wrote(item_id, Note(dispatch.text, answer_id))
        return Receipt(self.client.clock.now(), answer_id)

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our comment and mark the item as not processed, as it was before."""
        entry, sighting = await self._look(dispatch.ref)
        if entry is not None:
            await Retraction(self.client, self.notes, dispatch).done(entry, sighting)

    async def dismiss(self, refs: Sequence[ItemRef]) -> None:
        """Mark the items as seen, which is all that Ozon knows for what gets no answer. See `Dismisser`."""
        for kind in Kind:
            ids = list(dict.fromkeys(ref.item_id for ref in refs if ref.kind is kind))
            for first in range(0, len(ids), AT_ONCE):
                await self._dismiss(kind, ids[first : first + AT_ONCE])

    async def check(self) -> Sequence[Fact]:
        """The key's rights and expiry, and whether each kind is part of the subscription."""
        return await facts.of_account(self.client)

    async def close(self) -> None:
        await self.client.http.close()

    async def _waiting(self, entry: Entry) -> Item | None:
        """Only an item that has comments costs a call: they may be ours already, or a customer's."""
        self.goods.learn(entry)
        item = await Look(self.client, self.notes).answered(entry) if entry.answers else entry.item
        found = waiting(entry, item, self.notes.of(item.item_id))
        return self.goods.named(entry, found) if found else None

    async def _dismiss(self, kind: Kind, ids: Sequence[ItemId]) -> None:
        """One unknown item spoils its whole call, so the halves are tried apart."""
        try:
            marked = await self.client.mark_viewed(kind, ids)
        except (InDoubt, Refused) as problem:
            raise Retryable(f"not marked as seen: {problem}") from problem
        if not marked and len(ids) > 1:
            await self._dismiss(kind, ids[: len(ids) // 2])
            await self._dismiss(kind, ids[len(ids) // 2 :])

    async def _look(self, ref: ItemRef) -> tuple[Entry | None, Sighting]:
        entry, sighting = await Look(self.client, self.notes).at(ref.item_id, ref.kind)
        if entry is None or sighting.item is None:
            return None, sighting
        self.goods.learn(entry)
        return entry, Sighting(self.goods.named(entry, sighting.item), sighting.seen_at)

    async def _write(self, dispatch: Dispatch, sku: int) -> str:
        if dispatch.ref.kind is Kind.QUESTION:
            return await self.client.answer(dispatch.ref.item_id, sku, dispatch.text)
        return await self.client.comment(dispatch.ref.item_id, dispatch.text)

    async def _sku(self, ref: ItemRef) -> int:
        """An answer to a question names its product; whoever looked at the question knows it."""
        sku = self.goods.sku_of(ref.item_id)
        if not sku:
            entry = await self.client.question(ref.item_id)
            sku = entry.sku if entry else 0
        if not sku:
            raise Refused("the question is not on Ozon (any more), or names no product")
        return sku

    def _require_new(self, dispatch: Dispatch) -> None:
        if dispatch.action is Action.EDIT:
            raise Refused("Ozon does not let an answer be edited")


def _login(access: Access) -> Mapping[str, str]:
    client_id = access.credentials.get("client_id", "").strip()
    api_key = access.credentials.get("api_key", "").strip()
    if not (client_id.isascii() and client_id.isdigit()):
        raise Configuration(f"{access.label}: client_id must be Ozon's number of the seller; {WHERE}")
    if not api_key or not api_key.isascii() or any(sign.isspace() or not sign.isprintable() for sign in api_key):
        raise Configuration(f"{access.label}: api_key is empty or not one word; {WHERE}")
    return {"Client-Id": client_id, "Api-Key": api_key}
