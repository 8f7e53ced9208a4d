"""`feedback-service collect`: reads accounts now, by the worker that serves them, or by itself where none does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.invocation import Invocation, show_warnings
from feedback_service.cli.named_accounts import accounts_named, label_of
from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.ports.roster import ExitCode

if TYPE_CHECKING:
    from feedback_service.bootstrap import Site
    from feedback_service.ports.views import AccountState
    from feedback_service.storage import Database

ROLE = "collect"
LOOK_AGAIN = 0.3
"""Seconds between two looks whether the worker has read the account."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account."""

    account: Account
    ok: bool
    told: str


def collect(
    ctx: typer.Context,
    account: Annotated[
        list[str] | None, typer.Option(metavar="SUPPLIER/ACCOUNT", help="As in suppliers.yaml; may be repeated.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long to wait for a worker.")] = 60.0,
) -> None:
    """Read accounts now instead of at their next turn; without --account all of them.

    Where the service runs, its worker reads the account (and answers what it finds); where nobody works for the
    supplier, this command reads it, and what it finds waits for the service.

    Exit codes: 0 all were read · 1 one was not, and the reason is told · 78 wrong configuration.

    Example: `feedback-service collect --account acme/wb`
    """
    show_warnings()
    outcomes = asyncio.run(_collect(ctx.obj, account or [], seconds))
    for one in outcomes:
        typer.echo(f"{label_of(one.account)}: {one.told}")
    raise typer.Exit(ExitCode.DRAINED if all(one.ok for one in outcomes) else ExitCode.FAILED)


async def _collect(invocation: Invocation, names: Sequence[str], seconds: float) -> Sequence[Outcome]:
    from feedback_service import bootstrap

    site = await asyncio.to_thread(bootstrap.prepare, invocation.settings())
    async with bootstrap.database(site) as db:
        accounts = await accounts_named(db, names)
        return await asyncio.gather(*(_told(site, db, account, seconds) for account in accounts))


async def _told(site: Site, db: Database, account: Account, seconds: float) -> Outcome:
    """What is wrong with one account keeps no other from being read."""
    try:
        return await _one(site, db, account, seconds)
    except FeedbackServiceError as problem:
        return Outcome(account, False, f"could not be read: {problem}")


async def _one(site: Site, db: Database, account: Account, seconds: float) -> Outcome:
    began = db.clock.now()
    if await db.views.host_of(account.supplier, began):
        await db.ring(account.supplier, account.key)
        return await awaited(db, account, began, seconds)
    return await _by_itself(site, db, account, began)


async def awaited(db: Database, account: Account, began: datetime, seconds: float) -> Outcome:
    """Look until the worker has read the account, or has found out why it cannot be read.

    A pause from before says little: its reason may be mended by now, or may be another than that it cannot be read.
    """
    state = None
    try:
        async with asyncio.timeout(seconds):
            while not (state := await _state(db, account)).collected_at or state.collected_at < began:
                if state.paused_at is not None and state.paused_at >= began:
                    return Outcome(account, False, f"is paused: {state.paused_reason}")
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError:
        if state and state.paused_at is not None:
            return Outcome(account, False, f"is paused: {state.paused_reason}")
        return Outcome(account, False, f"was not read within {seconds:.0f} s; see the log of its worker")
    return Outcome(account, True, f"read; {await db.views.arrived(account.id, began)} new")


async def _state(db: Database, account: Account) -> AccountState:
    return next(one for one in await db.views.accounts() if one.id == account.id)


async def _by_itself(site: Site, db: Database, account: Account, began: datetime) -> Outcome:
    """One pass over the account in this process: nobody works for the supplier, so there is nobody to be in the way."""
    from feedback_service import bootstrap
    from feedback_service.worker.stages import collector

    policy: AnswerPolicy = (await db.suppliers.load(account.supplier)).policy
    storage = db.for_supplier(account.supplier, None)
    async with bootstrap.doors(site, db, ROLE) as doors:
        connector = doors.open(account, signed_in=await bootstrap.is_signed_in(db, account))
        try:
            await collector(account, policy, connector, storage, db.clock).step()
        finally:
            await connector.close()
    state = await _state(db, account)
    if state.collected_at is None or state.collected_at < began:
        return Outcome(account, False, f"could not be read: {state.paused_reason or 'see the warnings above'}")
    arrived = await db.views.arrived(account.id, began)
    return Outcome(account, True, f"read; {arrived} new, which wait for the service: feedback-service run")
