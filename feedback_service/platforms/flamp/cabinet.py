"""One account on Flamp, answered as a company's representative does: in a signed-in browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, FeedbackServiceError, Refused, Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp.cabinet_forms import FlampForms
from feedback_service.platforms.flamp.cabinet_page import FlampPages
from feedback_service.platforms.flamp.login import FILIALS, checked, filials_of
from feedback_service.platforms.flamp.wire import Place, place_of
from feedback_service.ports.browser import Browser, Page
from feedback_service.ports.clock import Clock
from feedback_service.ports.facts import LATER_IN_CABINET, trouble
from feedback_service.ports.platform import Access, Fact, PlatformSpec
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import load

READING = 30.0
"""Seconds for one page."""
WRITING = 45.0
"""Seconds for one write with all its pages; with the wait for the browser below send_window."""
LATEST = 60.0
"""Seconds after which a write that had to wait for the browser is not begun any more."""
READ_BY_API = "Flamp is read by its API, which takes no login"
TO_READ = "leave reading out, or set it to api"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlampCabinet:
    """Fills the forms of reviews' pages; what customers wrote is read by `FlampConnector`."""

    spec: PlatformSpec
    filials: tuple[str, ...]
    browser: Browser
    clock: Clock
    pages: FlampPages

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> FlampCabinet:
        """Prepare an account without opening a page. Raises Configuration for what cannot be right."""
        if access.browser is None or spec.cabinet is None:
            raise Configuration(f"{access.label}: answering on Flamp needs a browser")
        sections = load(__package__, "selectors", access.selectors)
        origin = (access.cabinet_url or spec.cabinet.url).rstrip("/")
        pages = FlampPages(origin, sections, Entrance(access.label, sections["marks"]))
        return cls(spec=spec, filials=filials_of(access), browser=access.browser, clock=access.clock, pages=pages)

    def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """Raises Unavailable."""
        raise Unavailable(READ_BY_API, TO_READ)

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """Raises Unavailable."""
        raise Unavailable(READ_BY_API, TO_READ)

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Fill the review's reply form, and look at what stands there afterwards.

        The receipt carries no id: whether the number on the page is that of the API, which is looked at later, is not
        known, and our answer must not be taken for another's, or another's for ours.
        """
        place = checked(self.spec, dispatch, self.filials)
        await self._write(place, lambda forms, page: forms.answer(page, dispatch.text))
        return Receipt(self.clock.now())

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer; what is gone already is left so."""
        if dispatch.action is Action.EDIT:
            raise Refused("no way to edit an answer is known on Flamp, so none can be put back")
        if place := place_of(dispatch.ref.item_id):
            await self._write(place, lambda forms, page: forms.delete(page, dispatch))

    async def check(self) -> Sequence[Fact]:
        """The caveat, and whether a company's page opens to the session."""
        caveat = self.spec.cabinet.caveat if self.spec.cabinet else ""
        return [Fact("answering", True, f"WARNING: {caveat}"), await self._told()]

    async def close(self) -> None:
        """The browser belongs to whoever lent it."""

    async def _told(self) -> Fact:
        filial = self.filials[0]
        try:
            said = await self.browser.run(lambda page: self.pages.open_filial(page, filial), READING)
        except FeedbackServiceError as problem:
            return trouble("session", problem, LATER_IN_CABINET)
        if said:
            return Fact("session", False, f"the page of filial {filial} says: {said}", FILIALS)
        return Fact("session", True, f"signed in; the page of filial {filial} opens")

    async def _write(self, place: Place, write: Callable[[FlampForms, Page], None]) -> None:
        latest = self.clock.monotonic() + LATEST
        forms = FlampForms(self.pages, place, lambda: self.clock.monotonic() < latest)
        await self.browser.run(lambda page: write(forms, page), WRITING)
