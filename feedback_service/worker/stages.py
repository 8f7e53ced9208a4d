"""Which stages a supplier has, and the rhythm of each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from feedback_service.domain.identity import AccountId
from feedback_service.domain.supplier import Account, AnswerPolicy, Delivery
from feedback_service.pipeline.announce import Announce
from feedback_service.pipeline.claims import Claims
from feedback_service.pipeline.classify import Classify
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.collect import Collect
from feedback_service.pipeline.confirm import UNSETTLED, Confirm
from feedback_service.pipeline.dismissing import Dismissing
from feedback_service.pipeline.dispatch import PENDING, Send
from feedback_service.pipeline.draft import Write
from feedback_service.pipeline.guard import Guard
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.permits import Permits
from feedback_service.pipeline.reading import Reading
from feedback_service.pipeline.rests import Rests
from feedback_service.pipeline.retract import Retract
from feedback_service.pipeline.rollback import RollBack
from feedback_service.pipeline.stage import Backlog, Stage
from feedback_service.pipeline.vanished import Vanished
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import SupplierStorage
from feedback_service.worker.driver import Driver, Rhythm

PACE = 0.05
"""Seconds between two steps of a stage that found less than a batch, so that news do not come one by one."""
CONFIRM_PACE = 0.5
"""Seconds between two re-readings of an account: each is a call out of its budget, and one covers many items."""


def collecting(kit: Kit) -> dict[AccountId, Collect]:
    """The collect stage of every account."""
    return {
        account.id: collector(account, kit.supplier.policy, kit.connectors[account.id], kit.storage, kit.clock)
        for account in kit.supplier.accounts
    }


def collector(
    account: Account, policy: AnswerPolicy, connector: Connector, storage: SupplierStorage, clock: Clock
) -> Collect:
    """One account's collect stage."""
    accounts = storage.accounts
    return Collect(
        account=account,
        kinds=sorted(connector.spec.kinds),
        policy=policy,
        connector=connector,
        storage=storage,
        reading=Reading(account, accounts, Closures(account.id, accounts, clock), Rests(clock)),
        vanished=Vanished(connector, storage),
        dismissing=Dismissing(account, connector),
    )


def thinking(kit: Kit) -> list[Stage]:
    """The stages that know no platform: classify, draft, guard."""
    return [
        Classify(kit.supplier, kit.storage, kit.language, kit.clock),
        Write(kit.supplier, kit.specs, kit.storage, kit.language),
        Guard(kit.supplier, kit.specs, kit.storage, kit.inspector, kit.clock),
    ]


def sending(kit: Kit, account: Account, stop: asyncio.Event, backlog: Backlog | None = None) -> Send | Announce:
    """What sends an account's answers: itself, or a publisher that hears of them by the queue."""
    if kit.queue is not None and kit.deliveries.get(account.id) is Delivery.QUEUE:
        return Announce(account, kit.storage, kit.queue, kit.clock)
    accounts = kit.storage.accounts
    return Send(
        account=account,
        policy=kit.supplier.policy,
        connector=kit.connectors[account.id],
        storage=kit.storage,
        clock=kit.clock,
        permits=Permits(account, accounts, Closures(account.id, accounts, kit.clock)),
        claims=Claims(account.id, kit.storage.outbox, PENDING, Rests(kit.clock)),
        stopping=stop.is_set,
        backlog=backlog or Backlog(),
    )


def confirming(kit: Kit, account: Account, backlog: Backlog | None = None) -> Confirm:
    claims = Claims(account.id, kit.storage.outbox, UNSETTLED, Rests(kit.clock))
    return Confirm(account, kit.connectors[account.id], kit.storage, kit.clock, claims, backlog=backlog or Backlog())


def delivering(kit: Kit, account: Account, stop: asyncio.Event) -> tuple[Send | Announce, Confirm, Sequence[Stage]]:
    """The stages that share an account's calls: send, confirm what was sent, and retract where that can be."""
    backlog, connector = Backlog(), kit.connectors[account.id]
    send = sending(kit, account, stop, backlog)
    retract = Retract(account, connector, kit.storage, connector.retract)
    if isinstance(send, Announce):
        retract = replace(retract, ask=send.ask, patience=connector.spec.send_window)
    return send, confirming(kit, account, backlog), [retract] if connector.spec.retracts else []


def rolling_back(kit: Kit) -> Sequence[Stage]:
    """The stage that hears of deliveries which publishers could not make, where the queue is in use.

    It waits for messages by itself, so that its driver need not.
    """
    if kit.queue is None or kit.storage_of is None or Delivery.QUEUE not in kit.deliveries.values():
        return []
    return [RollBack(kit.queue, kit.storage_of, kit.clock)]


def drivers(kit: Kit, stop: asyncio.Event) -> list[Driver]:
    """A driver for every stage of the supplier."""
    found: list[Driver] = []
    collectors = collecting(kit)
    usual = Rhythm(idle=kit.idle_seconds, pace=PACE)
    for account in kit.supplier.accounts:
        poll = Rhythm(idle=account.poll.total_seconds(), quiet=account.quiet_poll.total_seconds(), hears=False)
        found.append(Driver(collectors[account.id], poll, stop))
        send, confirm, others = delivering(kit, account, stop)
        found.append(Driver(send, usual, stop))
        found.append(Driver(confirm, Rhythm(kit.idle_seconds, pace=CONFIRM_PACE), stop))
        found += [Driver(stage, usual, stop) for stage in others]
    found += [Driver(stage, Rhythm(idle=0.0, hears=False), stop) for stage in rolling_back(kit)]
    found += [Driver(stage, usual, stop) for stage in thinking(kit)]
    return found
