"""`feedback-service login`: lets a person sign an account in to its cabinet, once, for all browsers of the service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.errors import say
from feedback_service.cli.invocation import Invocation
from feedback_service.cli.named_accounts import account_named
from feedback_service.domain.errors import AccountFault, NotAllowed
from feedback_service.domain.session import MOMENT, Session
from feedback_service.domain.supplier import Account, Way
from feedback_service.ports.sessions import WHATEVER

if TYPE_CHECKING:
    from feedback_service.ports.platform import CabinetSpec
    from feedback_service.settings import Settings
    from feedback_service.storage import Database

ROLE = "login"


@dataclass(frozen=True, slots=True)
class Door:
    """The account to sign in, and the cabinet that is behind it."""

    account: Account
    cabinet: CabinetSpec

    @property
    def label(self) -> str:
        return f"{self.account.supplier}/{self.account.key}"

    @property
    def url(self) -> str:
        """Where the session is to be good: the account's own address where it has one, else the platform's."""
        calls = self.account.base_url if Way.API in self.cabinet.ways else ""
        return self.account.cabinet_url or calls or self.cabinet.url


def login(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(metavar="SUPPLIER/ACCOUNT", help="As in suppliers.yaml: acme/ozon.")],
    cookies: Annotated[
        Path | None, typer.Option(help="A file with the cookies of a browser in which you are signed in.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, max=120, help="How long to wait for you to sign in.")] = 15,
) -> None:
    """Sign an account in to the seller's cabinet; the session is kept encrypted in the database.

    Without --cookies a browser window opens: sign in as always; the window closes by itself. A paused account goes on
    within a minute, on every machine.

    Where there is no display (a server, docker): sign in on your own computer and bring the cookies. Export them with a
    browser extension (JSON or cookies.txt) or Playwright (storage state), then:
    `docker run --rm --env-file .env -v ./cookies.json:/cookies.json:ro feedback-service login acme/ozon --cookies
    /cookies.json`. Delete the file afterwards: it opens the cabinet to whoever has it. Or run this command on your own
    computer with the server's DATABASE_URL and SECRET_KEYS, or on the server with the display forwarded (`ssh -X`;
    docker: `-e DISPLAY -v /tmp/.X11-unix:/tmp/.X11-unix`).

    Exit codes: 0 signed in · 1 not signed in · 78 wrong cookies file or configuration.

    Examples: `feedback-service login acme/ozon` · `feedback-service login acme/ozon --cookies cookies.json`
    """
    invocation: Invocation = ctx.obj
    settings = invocation.settings()

    async def work(db: Database) -> None:
        door = await _door(db, account)
        now = db.clock.now()
        if cookies is not None:
            session = _from_file(cookies, door, now)
        else:
            session = await _from_window(settings, door, minutes)
        await db.sessions.save(door.account.id, session, WHATEVER)
        await db.suppliers.renew(door.account.supplier, door.account.id)
        _tell(door, session)

    invocation.with_database(work)


async def _door(db: Database, name: str) -> Door:
    from feedback_service import platforms

    account = await account_named(db, name)
    spec = platforms.find(account.platform).SPEC
    if spec.cabinet is None:
        raise NotAllowed(f"{name}: {spec.title} is worked with by its API only; there is nothing to sign in to")
    return Door(account, spec.cabinet)


def _from_file(path: Path, door: Door, now: datetime) -> Session:
    from feedback_service.transports.browser.cookies import Home
    from feedback_service.transports.browser.cookies_file import Wanted, read_cookies_file

    found = read_cookies_file(path, Wanted(Home(door.cabinet.sites, door.url), door.cabinet.cookies, now))
    _mention("left out, as they have run out", found.expired)
    _mention("left out, as they are of other sites", found.strange)
    for refused in found.refused:
        say(f"left out: {path}: {refused}")
    return found.session


def _mention(what: str, names: Sequence[str]) -> None:
    if names:
        say(f"{what}: {', '.join(names)}")


async def _from_window(settings: Settings, door: Door, minutes: float) -> Session:
    from feedback_service import bootstrap
    from feedback_service.transports.browser.config import Mode
    from feedback_service.transports.browser.cookies import Home
    from feedback_service.transports.browser.finding import display_problem
    from feedback_service.transports.browser.sign_in import SignIn, sign_in

    config = replace(bootstrap.browser_config(settings, ROLE), mode=Mode.HEADED)
    if problem := display_problem(config.mode):
        remedy = "sign in on your own computer and bring the cookies: see feedback-service login --help"
        raise AccountFault(problem.reason, remedy)
    say(f"opening {door.url} …")
    say(f"sign in to {door.label} in the window; it closes by itself (waiting for up to {minutes:g} minutes)")
    home = Home(door.cabinet.sites, door.url)
    wanted = SignIn(door.label, home, door.cabinet.cookies, minutes * 60)
    try:
        return await asyncio.to_thread(sign_in, config, wanted)
    finally:
        wanted.given_up.set()


def _tell(door: Door, session: Session) -> None:
    until = session.expires_at(door.cabinet.cookies)
    lasts = f"until {until:{MOMENT}}" if until else "until the cabinet ends it (its cookies name no date)"
    typer.echo(f"{door.label} is signed in {lasts}; {len(session.cookies)} cookie(s) are kept encrypted")
    typer.echo(f"note: {door.cabinet.caveat}")
