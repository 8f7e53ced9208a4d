"""What the flow asks of a platform: what it is, what is unanswered, what stands there, and to write an answer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId, PlatformKey
from feedback_service.domain.length import LengthUnit as LengthUnit
from feedback_service.domain.length import TextLimit as TextLimit
from feedback_service.domain.redelivery import Redelivery as Redelivery
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.ports.browser import Browser
from feedback_service.ports.clock import Clock
from feedback_service.ports.sessions import SessionKeeper


@dataclass(frozen=True, slots=True)
class CredentialField:
    """What an account of the platform needs, with where a person finds it; `ways` are those that need it.

    What is `secret` is never written in plain text; a number that everybody may know (a cabinet's id) is not. What
    `identifies` says which seller it is: two accounts with one value of it would answer the same customers.
    """

    name: str
    meaning: str
    required: bool = True
    ways: frozenset[Way] = frozenset({Way.API})
    secret: bool = True
    identifies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetSpec:
    """The seller's cabinet, for accounts that are worked with in a browser.

    `sites` are the domains whose cookies it takes (with all below them). Without every one of `cookies` nobody is
    signed in, and the first of them to run out ends the session. `caveat` says in one sentence how sure our picture of
    the cabinet is, and what its use risks. `ways` are those of working that live by its session: the browser, or calls
    of the cabinet that take its cookies. Where an account has all of the credentials `instead`, no session is needed.
    """

    url: str
    sites: tuple[str, ...]
    cookies: tuple[str, ...]
    caveat: str
    ways: frozenset[Way] = frozenset({Way.BROWSER})
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec:
    """A platform in one table: everything the rest of the service may know of it.

    `send_window`: how long one write may take at most; a SENDING entry older than that has lost its sender.
    `edit_window`: how long an answer can be edited; None where it cannot be.
    `terms`: what the platform's terms say of automation.
    `deliveries`: how answers may leave, the usual way first; `barred`: why not by the others. `cabinet` is None where
    nobody signs in. `retracts`: whether an answer of ours can be taken away again. `readings`: by which ways customers'
    words can be read; empty: by those by which answers leave. `moderates`: kinds of which an answer is looked at before
    customers see it. `finds`: how one item is found again. `limits`: how often it may be asked, in words for people.
    `person_first`: why every answer waits for a person here unless the account says otherwise; empty where the
    supplier's policy decides alone.
    """

    key: PlatformKey
    title: str
    base_url: str
    kinds: frozenset[Kind]
    reply_limits: Mapping[Kind, TextLimit]
    credentials: tuple[CredentialField, ...]
    edit_window: timedelta | None = None
    edits: int = 0
    batch: int = 30
    send_window: timedelta = timedelta(minutes=2)
    redelivery: Redelivery = field(default_factory=Redelivery)
    terms: str = ""
    deliveries: tuple[Delivery, ...] = (Delivery.API,)
    barred: Mapping[Delivery, str] = field(default_factory=dict)
    cabinet: CabinetSpec | None = None
    retracts: bool = False
    readings: tuple[Way, ...] = ()
    moderates: frozenset[Kind] = frozenset()
    finds: str = "by its id"
    limits: str = "nothing published"
    person_first: str = ""

    @property
    def reading_ways(self) -> tuple[Way, ...]:
        """By which ways customers' words can be read, the usual one first."""
        return self.readings or tuple(dict.fromkeys(delivery.way for delivery in self.deliveries))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of `feedback-service check`: what was looked at, what was found, and what to do where it is wrong."""

    subject: str
    ok: bool
    finding: str
    remedy: str = ""


class Collector(Protocol):
    """Reads what waits for an answer."""

    def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All items of the kind that have no answer yet, page by page, none of them missed by shifting pages.

        Raises Retryable or AccountFault; pages already yielded are good.
        """
        ...

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands on the platform now for these items, by as few calls as the platform allows.

        Every ref is in the answer, but for an item that is there, and out of reach. Raises Retryable or AccountFault.
        """
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """When customers wrote: from `since` on, and before `until`."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Items of a span, answered or not.

    `cursor` goes on after this page, also in another process; `share` is how much of the span has been read by now,
    0 to 1, as well as can be told. Items that appear while the span is read may be missed: they are the collector's.
    """

    items: Sequence[Item]
    cursor: str
    share: float


@runtime_checkable
class Historian(Protocol):
    """A connector that can read what customers wrote long ago, answered or not."""

    def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """The span page by page, from the beginning or from where a page's `cursor` left off.

        Raises Retryable or AccountFault; pages already yielded are good. Raises Refused for a cursor that is not its
        own.
        """
        ...


class Publisher(Protocol):
    """Writes answers, each at most once per call: it never repeats a write by itself."""

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Send the dispatch's text as a new answer or as an edit of ours.

        Raises Retryable (surely nothing written), InDoubt (maybe written), Refused or AccountFault; MustRetract where a
        look right after the write shows our answer with another text.
        """
        ...

    async def retract(self, dispatch: Dispatch) -> None:
        """Take our answer away, whatever its text is by now; of an EDIT, restore `previous_text`. Harmless to repeat.

        The answer is that of `dispatch.receipt_id`, or the account's own one on the item where there is no such id;
        somebody else's is left alone. Raises Retryable, InDoubt or AccountFault, and Refused where the platform does
        not let answers be taken away.
        """
        ...


class Connector(Collector, Publisher, Protocol):
    """One account on one platform."""

    @property
    def spec(self) -> PlatformSpec: ...

    async def check(self) -> Sequence[Fact]:
        """Look at the login and its rights without changing anything; never raises for what it can report."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Dismisser(Protocol):
    """A connector whose platform can be told that items wait for no answer; not every one has it."""

    async def dismiss(self, refs: Sequence[ItemRef]) -> None:
        """Tell the platform that these wait for no answer, of the kinds for which it knows such a mark.

        Harmless to repeat, and shows the customer nothing. Raises Retryable or AccountFault; some may be marked then.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a platform needs to open an account: where, as whom, by which way, and the time.

    `browser` and `cabinet_url` are there for Way.BROWSER. `sessions` is there where the way lives by the cabinet's
    session without a browser. `selectors` is a directory in which a file `<platform>.toml` replaces the platform's own
    selectors, for the day on which a page has changed.
    """

    label: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    clock: Clock
    way: Way = Way.API
    cabinet_url: str = ""
    browser: Browser | None = None
    sessions: SessionKeeper | None = None
    selectors: Path | None = None

    def several(self, name: str) -> tuple[str, ...]:
        """The parts of a credential that names several things, with commas, semicolons or blanks between; each once."""
        return tuple(dict.fromkeys(part for part in re.split(r"[\s,;]+", self.credentials.get(name, "")) if part))


class Platform(Protocol):
    """What a platform's folder offers: its SPEC and a way to open an account (a module fulfils this)."""

    @property
    def SPEC(self) -> PlatformSpec: ...  # noqa: N802  a module constant

    def connect(self, access: Access) -> Connector:
        """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
        ...
