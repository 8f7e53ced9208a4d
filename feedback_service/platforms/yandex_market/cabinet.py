"""One cabinet on Yandex.Market, worked with in a signed-in browser, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, FeedbackServiceError
from feedback_service.domain.feedback import AnswerState, Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import wire
from feedback_service.platforms.yandex_market.cabinet_forms import CabinetForms
from feedback_service.platforms.yandex_market.cabinet_page import CabinetPages, Listing, ListPage
from feedback_service.platforms.yandex_market.login import business_of, checked
from feedback_service.ports.browser import Browser, Page
from feedback_service.ports.clock import Clock
from feedback_service.ports.facts import LATER_IN_CABINET, trouble
from feedback_service.ports.platform import Access, Fact, PlatformSpec, Redelivery
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import load

T = TypeVar("T")

READING = 30.0
"""Seconds for one page."""
WRITING = 45.0
"""Seconds for one write with all its pages; with the wait for the browser below send_window."""
LATEST = 40.0
"""Seconds after which a write that had to wait for the browser is not begun any more."""
MOST_PAGES = 50
SWEEP_EVERY = timedelta(hours=1)
SWEEP_PAGES = 10
WAITING, ALL = "need_reaction", "all"
BATCH = 1
"""Each answer is looked at and sent at once, on the page that was opened for the look."""
FRESH = 3.0
"""Seconds for which a page that was opened for the last look before a write is good for the write as well."""
WORTH_A_LIST = 3
"""Answers that a page of the list may show at once, instead of a page for each."""
MOST_REMEMBERED = 500
SETTLE = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
CONFIRM = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))
"""A page that was asked twice may still show the older copy, so every look is given more time than with the API."""


@dataclass(slots=True, kw_only=True)
class YandexMarketCabinet:
    """Reads the cabinet's pages and fills its forms."""

    spec: PlatformSpec
    browser: Browser
    clock: Clock
    pages: CabinetPages
    _swept_at: dict[Kind, datetime] = field(default_factory=dict)
    _opened: tuple[ItemId, float] | None = None
    _sent: dict[ItemId, str] = field(default_factory=dict)

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> YandexMarketCabinet:
        """Prepare an account without opening a page. Raises Configuration for what cannot be right."""
        if access.browser is None or spec.cabinet is None:
            raise Configuration(f"{access.label}: the cabinet needs a browser")
        sections = load(__package__, "selectors", access.selectors)
        pages = CabinetPages(
            origin=(access.cabinet_url or spec.cabinet.url).rstrip("/"),
            business=business_of(access),
            sections=sections,
            entrance=Entrance(access.label, sections["marks"]),
        )
        return cls(spec=by_browser(spec), browser=access.browser, clock=access.clock, pages=pages)

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """The waiting items page by page, newest first, each once.

        The list of those that wait for a reaction loses what somebody opened, so the newest of all are read as well,
        in the first pass and hourly. Where items leave the list between two of its pages, others slip past; they are
        in the next pass.
        """
        now = self.clock.now()
        seen: set[ItemId] = set()
        async for items in self._listed(kind, WAITING, MOST_PAGES):
            fresh = [one for one in items if one.item_id not in seen]
            seen.update(one.item_id for one in fresh)
            yield fresh
        if kind in self._swept_at and now - self._swept_at[kind] < SWEEP_EVERY:
            return
        async for items in self._listed(kind, ALL, SWEEP_PAGES):
            yield [one for one in items if one.item_id not in seen and _waits(one)]
        self._swept_at[kind] = now

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now, by a page for each; this marks reviews as opened.

        Several answers of ours are looked for in the list before. Only one that it shows to all, in the very words that
        were sent, counts: a list may lag, or cut texts off.
        """
        found = await self._listed_as_sent(refs)
        for ref in refs:
            if ref.item_id not in found:
                seen_at, began = self.clock.now(), self.clock.monotonic()
                item = await self._item(ref, seen_at)
                found[ref.item_id] = Sighting(item, seen_at)
                self._opened = (ref.item_id, began) if item else None
        return found

    async def _listed_as_sent(self, refs: Sequence[ItemRef]) -> dict[ItemId, Sighting]:
        found: dict[ItemId, Sighting] = {}
        for kind in Kind:
            missing = {ref.item_id for ref in refs if ref.kind is kind and ref.item_id in self._sent}
            if len(missing) < WORTH_A_LIST:
                continue
            seen_at, vain = self.clock.now(), 0
            async for items in self._listed(kind, ALL, SWEEP_PAGES):
                seen = {one.item_id: Sighting(one, seen_at) for one in items if self._is_as_sent(one)}
                worth = missing & seen.keys()
                found |= {item_id: seen[item_id] for item_id in worth}
                missing -= worth
                vain += not worth
                if len(missing) < WORTH_A_LIST * (vain + 1):
                    break
        return found

    def _is_as_sent(self, item: Item) -> bool:
        answer, sent = item.answer, self._sent.get(item.item_id)
        return answer is not None and answer.state is AnswerState.VISIBLE and answer.text == sent

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Fill the item's reply form, or that of our own answer, and look at what stands there afterwards."""
        checked(self.spec, dispatch)
        if dispatch.action is Action.EDIT:
            before, after = dispatch.previous_text, dispatch.text
            written = await self._write(lambda forms, page: forms.edit(page, dispatch, before, after))
        else:
            written = await self._write(lambda forms, page: forms.answer(page, dispatch))
        self._remember(dispatch)
        return Receipt(self.clock.now(), written)

    def _remember(self, dispatch: Dispatch) -> None:
        while len(self._sent) >= MOST_REMEMBERED:
            del self._sent[next(iter(self._sent))]
        self._sent[dispatch.ref.item_id] = dispatch.text

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer, or put back its text before an edit; what is gone already is left so."""
        if wire.number_of(dispatch.ref.item_id) is None:
            return
        if dispatch.action is Action.EDIT:
            before, after = dispatch.text, dispatch.previous_text
            await self._write(lambda forms, page: forms.restore(page, dispatch, before, after))
        else:
            await self._write(lambda forms, page: forms.delete(page, dispatch))

    async def check(self) -> Sequence[Fact]:
        """The caveat, and whether the list of reviews opens."""
        caveat = self.spec.cabinet.caveat if self.spec.cabinet else ""
        return [Fact("cabinet's pages", True, f"WARNING: {caveat}"), await self._told()]

    async def close(self) -> None:
        """The browser belongs to whoever lent it."""

    async def _told(self) -> Fact:
        try:
            first = await self._page(Kind.REVIEW, Listing(WAITING, 1))
        except FeedbackServiceError as problem:
            return trouble("session", problem, LATER_IN_CABINET)
        more = " or more" if first.has_next else ""
        return Fact("session", True, f"signed in; {len(first.items)}{more} reviews wait for a reaction")

    async def _listed(self, kind: Kind, status: str, most: int) -> AsyncIterator[Sequence[Item]]:
        for number in range(1, most + 1):
            shown = await self._page(kind, Listing(status, number))
            if shown.items:
                yield shown.items
            if not shown.has_next:
                return

    async def _page(self, kind: Kind, listing: Listing) -> ListPage:
        now = self.clock.now()
        return await self.browser.run(lambda page: self.pages.list_page(page, kind, listing, now), READING)

    async def _item(self, ref: ItemRef, now: datetime) -> Item | None:
        if wire.number_of(ref.item_id) is None:
            return None
        return await self.browser.run(lambda page: self.pages.item(page, ref.kind, ref.item_id, now), READING)

    async def _write(self, write: Callable[[CabinetForms, Page], T]) -> T:
        latest = self.clock.monotonic() + LATEST
        forms = CabinetForms(self.pages, lambda: self.clock.monotonic() < latest)
        return await self.browser.run(lambda page: write(replace(forms, looked_at=self._fresh()), page), WRITING)

    def _fresh(self) -> ItemId | None:
        """The item whose page was opened a moment ago; good for one write, and asked for once the browser is there."""
        opened, self._opened = self._opened, None
        return opened[0] if opened and self.clock.monotonic() - opened[1] < FRESH else None


def by_browser(spec: PlatformSpec) -> PlatformSpec:
    """The platform as it is worked with in a browser: slower, and with more time before a doubt is over."""
    waits = Redelivery(settle=SETTLE, confirm=CONFIRM)
    return replace(spec, batch=BATCH, send_window=timedelta(minutes=1), redelivery=waits)


def _waits(item: Item) -> bool:
    return item.answer is None or item.answer.state is AnswerState.REJECTED
