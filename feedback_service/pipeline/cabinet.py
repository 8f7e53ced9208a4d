"""Doubts whether a login is that of the account's own cabinet, before what is gone there is taken for gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, Unavailable
from feedback_service.domain.feedback import Feedback, Item, Kind
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import FeedbackStore, ref

SEVERAL = 3
"""Items that do not all go at once by chance; of fewer nothing can be told."""
MOST = 20
"""Items that are looked at in doubt: enough to tell, and few calls."""

Known = tuple[Kind, ItemId]


def strange_cabinet() -> AccountFault:
    """A valid login under which nothing is known: another shop's items must be neither answered nor taken for ours."""
    return AccountFault(
        "none of the account's items is there: is this the right cabinet?",
        "give the account the login of the cabinet that its items came from; where they were really all taken away "
        "there, put this login under another account key",
    )


def all_gone(sightings: Collection[Sighting]) -> bool:
    """Whether a look at several items found none of them."""
    return len(sightings) >= SEVERAL and all(one.item is None for one in sightings)


@dataclass(slots=True)
class Cabinet:
    """What one pass sees of an account; `ours` are the items that wait in our books.

    `familiar`: something of ours was seen there, or nothing can be told.
    """

    account: AccountId
    connector: Collector
    feedback: FeedbackStore
    ours: Mapping[Kind, Sequence[Feedback]]
    familiar: bool = field(default=False)
    fault: AccountFault | None = None
    """Once met, it is that of the whole pass."""

    async def before_recording(self, page: Sequence[Item]) -> None:
        """See a page of waiting items. Raises AccountFault where none of ours is to be found in this cabinet.

        Raises Retryable where that cannot be told now.
        """
        known = {_known(one.item) for several in self.ours.values() for one in several}
        self.familiar = self.familiar or len(known) < SEVERAL or any(_known(item) in known for item in page)
        if page:
            await self._doubt(())

    async def before_closing(self, looked: Sequence[tuple[Feedback, Sighting]]) -> None:
        """See what a look at our items showed. Raises AccountFault where that is nothing, and nothing else is there."""
        if self.fault is not None:
            raise self.fault
        self.familiar = self.familiar or any(sighting.item is not None for _, sighting in looked)
        if all_gone([sighting for _, sighting in looked]):
            await self._doubt([ref(one.item) for one, _ in looked])

    async def _doubt(self, gone: Sequence[ItemRef]) -> None:
        if self.familiar:
            return
        try:
            await doubt(self.connector, self.feedback, self.account, gone)
        except AccountFault as problem:
            self.fault = problem
            raise
        self.familiar = True


async def doubt(connector: Collector, feedback: FeedbackStore, account: AccountId, gone: Sequence[ItemRef]) -> None:
    """After a look that found none of several items. Raises AccountFault where others of ours are not there either."""
    known = {(one.kind, one.item_id) for one in gone}
    newest = await feedback.newest(account, MOST + len(gone))
    others = [ref(one.item) for one in newest if _known(one.item) not in known]
    if not await _is_any_there(connector, others):
        raise strange_cabinet()


async def _is_any_there(connector: Collector, refs: Sequence[ItemRef]) -> bool:
    """Whether the platform shows any of these, or does not let us look; what is too far down to be reached is there."""
    kinds = dict.fromkeys(one.kind for one in refs)
    closed = 0
    for kind in kinds:
        mine = [one for one in refs if one.kind is kind]
        try:
            sightings = await connector.sight(mine)
        except Unavailable:
            closed += 1
            continue
        if any(one.item_id not in sightings or sightings[one.item_id].item is not None for one in mine):
            return True
    return bool(kinds) and closed == len(kinds)


def _known(item: Item) -> Known:
    return item.kind, item.item_id
