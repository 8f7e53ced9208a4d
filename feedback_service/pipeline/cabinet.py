"""Doubts whether a login is that of the account's own cabinet, before what is gone there is taken for gone."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, StrangeCabinet, Unavailable
from feedback_service.domain.feedback import Feedback, Item, Kind
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.domain.pauses import Pauser
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Accounts, SupplierStorage, ref

log = logging.getLogger(__name__)

SEVERAL = 3
"""Items that do not all go at once by chance; of fewer nothing can be told."""
MOST = 20
"""Items that are looked at in doubt: enough to tell, and few calls. A shop with as many known items is no small one."""
PATIENCE = timedelta(days=1)
"""How long the doubt over a small shop lasts after a person was told of it.

The few items of a small shop may really all go, and then a person has nothing to mend: the shop would wait for ever.
After a day in which nobody gave another login, and nothing of ours was seen in any pass, they count as gone. That harms
little where it is wrong: what is closed so opens again as soon as it is listed, what was approved goes to a person, and
the cabinet is one that the seller holds the login of. Of MOST items and more, none being there is no chance.
"""


Known = tuple[Kind, ItemId]


def strange_cabinet() -> StrangeCabinet:
    """A valid login under which nothing is known: another shop's items must be neither answered nor taken for ours."""
    return StrangeCabinet(
        "none of the account's items is there: is this the right cabinet?",
        "give the account the login of the cabinet that its items came from; where they were really all taken away "
        f"there, put this login under another account key (fewer than {MOST} items count as gone after a day)",
    )


def all_gone(sightings: Collection[Sighting]) -> bool:
    """Whether a look at several items found none of them."""
    return len(sightings) >= SEVERAL and all(one.item is None for one in sightings)


@dataclass(slots=True)
class Cabinet:
    """What one pass sees of an account; `ours` are the items that wait in our books.

    `familiar`: something of ours was seen there, or nothing can be told; `seen`: the former.
    """

    account: AccountId
    connector: Collector
    storage: SupplierStorage
    ours: Mapping[Kind, Sequence[Feedback]]
    familiar: bool = field(default=False)
    seen: bool = field(default=False)
    fault: AccountFault | None = None
    """Once met, it is that of the whole pass."""
    known: frozenset[Known] = field(init=False)

    def __post_init__(self) -> None:
        self.known = frozenset(_known(one.item) for several in self.ours.values() for one in several)

    async def before_recording(self, page: Sequence[Item]) -> None:
        """See a page of waiting items. Raises AccountFault where none of ours is to be found in this cabinet.

        Raises Retryable where that cannot be told now.
        """
        self.seen = self.seen or any(_known(item) in self.known for item in page)
        self.familiar = self.familiar or self.seen or len(self.known) < SEVERAL
        if page:
            await self._doubt(())

    async def before_closing(self, looked: Sequence[tuple[Feedback, Sighting]]) -> None:
        """See what a look at our items showed. Raises AccountFault where that is nothing, and nothing else is there."""
        self.seen = self.seen or any(sighting.item is not None for _, sighting in looked)
        self.familiar = self.familiar or self.seen
        if self.fault is not None or all_gone([sighting for _, sighting in looked]):
            await self._doubt([ref(one.item) for one, _ in looked])

    async def _doubt(self, gone: Sequence[ItemRef]) -> None:
        if self.fault is not None:
            raise self.fault
        if self.familiar:
            return
        try:
            self.seen = await doubt(self.connector, self.storage, self.account, gone)
        except AccountFault as problem:
            self.fault = problem
            raise
        self.familiar = True


async def doubt(connector: Collector, storage: SupplierStorage, account: AccountId, gone: Sequence[ItemRef]) -> bool:
    """After a look that found none of several items: whether anything else of ours was seen there.

    Raises StrangeCabinet where others of ours are not there either.
    """
    known = {(one.kind, one.item_id) for one in gone}
    newest = await storage.feedback.newest(account, MOST + len(gone))
    others = [ref(one.item) for one in newest if _known(one.item) not in known]
    seen = await _is_any_there(connector, others, needed=not gone)
    if seen is not False:
        return bool(seen)
    if len(newest) < MOST and await is_doubted_for_long(storage.accounts, account):
        told = {"action": "gone_for_good", "count": len(newest)}
        log.warning("None of %d items was there for a day: they count as gone.", len(newest), extra=told)
        return False
    raise strange_cabinet()


async def is_doubted_for_long(accounts: Accounts, account: AccountId) -> bool:
    """Whether a person was told of the doubt PATIENCE ago, and nothing has ended it since."""
    pause = await accounts.paused(account)
    return pause is not None and pause.by is Pauser.CABINET and pause.lasted >= PATIENCE


async def _is_any_there(connector: Collector, refs: Sequence[ItemRef], *, needed: bool) -> bool | None:
    """Whether the platform shows any of these; None where some are too far down to see.

    Also None where it does not let us look at all, if this look is `needed`: several that are gone tell enough.
    """
    kinds = dict.fromkeys(one.kind for one in refs)
    closed = unseen = 0
    for kind in kinds:
        mine = [one for one in refs if one.kind is kind]
        try:
            sightings = await connector.sight(mine)
        except Unavailable:
            closed += 1
            continue
        if any(one.item is not None for one in sightings.values()):
            return True
        unseen += sum(1 for one in mine if one.item_id not in sightings)
    return None if unseen or (needed and kinds and closed == len(kinds)) else False


def _known(item: Item) -> Known:
    return item.kind, item.item_id
