"""What the flow asks of a platform: what it is, what is unanswered, what stands there, and to write an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId, PlatformKey
from feedback_service.domain.length import LengthUnit as LengthUnit
from feedback_service.domain.length import TextLimit as TextLimit
from feedback_service.domain.redelivery import Redelivery as Redelivery
from feedback_service.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One secret that an account of the platform needs, with where a person finds it."""

    name: str
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec:
    """A platform in one table: everything the rest of the service may know of it.

    `send_window`: how long one write may take at most; a SENDING entry older than that has lost its sender.
    `edit_window`: how long an answer can be edited; None where it cannot be.
    `terms`: what the platform's terms say of automation.
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

        Every ref is in the answer. Raises Retryable or AccountFault.
        """
        ...


class Publisher(Protocol):
    """Writes answers, each at most once per call: it never repeats a write by itself."""

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Send the dispatch's text as a new answer or as an edit of ours.

        Raises Retryable (surely nothing written), InDoubt (maybe written), Refused or AccountFault.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a platform needs to open an account: where, as whom, and the time."""

    label: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    clock: Clock


class Platform(Protocol):
    """What a platform's folder offers: its SPEC and a way to open an account (a module fulfils this)."""

    @property
    def SPEC(self) -> PlatformSpec: ...  # noqa: N802  a module constant

    def connect(self, access: Access) -> Connector:
        """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
        ...
