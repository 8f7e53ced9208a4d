"""`feedback-service backfill`: reads what customers wrote long ago into the database, with a bar that shows how far."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli import filters, render
from feedback_service.cli.errors import say
from feedback_service.cli.invocation import Invocation, show_warnings
from feedback_service.cli.named_accounts import account_named, label_of
from feedback_service.cli.progress import Bar
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Account
from feedback_service.ports.backfill import Course
from feedback_service.ports.platform import Historian, Span

if TYPE_CHECKING:
    from feedback_service.bootstrap import Site
    from feedback_service.pipeline.backfill import Backfill
    from feedback_service.storage import Database

ROLE = "backfill"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What of whom is to be read, and how."""

    account: str
    since: datetime
    until: datetime | None
    kind: Kind | None
    take: bool
    anew: bool


def backfill(
    ctx: typer.Context,
    account: Annotated[str, typer.Option(metavar="SUPPLIER/ACCOUNT", help="As in suppliers.yaml: acme/wb.")],
    since: Annotated[str, typer.Option(help="What was written since: 2025-01-31, or 365d for days.")],
    until: Annotated[str | None, typer.Option(help="… and before this; else up to now.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Reviews or questions; else both.")] = None,
    take: Annotated[
        bool, typer.Option("--take-unanswered", help="Answer what has no answer, too, by the supplier's rules.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again, though an earlier reading was broken off.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Read an account's history: answered reviews and questions are kept, so that their edits are noticed.

    Unanswered ones are left to the service, which collects what the platform lists as waiting; with --take-unanswered
    older ones are answered as well, within the supplier's max_age_days. Break it off whenever you like: the same
    command goes on where it stopped. It may run beside the service.

    Exit codes: 0 read to the end · 1 the platform is away, or the account is out of order · 78 wrong configuration.

    Example: `feedback-service backfill --account acme/wb --since 365d`
    """
    moment = filters.moment(since)
    assert moment is not None  # a required option is no empty text
    wishes = Wishes(account, moment, filters.moment(until), kind, take, anew)
    show_warnings()
    courses = asyncio.run(_read(ctx.obj, wishes, quiet=as_json))
    if as_json:
        render.as_json(
            [{"kind": one.kind, "complete": one.ended_at is not None} | asdict(one.total) for one in courses]
        )


async def _read(invocation: Invocation, wishes: Wishes, *, quiet: bool) -> Sequence[Course]:
    from feedback_service import bootstrap

    site = await asyncio.to_thread(bootstrap.prepare, invocation.settings())
    async with bootstrap.database(site) as db:
        return await _with_account(site, db, wishes, quiet)


async def _with_account(site: Site, db: Database, wishes: Wishes, quiet: bool) -> Sequence[Course]:
    from feedback_service import bootstrap
    from feedback_service.pipeline.backfill import Backfill

    account = await account_named(db, wishes.account)
    span = Span(wishes.since, wishes.until or db.clock.now())
    if span.since >= span.until:
        raise typer.BadParameter(f"nothing lies between {span.since:%Y-%m-%d} and {span.until:%Y-%m-%d}")
    async with bootstrap.doors(site, db, ROLE) as doors:
        connector = doors.open(account, signed_in=await bootstrap.is_signed_in(db, account))
        try:
            if not isinstance(connector, Historian):
                raise NotAllowed(f"{label_of(account)}: the history of {connector.spec.title} cannot be read")
            job = Backfill(connector, db.memory(account.supplier), db.backfills, db.clock, take=wishes.take)
            kinds = [wishes.kind] if wishes.kind else sorted(connector.spec.kinds)
            begun = [await job.begun(account.id, kind, span, anew=wishes.anew) for kind in kinds]
            return [await _of_kind(job, course, account, quiet) for course in begun]
        finally:
            await connector.close()


async def _of_kind(job: Backfill, course: Course, account: Account, quiet: bool) -> Course:
    if course.cursor and not quiet:
        say(
            f"going on where an earlier reading stopped: {course.total.seen} {course.kind}s read "
            f"of those up to {course.span.until:%Y-%m-%d %H:%M} UTC"
        )
    with Bar(f"{label_of(account)} {course.kind}s", quiet=quiet) as bar:
        async for further in job.run(course):
            course = further
            bar.show(course.share, told(course))
    return course


def told(course: Course) -> str:
    """The counts in words."""
    total = course.total
    taken = f"{total.taken} unanswered taken" if total.taken or not total.left else f"{total.left} unanswered left"
    return f"{total.kept} answered kept, {taken}, {total.known} known"
