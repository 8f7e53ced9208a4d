"""What the flow asks of storage: feedback and outbox of one supplier, claimed by lease, changed by compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Receipt
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.passage import Closure, Passage
from feedback_service.domain.pauses import Pause, Pauser
from feedback_service.domain.reply import Classification, Draft


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one page of items changed: how many are new, edited by their customer before we answered (their work begins
    anew: COLLECTED), reopened (answered or closed by us, yet unanswered or edited now), or known as they are; `skipped`
    are those of the known ones that our rules gave no answer."""

    new: int = 0
    edited: int = 0
    reopened: int = 0
    known: int = 0
    skipped: tuple[ItemId, ...] = ()

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(
            self.new + other.new,
            self.edited + other.edited,
            self.reopened + other.reopened,
            self.known + other.known,
            self.skipped + other.skipped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of one feedback, applied only if its status and revision are still those of `feedback`.

    `to` None keeps the status (nothing is written to the history) and only gives the claim back: with `delay`, not
    before that. What is None stays as it is. `approve` adds the outbox entry in the same transaction; it needs
    `to=APPROVED`. `because` is the sentence for people that the history keeps. `forgive`: the claim is not counted
    in `attempts`, as an outage is not the item's fault.
    """

    feedback: Feedback
    to: FeedbackStatus | None
    because: str
    who: str = "service"
    delay: timedelta = timedelta(0)
    classification: Classification | None = None
    draft: Draft | None = None
    redrafts: int | None = None
    approve: Approval | None = None
    forgive: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """The outbox entry that an approval makes; `previous_text` is what an EDIT replaces."""

    text: str
    action: Action = Action.ANSWER
    previous_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One step of one dispatch, with what it means for its feedback, in one transaction.

    Applied only if the dispatch's status and revision are still those of `dispatch`; `feedback_to` None leaves the
    feedback as it is. `delay`: the dispatch is not claimed before it has passed. `to` None keeps the status, counts
    a look and gives the claim back; with `forgive` the look is not counted, as nothing was seen.
    """

    dispatch: Dispatch
    to: DispatchStatus | None
    because: str
    who: str = "service"
    delay: timedelta = timedelta(0)
    receipt: Receipt | None = None
    feedback_to: FeedbackStatus | None = None
    forgive: bool = False


class FeedbackStore(Protocol):
    """The feedback of one supplier; every write first checks the fence and raises FenceLost where it is lost."""

    async def record(self, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
        """Keep a page of unanswered items: insert the new, notice the edited, link supplements to what they supplement.

        An edit of an item that is APPROVED and still PENDING closes the dispatch; one already SENDING or later is left
        alone. Idempotent.
        """
        ...

    async def claim(self, status: FeedbackStatus, limit: int, lease: timedelta) -> Sequence[Feedback]:
        """Take up to `limit` due items of the status, oldest due first, attempts + 1; others skip them for `lease`."""
        ...

    async def apply(self, changes: Sequence[Change]) -> Sequence[FeedbackId]:
        """Apply the changes in one transaction; return the ids of those that lost their race (the rest are applied).

        Raises NotAllowed for a transition that the lifecycle's table does not have.
        """
        ...

    async def waiting(self, account: AccountId, kind: Kind) -> Sequence[Feedback]:
        """Items not yet in delivery (COLLECTED, CLASSIFIED, DRAFTED, HELD), to compare with what the platform lists."""
        ...

    async def newest(self, account: AccountId, limit: int) -> Sequence[Feedback]:
        """Those that customers wrote last, of every kind and status."""
        ...

    async def by_item(self, account: AccountId, item_id: ItemId) -> Feedback | None: ...

    async def get(self, feedback: FeedbackId) -> Feedback | None:
        """One feedback of this supplier, unclaimed; None where the supplier has none of that id."""
        ...


class Outbox(Protocol):
    """The dispatches of one supplier; every write first checks the fence and raises FenceLost where it is lost."""

    async def claim(
        self,
        account: AccountId,
        statuses: frozenset[DispatchStatus],
        limit: int,
        lease: timedelta,
        *,
        kinds: frozenset[Kind] | None = None,
    ) -> Sequence[Dispatch]:
        """Take up to `limit` due entries, oldest due first, of some kinds of items only where `kinds` names them.

        Others skip them for `lease`.
        """
        ...

    async def begin(self, dispatch: Dispatch, window: timedelta) -> Dispatch:
        """PENDING → SENDING, attempts + 1, looks 0, committed before the write leaves; raises LostRace.

        After `window` an entry that is still SENDING has lost its sender.
        """
        ...

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        """Apply outcomes in one transaction; return the ids of those that lost their race."""
        ...

    async def get(self, dispatch: DispatchId) -> Dispatch | None:
        """One dispatch of this supplier, unclaimed; None where the supplier has none of that id."""
        ...

    async def of(self, feedback: FeedbackId) -> Sequence[Dispatch]:
        """All dispatches that the feedback ever had, oldest first."""
        ...

    async def abandon(self, account: AccountId) -> int:
        """SENDING entries whose window ran out become IN_DOUBT, due after no delay; return how many."""
        ...


class Accounts(Protocol):
    """What the flow writes of its accounts."""

    async def pause(self, account: AccountId, by: Pauser, reason: str, retry_after: timedelta | None) -> bool:
        """Mark the account as out of order; True where that is news (alert only once).

        A pause by a graver fault stays as it is, and one by a lesser fault gives way.
        """
        ...

    async def resume(self, account: AccountId, ends: frozenset[Pauser]) -> bool:
        """Mark the account as working, where one of these paused it; True where it was (say once that it is back)."""
        ...

    async def paused(self, account: AccountId) -> Pause | None:
        """The account's pause, if there is one."""
        ...

    async def collected(self, account: AccountId) -> None:
        """Note that the account was read whole by now."""
        ...

    async def close_way(self, account: AccountId, passage: Passage, reason: str, wait: timedelta) -> bool:
        """Note that a passage is closed, and not worth a try before `wait`; True the first time (alert only once)."""
        ...

    async def open_way(self, account: AccountId, passage: Passage) -> bool:
        """Note that a passage is open; True where it was closed (say once that it is open again)."""
        ...

    async def closed_ways(self, account: AccountId) -> Sequence[Closure]:
        """Every closed passage of the account, whether or not it is worth another try by now."""
        ...


@dataclass(frozen=True, slots=True)
class SupplierStorage:
    """Where one supplier's stores meet: all share one fence."""

    feedback: FeedbackStore
    outbox: Outbox
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class Charge:
    """What one call takes of one shared rate: `units` of `per_minute`, of which `burst` may come at once."""

    name: str
    units: float
    per_minute: float
    burst: float


class Budget(Protocol):
    """Rates shared by every process and host."""

    async def take(self, *charges: Charge) -> float:
        """Reserve all charges (each of another name); return the seconds to wait before the call (0: at once)."""
        ...


def ref(item: Item) -> ItemRef:
    """The item's reference."""
    return ItemRef(item.item_id, item.kind, item.created_at)
