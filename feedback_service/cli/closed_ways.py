"""What `check` says of ways that a platform does not open to an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedback_service.domain.passage import Closure
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.closures import Closures
from feedback_service.ports.platform import Fact

if TYPE_CHECKING:
    from feedback_service.storage.database import Database

MOMENT = "%Y-%m-%d %H:%M UTC"


async def known_closures(db: Database, account: Account) -> Closures:
    """What the workers met. What `check` meets besides is not kept, so that they can still say it."""
    found = Closures(account.id, db.for_supplier(account.supplier, None).accounts, db.clock)
    await found.load()
    return found.unkept()


def closure_facts(closures: Closures) -> Sequence[Fact]:
    """One for each closed passage: a warning where the account's other way is taken."""
    return [_fact(one) for one in closures.known.values()]


def _fact(closure: Closure) -> Fact:
    since, again = f"since {closure.since:{MOMENT}}", f"asked again from {closure.ask_at:{MOMENT}} on"
    if closure.passage.way is None:
        return Fact(str(closure.passage), False, f"closed {since}: {closure.reason}", again)
    return Fact(str(closure.passage), True, f"WARNING: the other way is taken {since}: {closure.reason}", again)
