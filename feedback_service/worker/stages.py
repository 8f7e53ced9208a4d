"""Which stages a supplier has, and the rhythm of each."""

from __future__ import annotations

import asyncio

from feedback_service.domain.identity import AccountId
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.classify import Classify
from feedback_service.pipeline.collect import Collect
from feedback_service.pipeline.confirm import Confirm
from feedback_service.pipeline.dispatch import Send
from feedback_service.pipeline.draft import Write
from feedback_service.pipeline.guard import Guard
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Backlog, Stage
from feedback_service.worker.driver import Driver, Rhythm

PACE = 0.05
"""Seconds between two steps of a stage that found less than a batch, so that news do not come one by one."""
CONFIRM_PACE = 0.5
"""Seconds between two re-readings of an account: each is a call out of its budget, and one covers many items."""


def collecting(kit: Kit) -> dict[AccountId, Collect]:
    """The collect stage of every account."""
    return {
        account.id: Collect(
            account=account,
            kinds=sorted(kit.connectors[account.id].spec.kinds),
            policy=kit.supplier.policy,
            connector=kit.connectors[account.id],
            storage=kit.storage,
        )
        for account in kit.supplier.accounts
    }


def thinking(kit: Kit) -> list[Stage]:
    """The stages that know no platform: classify, draft, guard."""
    return [
        Classify(kit.supplier, kit.storage, kit.language, kit.clock),
        Write(kit.supplier, kit.specs, kit.storage, kit.language),
        Guard(kit.supplier, kit.specs, kit.storage, kit.inspector, kit.clock),
    ]


def sending(kit: Kit, account: Account, stop: asyncio.Event, backlog: Backlog | None = None) -> Send:
    policy, connector = kit.supplier.policy, kit.connectors[account.id]
    return Send(account, policy, connector, kit.storage, stopping=stop.is_set, backlog=backlog or Backlog())


def confirming(kit: Kit, account: Account, backlog: Backlog | None = None) -> Confirm:
    return Confirm(account, kit.connectors[account.id], kit.storage, kit.clock, backlog=backlog or Backlog())


def delivering(kit: Kit, account: Account, stop: asyncio.Event) -> tuple[Send, Confirm]:
    """The two stages that share an account's calls: send, and confirm what was sent."""
    backlog = Backlog()
    return sending(kit, account, stop, backlog), confirming(kit, account, backlog)


def drivers(kit: Kit, stop: asyncio.Event) -> list[Driver]:
    """A driver for every stage of the supplier."""
    found: list[Driver] = []
    collectors = collecting(kit)
    usual = Rhythm(idle=kit.idle_seconds, pace=PACE)
    for account in kit.supplier.accounts:
        poll = Rhythm(idle=account.poll.total_seconds(), hears=False)
        found.append(Driver(collectors[account.id], poll, stop))
        send, confirm = delivering(kit, account, stop)
        found.append(Driver(send, usual, stop))
        found.append(Driver(confirm, Rhythm(kit.idle_seconds, pace=CONFIRM_PACE), stop))
    found += [Driver(stage, usual, stop) for stage in thinking(kit)]
    return found
