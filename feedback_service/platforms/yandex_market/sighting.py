"""Re-reads given items: lists of fifty for the customers' words, one call each for what stands beneath them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import bodies, wire
from feedback_service.platforms.yandex_market.bodies import MOST_IDS
from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.collecting import SPAN
from feedback_service.platforms.yandex_market.gate import AT_ONCE
from feedback_service.platforms.yandex_market.wire import Remark

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sighter:
    """Looks at items of one account.

    A review's list entry counts its comments, but whether one that is being moderated is counted is not stated; so the
    comments themselves are read for every item: what was written twice cannot be taken back from who has read it.
    """

    client: YandexMarketClient

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there for every ref; an id that is no number names nothing. Raises Retryable or AccountFault."""
        seen_at = self.client.clock.now()
        found = {ref.item_id: Sighting(None, seen_at) for ref in refs}
        readable = [ref for ref in refs if wire.number_of(ref.item_id) is not None]
        reviews = [ref for ref in readable if ref.kind is Kind.REVIEW]
        questions = [ref for ref in readable if ref.kind is Kind.QUESTION]
        items = [*await self._reviews(reviews), *await self._questions(questions)]
        for item, remarks in zip(items, await beneath(self.client, items), strict=True):
            seen = wire.with_answer(item, wire.answer_among(remarks))
            found[item.item_id] = Sighting(seen, seen_at)
        return found

    async def _reviews(self, refs: Sequence[ItemRef]) -> list[Item]:
        found: list[Item] = []
        for part in parts(refs):
            found += [one.review for one in await self.client.reviews_by_id(_numbers(part))]
        return found

    async def _questions(self, refs: Sequence[ItemRef]) -> list[Item]:
        """By their ids alone; those that are not shown are asked for once more with the dates they were asked on."""
        found: list[Item] = []
        for part in parts(refs):
            found += await self.client.questions_by_id(bodies.questions_by_id(_numbers(part)))
        known = {item.item_id for item in found}
        for since, missing in _by_date([ref for ref in refs if ref.item_id not in known]):
            body = bodies.questions_by_id(_numbers(missing), (since.date(), (since + SPAN).date()))
            found += await self.client.questions_by_id(body)
        return found


async def beneath(client: YandexMarketClient, items: Sequence[Item]) -> Sequence[Sequence[Remark]]:
    """The remarks of each item, in their order, as many at once as the account may ask; a failure ends all."""
    found: list[Sequence[Remark]] = []
    for start in range(0, len(items), AT_ONCE):
        few = items[start : start + AT_ONCE]
        for answer in await asyncio.gather(*(_remarks(client, item) for item in few), return_exceptions=True):
            if isinstance(answer, BaseException):
                raise answer
            found.append(answer)
    return found


async def _remarks(client: YandexMarketClient, item: Item) -> Sequence[Remark]:
    read: Callable[[int], Awaitable[Sequence[Remark]]]
    read = client.comments if item.kind is Kind.REVIEW else client.answers
    return await read(int(item.item_id))


def parts(refs: Sequence[ItemRef]) -> Iterator[Sequence[ItemRef]]:
    """As many as one call takes, each id once."""
    unique = list({ref.item_id: ref for ref in refs}.values())
    for start in range(0, len(unique), MOST_IDS):
        yield unique[start : start + MOST_IDS]


def _by_date(refs: Sequence[ItemRef]) -> Iterator[tuple[datetime, Sequence[ItemRef]]]:
    """The refs in groups that one span of dates covers, with the day before the first of each."""
    left = sorted(refs, key=lambda ref: ref.created_at)
    while left:
        since = left[0].created_at - DAY
        group = [ref for ref in left if ref.created_at + DAY < since + SPAN][:MOST_IDS] or left[:1]
        left = left[len(group) :]
        yield since, group


def _numbers(refs: Sequence[ItemRef]) -> Sequence[int]:
    return [int(ref.item_id) for ref in refs]
