"""What a stand-in for a platform must offer so that the sandbox can mount it, seed it and ask what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

CustomerKind = Literal["review", "question"]
WriteEffect = Literal["answer", "edit", "reject", "view", "ignored", "retract"]


@dataclass(frozen=True, slots=True)
class Imposed:
    """One fault the sandbox asks a replica to play on this request, for example {"kind": "moderate"}."""

    kind: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplicaRequest:
    """One HTTP request below the replica's mount point.

    Header names are lowercase; of a repeated query name the first value counts; `at` is epoch seconds by the
    sandbox's clock and is the only time a replica knows. `signed_in` is the key of the account whose browser asks, on
    pages of a seller's cabinet that the sandbox guards (see `HasPages`); None elsewhere.
    """

    method: str
    path: str
    at: float
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    imposed: tuple[Imposed, ...] = ()
    signed_in: str | None = None

    def imposition(self, kind: str) -> Mapping[str, object] | None:
        """The options of the imposed fault of this kind, or None when it is not asked for."""
        return next((fault.options for fault in self.imposed if fault.kind == kind), None)


@dataclass(frozen=True, slots=True)
class ReplicaResponse:
    """What the replica answers; Content-Length is added by the server."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class SandboxAccount:
    """A seller's account to open: our key for it, and options that only its platform understands."""

    key: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SandboxCustomer:
    """What a customer left on the platform. `created_at` is epoch seconds, `photos` a number of pictures.

    `supplement_of` names the earlier item of the same customer that this one continues.
    """

    kind: CustomerKind
    created_at: float
    text: str = ""
    pros: str = ""
    cons: str = ""
    rating: int | None = None
    author: str = ""
    product: str = ""
    photos: int = 0
    supplement_of: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerEdit:
    """What a customer changed afterwards; None leaves the field alone."""

    text: str | None = None
    pros: str | None = None
    cons: str | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerWrite:
    """One write that reached an item. "ignored" means: accepted by the platform, changed nothing."""

    text: str
    at: float
    effect: WriteEffect


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One customer's item and everything that was written to it.

    `answers` counts what the customer would notice: a first answer, a further one, or one overwritten by a
    call that is not the platform's own "edit". Answers that moderation declined are not counted, waiting
    ones are.
    """

    platform: str
    account: str
    item: str
    customer: SandboxCustomer
    writes: tuple[LedgerWrite, ...]
    answers: int
    visible: str | None
    state: str


@dataclass(frozen=True, slots=True)
class UnknownWrite:
    """A write addressed to an item that the account does not have."""

    platform: str
    account: str
    item: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class LedgerEntries:
    """All that one replica knows: an entry per item, and the writes that hit nothing."""

    entries: tuple[LedgerEntry, ...] = ()
    unknown_writes: tuple[UnknownWrite, ...] = ()


class Replica(Protocol):
    """Anything that can be mounted: answers requests at once, in memory, without I/O of its own."""

    @property
    def platform(self) -> str:
        """The name it is mounted under, equal to the platform's key."""

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request; never raises."""


@runtime_checkable
class PlaysFaults(Protocol):
    """A replica that speaks its platform's own words for some faults, instead of the server's plain ones."""

    @property
    def plays(self) -> frozenset[str]:
        """Kinds of fault that are handed over in `ReplicaRequest.imposed`."""


@runtime_checkable
class TellsWrites(Protocol):
    """A replica whose platform reads by POST too: without this, faults of writes strike everything but GET."""

    def writes(self, method: str, path: str) -> bool:
        """Whether a call of this method and path may change something."""


@runtime_checkable
class HasPages(Protocol):
    """A replica with a seller's cabinet for browsers.

    The sandbox guards every path below `pages` like the real thing: antibot, sign-in, sessions, captcha. Only what
    passes reaches `respond`, with `signed_in` set.
    """

    @property
    def pages(self) -> str:
        """The path below which the cabinet lies, for example "/cabinet"."""

    @property
    def session_cookies(self) -> tuple[str, ...]:
        """The names of the cookies that sign a browser in, as the platform calls them."""

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        """What a call of the cabinet gets without a session; None: a redirect to the sign-in page."""


@runtime_checkable
class IssuesSessions(Protocol):
    """A replica whose calls take the cookies of a browser, without pages that a browser would have to open."""

    def issue_session(self, account_key: str, at: float, lasts: float) -> Mapping[str, str]:
        """Sign the account in for `lasts` seconds; its cookies by name. Raises KeyError for an unknown account."""


@runtime_checkable
class Cabinet(Replica, Protocol):
    """The seller's side of a replica: accounts, customers, and the ledger that tests judge by."""

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or issue fresh credentials for a known key. Raises ValueError on a bad option."""

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose credentials the request carries, expired ones included; None when they are nobody's."""

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write; returns the item's id. Raises KeyError for an unknown account or parent."""

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change what they wrote. Raises KeyError for an unknown account or item."""

    def ledger(self, at: float) -> LedgerEntries:
        """What was written so far, as a customer would see it at that moment."""
