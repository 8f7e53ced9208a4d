"""One seller's account on Ozon, worked with in the seller's cabinet by a signed-in browser."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.cabinet import facts
from feedback_service.platforms.ozon.cabinet.calls import WAITING, Calls
from feedback_service.platforms.ozon.cabinet.desk import Desk
from feedback_service.platforms.ozon.cabinet.forms import Forms
from feedback_service.platforms.ozon.cabinet.looking import Looking
from feedback_service.platforms.ozon.notes import Notes
from feedback_service.platforms.ozon.sighting import waiting
from feedback_service.ports.browser import Browser, Page
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Access, Fact, PlatformSpec
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import Sections, load

log = logging.getLogger(__name__)

T = TypeVar("T")

READING = 50.0
WRITING = 50.0
"""Seconds for one script on the page: less than send_window, which ends the write from outside."""
GUESSED = ("VIEWED",)
"""Only NEW and ALL were seen in questions' lists; that VIEWED works as in the Seller API is a guess."""
LISTS = {Kind.REVIEW: (WAITING,), Kind.QUESTION: (("NEW",), GUESSED)}
LOOKS = 20
"""Items that one script looks at: their re-reads must fit into its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetConnector:
    """Reads and answers by the calls of the cabinet's own pages; every method runs on the browser's thread."""

    spec: PlatformSpec
    browser: Browser
    clock: Clock
    cabinet: str
    company_id: str
    entrance: Entrance
    selectors: Sections
    notes: Notes = field(default_factory=Notes)
    gone: set[Kind] = field(default_factory=set)

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> CabinetConnector:
        """Prepare an account; no browser starts yet. Raises Configuration for what cannot be right."""
        company_id = access.credentials.get("company_id", "").strip()
        if not (company_id.isascii() and company_id.isdigit()):
            raise Configuration(f"{access.label}: company_id must be the company's number in Ozon's cabinet")
        if access.browser is None or spec.cabinet is None:
            raise Configuration(f"{access.label}: a browser is needed for this way of working")
        selectors = load("feedback_service.platforms.ozon", "selectors", access.selectors)
        return cls(
            spec=spec,
            browser=access.browser,
            clock=access.clock,
            cabinet=(access.cabinet_url or spec.cabinet.url).rstrip("/"),
            company_id=company_id,
            entrance=Entrance(access.label, selectors["marks"]),
            selectors=selectors,
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All items that wait, newest first, as the cabinet lists them."""
        seen: set[ItemId] = set()
        for statuses in LISTS[kind]:
            onward: Mapping[str, object] | None = {}
            while onward is not None:
                try:
                    items, following = await self._run(_listing(kind, statuses, onward), READING)
                except Retryable as problem:
                    if statuses != GUESSED:
                        raise
                    log.info("The cabinet does not list viewed questions: %s", problem, extra={"action": "no_list"})
                    return
                fresh = [item for item in items if item.item_id not in seen]
                seen.update(item.item_id for item in fresh)
                if fresh:
                    yield fresh
                onward = None if following == onward else following

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now; the lists are read once for every `LOOKS` items."""
        found: dict[ItemId, Sighting] = {}
        for kind in Kind:
            wanted = sorted((ref for ref in refs if ref.kind is kind), key=lambda ref: ref.created_at)
            for first in range(0, len(wanted), LOOKS):
                found.update(await self._run(_sighting(wanted[first : first + LOOKS]), READING))
        return found

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once and look whether it stands there; InDoubt where it does not, unless the cabinet said yes."""
        if dispatch.action is Action.EDIT:
            raise Refused("Ozon does not let an answer be edited")
        self.spec.reply_limits[dispatch.ref.kind].require(dispatch.text)
        return await self._run(lambda desk: desk.publish(dispatch), WRITING)

    async def retract(self, dispatch: Dispatch) -> None:
        """By a call that is INVENTED; where the cabinet does not have it, Refused sends a person there."""
        await self._run(lambda desk: desk.retract(dispatch), WRITING)

    async def check(self) -> Sequence[Fact]:
        """Whether the session is good, and how much waits."""
        return await facts.of_cabinet(self.spec, self._run)

    async def close(self) -> None:
        """The browser belongs to whoever gave it."""

    async def _run(self, work: Callable[[Desk], T], seconds: float) -> T:
        return await self.browser.run(lambda page: work(self._desk(page)), seconds)

    def _desk(self, page: Page) -> Desk:
        calls = Calls(
            page=page,
            entrance=self.entrance,
            cabinet=self.cabinet,
            company_id=self.company_id,
            now=self.clock.now(),
        )
        return Desk(calls, Forms(page, self.entrance, self.cabinet, self.selectors), self.notes, self.gone)


def _sighting(refs: Sequence[ItemRef]) -> Callable[[Desk], Mapping[ItemId, Sighting]]:
    return lambda desk: desk.sight(refs)


def _listing(
    kind: Kind, statuses: Sequence[str], onward: Mapping[str, object]
) -> Callable[[Desk], tuple[Sequence[Item], Mapping[str, object] | None]]:
    """One page of the list; only an item that has comments costs a call: they may be ours, or a customer's."""

    def work(desk: Desk) -> tuple[Sequence[Item], Mapping[str, object] | None]:
        desk.enter(kind)
        calls = desk.calls
        page = calls.reviews(statuses, onward) if kind is Kind.REVIEW else calls.questions(statuses[0], onward)
        looking = Looking(calls, desk.forms, desk.notes)
        found: list[Item] = []
        for entry in (one for one in page.entries if not one.processed):
            item = looking.answered(entry) if entry.answers else entry.item
            if waits := waiting(entry, item, desk.notes.of(item.item_id)):
                found.append(waits)
        return found, page.onward if page.entries else None

    return work
