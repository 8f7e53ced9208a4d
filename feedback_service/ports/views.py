"""What people may look at: lists, one item's whole story, progress, accounts and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Receipt
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Kind
from feedback_service.domain.identity import AccountId, AccountKey, FeedbackId, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which feedback to list; what is None or empty does not restrict. Newest first.

    `text` is looked for in the customer's words, the author and the draft, letter case aside. `since` and `until` are
    about when the customer wrote, `until` exclusive.
    """

    supplier: SupplierKey | None = None
    account: AccountKey | None = None
    platform: PlatformKey | None = None
    statuses: frozenset[FeedbackStatus] = frozenset()
    kind: Kind | None = None
    rating_from: int | None = None
    rating_to: int | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One feedback with what names it for people, and since when it is what it is."""

    feedback: Feedback
    account: AccountKey
    collected_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One change of state; `old` is empty at the beginning."""

    at: datetime
    old: str
    new: str
    because: str
    who: str


@dataclass(frozen=True, slots=True)
class DispatchStory:
    dispatch: Dispatch
    created_at: datetime
    receipt: Receipt | None
    steps: tuple[HistoryStep, ...]


@dataclass(frozen=True, slots=True)
class UsageSum:
    """What one model took for one purpose ("classification" or "draft"); cost in millionths of a US dollar."""

    supplier: SupplierKey
    purpose: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_micros: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is known of one feedback, each list oldest first."""

    listed: Listed
    steps: tuple[HistoryStep, ...]
    dispatches: tuple[DispatchStory, ...]
    usage: tuple[UsageSum, ...]


@dataclass(frozen=True, slots=True)
class Count:
    supplier: SupplierKey
    platform: PlatformKey
    account: AccountKey
    status: FeedbackStatus
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One item by the platform's own id, for comparing our books with another's."""

    supplier: SupplierKey
    platform: PlatformKey
    account: AccountKey
    item_id: str
    status: FeedbackStatus


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over everything; states that nothing is in are missing."""

    feedback: Mapping[FeedbackStatus, int]
    dispatches: Mapping[DispatchStatus, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """One account; `paused_at` None means that it works, `paused_until` None that nobody knows when it will.

    `collected_at` is when it was last read whole.
    """

    id: AccountId
    supplier: SupplierKey
    key: AccountKey
    platform: PlatformKey
    active: bool
    paused_at: datetime | None
    paused_until: datetime | None
    paused_reason: str
    collected_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Approved answers of one account that nobody has begun to send; `delivery` None is the platform's usual one."""

    supplier: SupplierKey
    account: AccountKey
    platform: PlatformKey
    delivery: Delivery | None
    count: int
    since: datetime
    paused_reason: str


class Views(Protocol):
    """Read-only; every method raises Retryable where the database is away."""

    async def list(self, wanted: Filter) -> Sequence[Listed]: ...

    async def count(self, wanted: Filter) -> int:
        """How many there are, limit and offset aside."""
        ...

    async def story(self, feedback: FeedbackId) -> Story | None: ...

    async def progress(self) -> Sequence[Count]:
        """Counts by supplier, platform, account and status, in this order."""
        ...

    async def standings(self) -> Sequence[Standing]:
        """Every item there is."""
        ...

    async def totals(self) -> Totals: ...

    async def accounts(self) -> Sequence[AccountState]: ...

    async def host_of(self, one: SupplierKey, now: datetime) -> str:
        """The host that works for the supplier; empty where none does."""
        ...

    async def arrived(self, one: AccountId, since: datetime) -> int:
        """How many of an account's items came to us since then."""
        ...

    async def overdue(self, now: datetime, wait: timedelta) -> Sequence[Overdue]:
        """Active accounts with approved answers that nobody has begun or looked at for `wait`.

        What was put off on purpose does not count.
        """
        ...

    async def usage(self, since: datetime | None = None) -> Sequence[UsageSum]:
        """Tokens and cost by supplier, purpose and model."""
        ...
