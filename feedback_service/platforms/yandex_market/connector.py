"""One cabinet on Yandex.Market, worked with by the Partner API, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import bodies, facts, wire
from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.collecting import QuestionReading, ReviewReading
from feedback_service.platforms.yandex_market.gate import Gate
from feedback_service.platforms.yandex_market.history import History
from feedback_service.platforms.yandex_market.login import api_key_of, business_of, checked
from feedback_service.platforms.yandex_market.names import OfferNames
from feedback_service.platforms.yandex_market.owning import ours_among
from feedback_service.platforms.yandex_market.sighting import Sighter, parts
from feedback_service.platforms.yandex_market.wire import Remark
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.http import Http, Limits
from feedback_service.transports.retry import Patience

LIMITS = Limits(connect=10.0, silence=20.0, total=25.0, at_once=4)
"""An edit is two calls, each with its waits: together they stay below send_window."""
ONCE = Patience(tries=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class YandexMarketConnector:
    """Reads and answers reviews and questions with one Api-Key token."""

    spec: PlatformSpec
    client: YandexMarketClient
    reviews: ReviewReading
    questions: QuestionReading
    names: OfferNames

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> YandexMarketConnector:
        """Prepare an account without a network call. Raises Configuration for a login that cannot be right."""
        key, business = api_key_of(access), business_of(access)
        http = Http(access.base_url or spec.base_url, {"Api-Key": key}, LIMITS)
        client = YandexMarketClient(http=http, gate=Gate(access.clock), business=business, clock=access.clock)
        return cls(
            spec=spec,
            client=client,
            reviews=ReviewReading(client),
            questions=QuestionReading(client),
            names=OfferNames(client),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All items that wait for an answer; see `ReviewReading` and `QuestionReading` for how none is missed."""
        reading = self.reviews if kind is Kind.REVIEW else self.questions
        async for page in reading.pages():
            yield await self.names.named(page)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span; see `History`."""
        async for page in History(client=self.client, names=self.names, kind=kind, span=span).pages(cursor):
            yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now."""
        found = await Sighter(self.client).sight(refs)
        return {item_id: _seen(one, self.names) for item_id, one in found.items()}

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Send the text; of an edit, the id of our own answer is looked up first."""
        number = checked(self.spec, dispatch)
        is_review = dispatch.ref.kind is Kind.REVIEW
        if dispatch.action is Action.EDIT:
            ours = await self._ours(dispatch, dispatch.previous_text)
            if ours is None:
                raise Refused("there is no answer of ours that could be edited")
            platform_id = await self._edit(dispatch, ours.id, dispatch.text) or str(ours.id)
        elif is_review:
            platform_id = await self.client.write_comment(bodies.new_comment(number, dispatch.text))
        else:
            platform_id = await self.client.write_answer(bodies.new_answer(number, dispatch.text))
        return Receipt(self.client.clock.now(), platform_id)

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer, or give back its text before an edit; what is gone already is left so."""
        if wire.number_of(dispatch.ref.item_id) is None:
            return
        ours = await self._ours(dispatch, dispatch.text)
        if ours is None:
            return
        if dispatch.action is Action.EDIT:
            if not same_text(ours.text, dispatch.previous_text):
                await self._edit(dispatch, ours.id, dispatch.previous_text)
        elif dispatch.ref.kind is Kind.REVIEW:
            await self.client.delete_comment(ours.id)
        else:
            await self.client.delete_answer(ours.id)

    async def dismiss(self, refs: Sequence[ItemRef]) -> None:
        """Take reviews off those that wait for a reaction; for questions there is no such call. See `Dismisser`."""
        for part in parts([ref for ref in refs if ref.kind is Kind.REVIEW]):
            numbers = [wire.number_of(ref.item_id) for ref in part]
            await self._dismiss([one for one in numbers if one is not None])

    async def check(self) -> Sequence[Fact]:
        """The token's accesses, the cabinet, and one list."""
        return await facts.of_account(self.client)

    async def close(self) -> None:
        await self.client.http.close()

    async def _dismiss(self, reviews: Sequence[int]) -> None:
        """One review that is gone spoils its whole call, so the halves are tried apart."""
        if not reviews or await self.client.skip_reaction(reviews) or len(reviews) == 1:
            return
        await self._dismiss(reviews[: len(reviews) // 2])
        await self._dismiss(reviews[len(reviews) // 2 :])

    async def _edit(self, dispatch: Dispatch, answer: int, text: str) -> str:
        if dispatch.ref.kind is Kind.QUESTION:
            return await self.client.write_answer(bodies.edited_answer(answer, text))
        return await self.client.write_comment(bodies.edited_comment(int(dispatch.ref.item_id), answer, text))

    async def _ours(self, dispatch: Dispatch, text: str) -> Remark | None:
        """The seller's own answer: that of the receipt, else one that reads so; asked for once only.

        Raises Refused where a person may have written what stands there.
        """
        client, number = replace(self.client, patience=ONCE), int(dispatch.ref.item_id)
        is_review = dispatch.ref.kind is Kind.REVIEW
        remarks = await (client.comments(number) if is_review else client.answers(number))
        own = [one for one in remarks if one.own and one.editable is not False]
        if dispatch.receipt_id:
            return next((one for one in own if str(one.id) == dispatch.receipt_id), None)
        return wire.answer_among(ours_among(own, dispatch, text, lambda one: (one.text, one.state)))


def _seen(sighting: Sighting, names: OfferNames) -> Sighting:
    return sighting if sighting.item is None else replace(sighting, item=names.known(sighting.item))
