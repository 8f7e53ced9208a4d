"""Storage in memory: fulfils the same contract as PostgreSQL's, for tests of the flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import LostRace
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Kind, Review, fingerprint
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, Fence, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.lifecycle import FEEDBACK, LIVE_DISPATCH, check_dispatch
from feedback_service.domain.passage import Closure, Passage
from feedback_service.domain.pauses import Pause, Pauser, is_news
from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import Change, Outcome, Recorded, SupplierStorage, ref
from feedback_service.storage.changes import check, needs_quiet
from feedback_service.storage.intake import Intake, Kept, Listing, Meaning, take_in, told_in
from feedback_service.storage.tables import WAITING

AT_ONCE = timedelta(0)


@dataclass(repr=False)
class MemoryStorage:
    """All suppliers' rows; `platforms` says where an account is, "wildberries" unless told otherwise."""

    clock: Clock
    platforms: dict[AccountId, PlatformKey] = field(default_factory=dict)
    feedback: dict[FeedbackId, Feedback] = field(default_factory=dict)
    dispatches: dict[DispatchId, Dispatch] = field(default_factory=dict)
    due: dict[object, datetime] = field(default_factory=dict)
    changed: dict[FeedbackId, datetime] = field(default_factory=dict)
    paused: dict[AccountId, str] = field(default_factory=dict)
    pausers: dict[AccountId, tuple[Pauser | None, datetime, datetime]] = field(default_factory=dict)
    collected: dict[AccountId, datetime] = field(default_factory=dict)
    closed: dict[tuple[AccountId, Passage], Closure] = field(default_factory=dict)
    ids: Iterable[int] = field(default_factory=lambda: count(1))

    def for_supplier(self, supplier: SupplierKey, fence: Fence | None = None) -> SupplierStorage:
        return SupplierStorage(MemoryFeedback(self, supplier), MemoryOutbox(self), MemoryAccounts(self))

    def signed_in_anew(self) -> None:
        """Any success ends a pause by now."""
        self.pausers = {account: (None, *when) for account, (_, *when) in self.pausers.items()}

    def next_id(self) -> int:
        return next(iter(self.ids))

    def live(self, feedback: FeedbackId) -> Dispatch | None:
        mine = (one for one in self.dispatches.values() if one.feedback_id == feedback)
        return next((one for one in mine if one.status in LIVE_DISPATCH), None)

    def move(self, old: Feedback, to: FeedbackStatus, because: str, **changes: object) -> None:
        self.feedback[old.id] = replace(
            old,
            status=to,
            note=because,
            revision=old.revision + 1,
            attempts=0,
            **changes,  # type: ignore[arg-type]
        )
        self.due[old.id] = self.changed[old.id] = self.clock.now()


@dataclass(frozen=True)
class MemoryFeedback:
    store: MemoryStorage
    supplier: SupplierKey

    async def record(self, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
        done = Recorded()
        for kind in dict.fromkeys(item.kind for item in items):
            done += self._record(account, [item for item in items if item.kind is kind], reopen_edited)
        return done

    def _record(self, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
        page = {item.item_id: item for item in items}
        told = {parent: one.item.item_id for one in self._of(account) if (parent := _parent(one.item))}
        told |= {parent: item.item_id for item in page.values() if (parent := _parent(item))}
        kept = {one.item.item_id: one for one in self._of(account) if one.item.kind is items[0].kind}
        new = [item for key, item in page.items() if key not in kept]
        for item in new:
            self._insert(account, item, told.get(item.item_id))
        for item in new:
            self._close_parent(account, item)
        changed = []
        for key in page.keys() & kept.keys():
            listing = Listing(now=self.store.clock.now(), reopen_edited=reopen_edited, supplement=told.get(key))
            changed += self._renew(page[key], kept[key], listing)
        counts = {meaning: sum(one.meaning is meaning for one in changed) for meaning in Meaning}
        known = len(page) - len(new) - len(changed)
        skipped = tuple(key for key in page if self._is_skipped(account, page[key]))
        return Recorded(len(new), counts[Meaning.EDITED], counts[Meaning.REOPENED], known, skipped)

    def _is_skipped(self, account: AccountId, item: Item) -> bool:
        mine = (one for one in self._of(account) if (one.item.kind, one.item.item_id) == (item.kind, item.item_id))
        return any(one.status is FeedbackStatus.SKIPPED for one in mine)

    def _insert(self, account: AccountId, item: Item, supplement: ItemId | None) -> None:
        id_ = FeedbackId(self.store.next_id())
        self.store.feedback[id_] = Feedback(
            id=id_,
            account_id=account,
            supplier=self.supplier,
            platform=self.store.platforms.get(account, PlatformKey("wildberries")),
            item=item,
            status=FeedbackStatus.CLOSED if supplement else FeedbackStatus.COLLECTED,
            revision=1,
            note=told_in(supplement) if supplement else "collected",
        )
        self.store.due[id_] = self.store.changed[id_] = self.store.clock.now()

    def _close_parent(self, account: AccountId, item: Item) -> None:
        parent = next((one for one in self._of(account) if one.item.item_id == _parent(item)), None)
        if parent is not None and parent.status in WAITING:
            self.store.move(parent, FeedbackStatus.CLOSED, told_in(item.item_id))

    def _renew(self, item: Item, old: Feedback, listing: Listing) -> list[Intake]:
        live = self.store.live(old.id)
        kept = Kept(
            id=old.id,
            status=old.status,
            revision=old.revision,
            fingerprint=fingerprint(old.item),
            changed_at=self.store.changed[old.id],
            delivery=live.status if live else None,
        )
        intake = take_in(item, kept, listing)
        if intake.to is None:
            return []
        if live:
            self.store.dispatches[live.id] = replace(live, status=DispatchStatus.CLOSED, revision=live.revision + 1)
        anew = {"classification": None, "draft": None, "redrafts": 0} if intake.to is FeedbackStatus.COLLECTED else {}
        self.store.move(old, intake.to, intake.because, item=item, **anew)
        return [intake]

    async def claim(self, status: FeedbackStatus, limit: int, lease: timedelta) -> Sequence[Feedback]:
        now = self.store.clock.now()
        mine = [one for one in self.store.feedback.values() if one.supplier == self.supplier and one.status is status]
        due = sorted((self.store.due[one.id], one.id) for one in mine if self.store.due[one.id] <= now)[:limit]
        for _, id_ in due:
            old = self.store.feedback[id_]
            self.store.feedback[id_] = replace(old, attempts=old.attempts + 1)
            self.store.due[id_] = now + lease
        return [self._told(self.store.feedback[id_]) for _, id_ in due]

    async def apply(self, changes: Sequence[Change]) -> Sequence[FeedbackId]:
        for change in changes:
            check(change)
        return [change.feedback.id for change in changes if not self._apply(change)]

    def _apply(self, change: Change) -> bool:
        old = self.store.feedback.get(change.feedback.id)
        if old is None or (old.status, old.revision) != (change.feedback.status, change.feedback.revision):
            return False
        if needs_quiet(change) and self.store.live(old.id):
            return False
        made = {"classification": change.classification, "draft": change.draft, "redrafts": change.redrafts}
        given = {name: value for name, value in made.items() if value is not None}
        if change.to is not None:
            self.store.move(old, change.to, change.because, **given)
        else:
            attempts = max(0, old.attempts - change.forgive)
            self.store.feedback[old.id] = replace(old, attempts=attempts, **given)  # type: ignore[arg-type]
        self.store.due[old.id] = self.store.clock.now() + change.delay
        if change.approve:
            self._approve(change)
        return True

    def _approve(self, change: Change) -> None:
        assert change.approve is not None
        id_ = DispatchId(self.store.next_id())
        self.store.dispatches[id_] = Dispatch(
            id=id_,
            feedback_id=change.feedback.id,
            account_id=change.feedback.account_id,
            ref=ref(change.feedback.item),
            action=change.approve.action,
            text=change.approve.text,
            previous_text=change.approve.previous_text,
            fingerprint=fingerprint(change.feedback.item),
            status=DispatchStatus.PENDING,
            revision=1,
        )
        self.store.due[("dispatch", id_)] = self.store.clock.now() + change.delay

    async def waiting(self, account: AccountId, kind: Kind) -> Sequence[Feedback]:
        return [one for one in self._of(account) if one.item.kind is kind and one.status in WAITING]

    async def newest(self, account: AccountId, limit: int) -> Sequence[Feedback]:
        return sorted(self._of(account), key=lambda one: (one.item.created_at, one.id), reverse=True)[:limit]

    async def by_item(self, account: AccountId, item_id: ItemId) -> Feedback | None:
        return next((self._told(one) for one in self._of(account) if one.item.item_id == item_id), None)

    async def get(self, feedback: FeedbackId) -> Feedback | None:
        found = self.store.feedback.get(feedback)
        return self._told(found) if found and found.supplier == self.supplier else None

    def _of(self, account: AccountId) -> list[Feedback]:
        return [one for one in self.store.feedback.values() if one.account_id == account]

    def _told(self, one: Feedback) -> Feedback:
        """With what its customer wrote before."""
        items = {each.item.item_id: each.item for each in self._of(one.account_id)}
        prior: list[Item] = []
        while (item := items.get(_parent(prior[0] if prior else one.item) or ItemId(""))) and item not in prior:
            prior.insert(0, item)
        return replace(one, prior=tuple(prior))


@dataclass(frozen=True)
class MemoryOutbox:
    store: MemoryStorage

    async def claim(
        self,
        account: AccountId,
        statuses: frozenset[DispatchStatus],
        limit: int,
        lease: timedelta,
        *,
        kinds: frozenset[Kind] | None = None,
    ) -> Sequence[Dispatch]:
        due = [one for one in self._due(account, statuses) if kinds is None or one.ref.kind in kinds][:limit]
        for one in due:
            self._put(one, lease)
        return due

    async def get(self, dispatch: DispatchId) -> Dispatch | None:
        return self.store.dispatches.get(dispatch)

    async def begin(self, dispatch: Dispatch, window: timedelta) -> Dispatch:
        check_dispatch(dispatch.status, DispatchStatus.SENDING)
        old = self._current(dispatch)
        if old is None:
            raise LostRace("it changed")
        begun = replace(
            old,
            status=DispatchStatus.SENDING,
            revision=old.revision + 1,
            attempts=old.attempts + 1,
            looks=0,
            sent_at=self.store.clock.now(),
        )
        self._put(begun, window)
        return begun

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        for outcome in outcomes:
            if outcome.to is not None:
                check_dispatch(outcome.dispatch.status, outcome.to)
        return [outcome.dispatch.id for outcome in outcomes if not self._settle(outcome)]

    def _settle(self, outcome: Outcome) -> bool:
        old = self._current(outcome.dispatch)
        if old is None:
            return False
        if outcome.to is None:
            self._put(replace(old, looks=old.looks + (not outcome.forgive)), outcome.delay)
        else:
            receipt_id = outcome.receipt.platform_id if outcome.receipt else old.receipt_id
            moved = replace(
                old, status=outcome.to, revision=old.revision + 1, note=outcome.because, receipt_id=receipt_id
            )
            self._put(moved, outcome.delay)
        feedback = self.store.feedback[old.feedback_id]
        if outcome.feedback_to is not None and outcome.feedback_to in FEEDBACK[feedback.status]:
            self.store.move(feedback, outcome.feedback_to, outcome.because)
        return True

    async def of(self, feedback: FeedbackId) -> Sequence[Dispatch]:
        return [one for one in self.store.dispatches.values() if one.feedback_id == feedback]

    async def abandon(self, account: AccountId) -> int:
        late = self._due(account, frozenset({DispatchStatus.SENDING}))
        for one in late:
            doubted = replace(one, status=DispatchStatus.IN_DOUBT, revision=one.revision + 1)
            self._put(doubted, AT_ONCE)
        return len(late)

    def _due(self, account: AccountId, statuses: frozenset[DispatchStatus]) -> list[Dispatch]:
        now = self.store.clock.now()
        mine = [one for one in self.store.dispatches.values() if one.account_id == account and one.status in statuses]
        due = sorted((self.store.due["dispatch", one.id], one.id) for one in mine)
        return [self.store.dispatches[id_] for at, id_ in due if at <= now]

    def _current(self, dispatch: Dispatch) -> Dispatch | None:
        current = self.store.dispatches[dispatch.id]
        same = (current.status, current.revision) == (dispatch.status, dispatch.revision)
        return current if same else None

    def _put(self, dispatch: Dispatch, delay: timedelta) -> None:
        self.store.dispatches[dispatch.id] = dispatch
        self.store.due["dispatch", dispatch.id] = self.store.clock.now() + delay


@dataclass(frozen=True)
class MemoryAccounts:
    store: MemoryStorage

    async def pause(self, account: AccountId, by: Pauser, reason: str, retry_after: timedelta | None) -> bool:
        now, before = self.store.clock.now(), self.store.pausers.get(account)
        news = before is None or is_news(by, before[0])
        if news or (before and before[0] is by):
            self.store.paused[account] = reason
            self.store.pausers[account] = by, now if news or not before else before[1], now
        return news

    async def resume(self, account: AccountId, ends: frozenset[Pauser]) -> bool:
        before = self.store.pausers.get(account)
        if before is None or not (before[0] is None or before[0] in ends):
            return False
        del self.store.pausers[account], self.store.paused[account]
        return True

    async def paused(self, account: AccountId) -> Pause | None:
        if account not in self.store.paused:
            return None
        by, since, told_at = self.store.pausers[account]
        now = self.store.clock.now()
        return Pause(by, self.store.paused[account], lasted=now - since, silent=now - told_at)

    async def collected(self, account: AccountId) -> None:
        self.store.collected[account] = self.store.clock.now()

    async def close_way(self, account: AccountId, passage: Passage, reason: str, wait: timedelta) -> bool:
        now, before = self.store.clock.now(), self.store.closed.get((account, passage))
        since = before.since if before else now
        self.store.closed[account, passage] = Closure(passage=passage, reason=reason, since=since, ask_at=now + wait)
        return before is None

    async def open_way(self, account: AccountId, passage: Passage) -> bool:
        return self.store.closed.pop((account, passage), None) is not None

    async def closed_ways(self, account: AccountId) -> Sequence[Closure]:
        return [closure for (one, _), closure in self.store.closed.items() if one == account]


def _parent(item: Item) -> ItemId | None:
    return item.parent if isinstance(item, Review) else None
