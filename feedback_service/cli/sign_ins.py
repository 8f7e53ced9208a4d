"""What `check` says of browsers: whether one can start here, and until when each account is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from feedback_service.domain.errors import Configuration
from feedback_service.domain.session import MOMENT, Session
from feedback_service.domain.supplier import Account, Way
from feedback_service.ports.platform import Fact

if TYPE_CHECKING:
    from feedback_service.settings import Settings
    from feedback_service.storage.database import Database


def by_browser(account: Account) -> bool:
    """Whether the account is read or answered in a browser."""
    from feedback_service import platforms
    from feedback_service.bootstrap.accounts import delivery_of, reading_of

    spec = platforms.find(account.platform).SPEC
    return Way.BROWSER in {delivery_of(account, spec).way, reading_of(account, spec)}


def by_session(account: Account) -> bool:
    """Whether the account lives by a session of its cabinet: in a browser, or in calls that take its cookies."""
    from feedback_service import platforms
    from feedback_service.bootstrap.accounts import delivery_of, reading_of

    spec = platforms.find(account.platform).SPEC
    if spec.cabinet is None or (spec.cabinet.instead and all(map(account.credentials.get, spec.cabinet.instead))):
        return False
    return bool({delivery_of(account, spec).way, reading_of(account, spec)} & spec.cabinet.ways)


def browser_facts(settings: Settings) -> Sequence[Fact]:
    """Chromium, its driver and the display."""
    from feedback_service import bootstrap
    from feedback_service.transports.browser.finding import facts

    return facts(bootstrap.browser_config(settings, "check"))


async def sign_in_fact(db: Database, account: Account) -> Fact:
    """How long the account's session lasts, said before it ends."""
    from feedback_service import platforms

    cabinet = platforms.find(account.platform).SPEC.cabinet
    assert cabinet is not None  # asked only of accounts that use a browser
    remedy = f"run: feedback-service login {account.supplier}/{account.key}"
    try:
        session = await db.sessions.load(account.id)
    except Configuration as problem:
        return Fact("session", False, str(problem), remedy)
    if session is None:
        return Fact("session", False, "nobody has signed in yet", remedy)
    if missing := session.missing(cabinet.cookies, db.clock.now()):
        return Fact("session", False, f"has ended: {', '.join(missing)}", remedy)
    return _lasting(session, cabinet.cookies, db.clock.now(), remedy)


def _lasting(session: Session, names: Sequence[str], now: datetime, remedy: str) -> Fact:
    until = session.expires_at(names)
    if until is None:
        return Fact("session", True, "signed in; its cookies name no end")
    if session.ends_soon(names, now):
        return Fact("session", True, f"WARNING: ends at {until:{MOMENT}}", remedy)
    return Fact("session", True, f"signed in until {until:{MOMENT}}")
