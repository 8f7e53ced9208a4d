"""Shows a person the cabinet in a window until they are signed in, and takes the session from there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from feedback_service.domain.errors import Retryable
from feedback_service.domain.session import Cookie, Session
from feedback_service.transports.browser.config import BrowserConfig
from feedback_service.transports.browser.cookies import Home, Jar
from feedback_service.transports.browser.stage import directory_of

LOOK_AGAIN = 0.5
SETTLED = 3
"""How often in a row the cookies must be the same: a sign-in goes over several pages that set them one by one."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signs in, where, by which cookies it is known, and how many seconds they may take."""

    label: str
    home: Home
    names: Sequence[str]
    seconds: float
    given_up: threading.Event = field(default_factory=threading.Event)


def sign_in(config: BrowserConfig, wanted: SignIn) -> Session:
    """Open the cabinet and wait for its cookies; blocks.

    Raises AccountFault where no window can be shown, Retryable where it was closed or the time was over.
    """
    from feedback_service.transports.browser.chromium import Chromium

    chromium = Chromium(config, directory_of(config, wanted.label))
    try:
        with chromium.limited(wanted.seconds):
            return _signed_in(chromium.driver, wanted)
    except Retryable:
        raise
    except Exception as problem:
        text = f"the window was closed, or {wanted.seconds / 60:.0f} minutes were over, before anybody was signed in"
        raise Retryable(f"{wanted.label}: {text}; nothing is saved") from problem
    finally:
        chromium.close()


def _signed_in(driver: Any, wanted: SignIn) -> Session:
    jar = Jar(driver, wanted.home)
    jar.remove(wanted.names)  # the cabinet may have ended the session that the profile still has cookies of
    driver.get(wanted.home.url)
    last: Sequence[Cookie] = ()
    same = 0
    while True:
        session = Session(cookies=jar.read(), saved_at=datetime.now(UTC))
        same = same + 1 if _telling(session, wanted) == last else 0
        last = _telling(session, wanted)
        at_home = Home((), wanted.home.url).takes(_host(driver.current_url))
        if same >= SETTLED and at_home and not session.missing(wanted.names, session.saved_at):
            return session
        if wanted.given_up.wait(LOOK_AGAIN):
            raise Retryable(f"{wanted.label}: nobody waits for the sign-in any more")


def _telling(session: Session, wanted: SignIn) -> Sequence[Cookie]:
    return [one for one in session.cookies if one.name in wanted.names]


def _host(url: str) -> str:
    return Home((), url).host
