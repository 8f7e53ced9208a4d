"""`feedback-service check`: everything that must be right before customers are answered, one fact per line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli import render
from feedback_service.cli.closed_ways import closure_facts, known_closures
from feedback_service.cli.invocation import Invocation, show_warnings
from feedback_service.cli.report import Report
from feedback_service.cli.sign_ins import browser_facts, by_browser, by_session, sign_in_fact
from feedback_service.cli.unbegun import SUBJECT, publisher_facts
from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.platform import Fact

if TYPE_CHECKING:
    from feedback_service.bootstrap import Site
    from feedback_service.bootstrap.accounts import Doors
    from feedback_service.settings import Settings
    from feedback_service.storage.database import Database

ANSWER_SECONDS = 60.0
"""How long the model, or one account, may take; what is slower is as good as away."""
TOLERABLE_SKEW = timedelta(seconds=2)


def check(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look at settings, secret keys, database, tables, model, suppliers and every account; nothing is changed.

    Exit codes: 0 all is well · 1 something is not · 78 the configuration is wrong.

    Example: `feedback-service check`
    """
    show_warnings()
    report = Report(quiet=as_json)
    _look(ctx.obj, report)
    if as_json:
        render.as_json({"ok": report.code == 0, "facts": [asdict(fact) for fact in report.facts]})
    raise typer.Exit(report.code)


def _look(invocation: Invocation, report: Report) -> None:
    """From the ground up; what stands on something that is wrong is not looked at."""
    from feedback_service import bootstrap

    source = f"{invocation.env_file} and the environment" if invocation.env_file.is_file() else "the environment"
    settings = report.of("settings", invocation.settings, lambda _: f"{source}: valid")
    site = _site(settings, report) if settings else None
    if site is None or not asyncio.run(_database_answers(site, report)):
        return
    before = len(report.facts)
    report.of("tables", lambda: bootstrap.require_tables(site), lambda _: "as this version needs them")
    asyncio.run(_with_database(site, report, tables=report.facts[before].ok))


def _site(settings: Settings, report: Report) -> Site | None:
    from feedback_service import bootstrap
    from feedback_service.secret_keys import key_file, load_or_create_keys

    source = "SECRET_KEYS" if settings.secret_keys.get_secret_value() else key_file(settings)
    keys = report.of("secret keys", lambda: load_or_create_keys(settings), lambda them: f"{len(them)} in {source}")
    if not keys:
        return None
    try:
        return bootstrap.locate(settings)
    except FeedbackServiceError as problem:
        report.wrong("database", problem)
        return None


async def _database_answers(site: Site, report: Report) -> bool:
    from feedback_service.storage.database import Database
    from feedback_service.storage.engine import measure_skew
    from feedback_service.transports.clock import SystemClock

    try:
        db = await Database.open(site.url, SystemClock(), site.keys)
        try:
            skew = await measure_skew(db.engine, SystemClock())
        finally:
            await db.close()
    except FeedbackServiceError as problem:
        report.wrong("database", problem)
        return False
    version = ".".join(str(part) for part in getattr(db.engine.dialect, "server_version_info", None) or ("?",))
    where = f"embedded in {site.settings.data_dir}" if site.settings.embedded else "at DATABASE_URL"
    report.add(Fact("database", True, f"PostgreSQL {version}, {where}"))
    report.add(_clock(skew))
    return True


def _clock(skew: timedelta) -> Fact:
    finding = f"{skew.total_seconds():+.1f} s from the database's"
    if abs(skew) <= TOLERABLE_SKEW:
        return Fact("clock", True, finding)
    return Fact("clock", False, finding, "let this machine and the database's take their time by NTP")


async def _with_database(site: Site, report: Report, *, tables: bool) -> None:
    from feedback_service import bootstrap

    async with bootstrap.database(site) as db:
        await _model(site, db, report)
        if tables:
            await _suppliers(site, db, report)
            await _queue(site, report)
            await _publishers(site, db, report)


async def _model(site: Site, db: Database, report: Report) -> None:
    from feedback_service import bootstrap

    model = None
    try:
        model = bootstrap.language(site.settings, db)
        async with asyncio.timeout(ANSWER_SECONDS):
            for fact in await model.check():
                report.add(fact)
    except FeedbackServiceError as problem:
        report.wrong("model", problem)
    except TimeoutError:
        report.add(Fact("model", False, f"no answer within {ANSWER_SECONDS:.0f} s", "see URL_PROXY_OPENAI"))
    finally:
        if model:
            await model.close()


async def _suppliers(site: Site, db: Database, report: Report) -> None:
    from feedback_service import bootstrap

    found: list[Supplier] = []
    for key in await db.suppliers.keys_and_fingerprints():
        try:
            found.append(await db.suppliers.load(key))
        except FeedbackServiceError as problem:
            report.wrong(key, problem)
    accounts = [account for supplier in found for account in supplier.accounts]
    remedy = "" if accounts else "declare them with: feedback-service suppliers apply suppliers.yaml"
    report.add(Fact("suppliers", bool(accounts), f"{len(found)} with {len(accounts)} account(s)", remedy))
    for fact in browser_facts(site.settings) if any(by_browser(account) for account in accounts) else ():
        report.add(fact)
    for account in (one for one in accounts if by_session(one)):
        fact = await sign_in_fact(db, account)
        report.add(replace(fact, subject=f"{account.supplier}/{account.key} {fact.subject}"))
    async with bootstrap.doors(site, db, "check") as doors:
        for facts in asyncio.as_completed([_account(doors, db, account) for account in accounts]):
            for fact in await facts:
                report.add(fact)


async def _queue(site: Site, report: Report) -> None:
    """The reply queue, where one is configured."""
    from feedback_service import bootstrap

    try:
        async with bootstrap.opened_queue(site.settings) as queue:
            for fact in await queue.check() if queue else ():
                report.add(fact)
    except FeedbackServiceError as problem:
        report.wrong("queue", problem)


async def _publishers(site: Site, db: Database, report: Report) -> None:
    """Whether approved answers wait for a publisher, where a queue is configured."""
    if not site.settings.pubsub_project:
        return
    try:
        for fact in await publisher_facts(db.views, db.clock.now()):
            report.add(fact)
    except FeedbackServiceError as problem:
        report.wrong(SUBJECT, problem)


async def _account(doors: Doors, db: Database, account: Account) -> Sequence[Fact]:
    """The connector's facts and the closed ways under the account's name; what cannot be reported becomes one, too."""
    from feedback_service import bootstrap

    name = f"{account.supplier}/{account.key}"
    connector = None
    try:
        closures = await known_closures(db, account)
        connector = doors.open(account, signed_in=await bootstrap.is_signed_in(db, account), closures=closures)
        async with asyncio.timeout(ANSWER_SECONDS):
            facts = [*await connector.check(), *closure_facts(closures)]
    except FeedbackServiceError as problem:
        facts = [Fact("account", False, str(problem))]
    except TimeoutError:
        facts = [Fact("account", False, f"no answer within {ANSWER_SECONDS:.0f} s", "try again later")]
    finally:
        if connector:
            with suppress(FeedbackServiceError):
                await connector.close()
    return [replace(fact, subject=f"{name} {fact.subject}") for fact in facts]
