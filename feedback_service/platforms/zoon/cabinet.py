"""One account on Zoon, answered in a signed-in browser, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import AnswerState, Item, Kind, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon.cabinet_forms import ANSWERED_MEANWHILE, CabinetForms
from feedback_service.platforms.zoon.cabinet_page import CabinetPages
from feedback_service.platforms.zoon.client import ZoonClient
from feedback_service.platforms.zoon.facts import told
from feedback_service.platforms.zoon.listing import Listings
from feedback_service.platforms.zoon.login import read_login
from feedback_service.platforms.zoon.naming import Shown
from feedback_service.platforms.zoon.notes import Notes
from feedback_service.platforms.zoon.sighting import Sighter
from feedback_service.ports.browser import Browser, Page
from feedback_service.ports.platform import Access, Fact, PlatformSpec
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import load

T = TypeVar("T")

READING = 30.0
"""Seconds for one page."""
WRITING = 45.0
"""Seconds for one write with all its pages; with the look before and the wait for the browser below send_window."""
LATEST = 60.0
"""Seconds after which a write that had to wait for the browser is not begun any more."""
GONE = "Zoon does not show the review (any more)"
EDITED = "the review reads otherwise by now: it is looked at again before anything is sent"
READ_BY_API = "set reading: api"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoonCabinet:
    """Fills the forms on the organisations' pages; what customers wrote is read as everybody reads it."""

    spec: PlatformSpec
    browser: Browser
    pages: CabinetPages
    client: ZoonClient
    sighter: Sighter

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> ZoonCabinet:
        """Prepare an account without opening a page. Raises Configuration for what cannot be right."""
        if access.browser is None or spec.cabinet is None:
            raise Configuration(f"{access.label}: answering on Zoon needs a browser")
        client = ZoonClient.of(read_login(access, spec.base_url), access.clock)
        sections = load(__package__, "selectors", access.selectors)
        return cls(
            spec=spec,
            browser=access.browser,
            pages=CabinetPages(
                origin=(access.cabinet_url or spec.cabinet.url).rstrip("/"),
                sections=sections,
                entrance=Entrance(access.label, sections["marks"]),
            ),
            client=client,
            sighter=Sighter(Listings(client), Notes()),
        )

    def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        raise Unavailable("Zoon is not read in a browser", READ_BY_API)

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        raise Unavailable("Zoon is not read in a browser", READ_BY_API)

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once, where no answer stands and the words are still those that were answered.

        As ids are made of what the list prints, the words are read once more by them, and the page must show the same.
        """
        self._require_sendable(dispatch)
        latest = self.client.clock.monotonic() + LATEST
        shown = await self._shown(dispatch.ref)
        if shown is None:
            raise Refused(GONE)
        standing = shown.review.answer
        if standing is not None and standing.state is not AnswerState.REJECTED:
            if standing.text and same_text(standing.text, dispatch.text):
                return Receipt(self.client.clock.now(), standing.platform_id)
            raise Retryable(ANSWERED_MEANWHILE)
        if dispatch.fingerprint and fingerprint(shown.review) != dispatch.fingerprint:
            raise Retryable(EDITED)
        written = await self._write(lambda forms, page: forms.answer(page, shown, dispatch.text), latest)
        return Receipt(self.client.clock.now(), written)

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer; what is gone already is left so."""
        if dispatch.action is Action.EDIT:
            raise Refused("answers on Zoon are not edited, so none can be put back")
        latest = self.client.clock.monotonic() + LATEST
        shown = await self._shown(dispatch.ref)
        if shown is not None:
            await self._write(lambda forms, page: forms.delete(page, shown, dispatch), latest)

    async def check(self) -> Sequence[Fact]:
        """The caveat, and whether the first organisation's page opens to the session."""
        caveat = self.spec.cabinet.caveat if self.spec.cabinet else ""
        return [Fact("cabinet's pages", True, f"WARNING: {caveat}"), await told("session", self._session)]

    async def close(self) -> None:
        """The browser belongs to whoever lent it."""
        await self.client.close()

    async def _session(self) -> Fact:
        organisation = self.client.login.organisations[0]
        await self.browser.run(lambda page: self.pages.open(page, organisation), READING)
        return Fact("session", True, f"signed in; the page of {organisation} opens")

    def _require_sendable(self, dispatch: Dispatch) -> None:
        """Raises Refused for what needs no question to Zoon."""
        limit = self.spec.reply_limits[Kind.REVIEW]
        length = limit.measure(dispatch.text)
        bounds = f"{limit.minimum} to {limit.maximum} are allowed"
        if not limit.fits(dispatch.text):
            raise Refused(f"the text has {length} {limit.unit}; {bounds}")
        if not dispatch.text.strip():
            raise Refused(f"the text is blank; {bounds}")
        if dispatch.action is Action.EDIT:
            raise Refused("answers on Zoon are not edited")
        if dispatch.ref.kind is not Kind.REVIEW:
            raise Refused("there are only reviews on Zoon")

    async def _shown(self, ref: ItemRef) -> Shown | None:
        """The review as everybody sees it; None where it is gone. Raises Retryable where it is out of reach."""
        found = await self.sighter.find([ref])
        if ref.item_id not in found:
            raise Retryable(f"Zoon shows only newer reviews than {ref.item_id} now")
        return found[ref.item_id]

    async def _write(self, write: Callable[[CabinetForms, Page], T], latest: float) -> T:
        clock = self.client.clock
        forms = CabinetForms(self.pages, clock.now(), lambda: clock.monotonic() < latest)
        return await self.browser.run(lambda page: write(forms, page), WRITING)
