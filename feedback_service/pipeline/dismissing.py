"""Tells a platform which of its waiting items our rules give no answer, where it can be told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.platform import Collector, Dismisser

log = logging.getLogger(__name__)

BATCH = 50
TELL_EVERY = 30
"""Passes after which what is still listed is told again: a list may lag, or the platform may know no such mark."""


@dataclass(slots=True)
class Dismissing:
    """`passes`: how many passes ago an item was told of."""

    account: Account
    connector: Collector
    passes: dict[ItemRef, int] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)

    async def tell(self, listed: Sequence[ItemRef]) -> None:
        """Dismiss what is listed and skipped; a failure is said once and mended by the next pass."""
        if not isinstance(self.connector, Dismisser):
            return
        self.passes = {one: (self.passes[one] + 1) % TELL_EVERY for one in listed if one in self.passes}
        due = [one for one in listed if not self.passes.get(one)]
        try:
            for start in range(0, len(due), BATCH):
                await self._dismiss(self.connector, due[start : start + BATCH])
        except (Retryable, AccountFault, Refused, InDoubt) as problem:
            self.outage.failed(None)  # counts only what is new: the next pass tells again, whatever the time
            if self.outage.is_new:
                told = {"action": "dismiss_away"}
                log.warning("Skipped items of %s still wait there: %s", self.account.key, problem, extra=told)

    async def _dismiss(self, connector: Dismisser, batch: Sequence[ItemRef]) -> None:
        await connector.dismiss(batch)
        self.outage.recovered()
        if fresh := sum(1 for one in batch if one not in self.passes):
            told = {"action": "dismissed", "count": fresh}
            log.info("%d skipped items wait for no answer on %s.", fresh, self.account.key, extra=told)
        self.passes |= dict.fromkeys(batch, 1)
