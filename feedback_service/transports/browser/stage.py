"""Performs scripts on an account's browser, on its thread: starts it, signs it in, keeps evidence, replaces it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, MustRetract, Refused
from feedback_service.domain.session import Cookie, Session
from feedback_service.ports.browser import Page
from feedback_service.transports.browser import host
from feedback_service.transports.browser.config import BrowserConfig
from feedback_service.transports.browser.cookies import Home, Jar
from feedback_service.transports.browser.evidence import Evidence
from feedback_service.transports.browser.turn import Turn

if TYPE_CHECKING:
    from feedback_service.transports.browser.chromium import Chromium

log = logging.getLogger(__name__)

T = TypeVar("T")
BROWSERS = "browsers"
EVIDENCE = "evidence"
SETTLED = (AccountFault, Refused, MustRetract)
"""What a script says of a page that it has understood: nothing is on its way any more."""


@dataclass(frozen=True, slots=True)
class Performed(Generic[T]):
    """What a script returned, and the cabinet's cookies after it."""

    result: T
    cookies: Sequence[Cookie] = field(repr=False)


def directory_of(config: BrowserConfig, label: str) -> Path:
    """Where the account's profile for this role is kept; `label` is "supplier/account"."""
    return config.data_dir / BROWSERS / label / config.role


class Stage:
    """`perform` and `leave` come on one thread; `kill` may come from any."""

    def __init__(self, config: BrowserConfig, label: str, home: Home) -> None:
        self.session_in_use: datetime | None = None
        self._config = config
        self._label = label
        self._home = home
        self._evidence = Evidence(config.data_dir / EVIDENCE, config.evidence, config.redact)
        self._chromium: Chromium | None = None
        self._fault = ""

    def turn(self, seconds: float) -> Turn:
        """A turn for a script; its time begins anew once the browser is ready."""
        return Turn(self._label, seconds, self._config.limits.margin)

    def perform(self, script: Callable[[Page], T], turn: Turn, session: Session | None) -> Performed[T]:
        """Run the script to its end or its limit.

        Raises what it raises, and Retryable or InDoubt for what befell it.
        """
        from feedback_service.transports.browser.page import SeleniumPage

        turn.check("waiting for the browser")
        chromium = self._started()
        turn.check("starting")
        turn.begin()
        with chromium.limited(turn.seconds):
            self._sign_in(chromium, turn, session)
            try:
                result = script(SeleniumPage(chromium.driver, turn, self._config.limits, chromium.sockets))
            except Exception as problem:
                self._keep_evidence(chromium, problem)
                if not isinstance(problem, SETTLED) and (turn.writing or not turn.left):
                    chromium.kill()  # so that nothing leaves the page after somebody has looked
                raise
            self._fault = ""
            return Performed(result, self._cookies(chromium))

    def kill(self) -> None:
        """End the browser at once; the next script gets another."""
        if chromium := self._chromium:
            chromium.kill()

    def leave(self) -> None:
        """Close the browser, if there is one."""
        if self._chromium:
            chromium, self._chromium = self._chromium, None
            chromium.close()

    def _started(self) -> Chromium:
        from feedback_service.transports.browser.chromium import Chromium

        if self._chromium and not self._chromium.responds():
            log.warning("The browser of %s is dead and is replaced", self._label, extra={"action": "browser_replaced"})
            self.leave()
        if self._chromium is None:
            self._chromium = Chromium(self._config, directory_of(self._config, self._label))
            self.session_in_use = None
        return self._chromium

    def _sign_in(self, chromium: Chromium, turn: Turn, session: Session | None) -> None:
        """Import the session where it is newer than what the profile lives by."""
        if session is None or self.session_in_use == session.saved_at:
            return
        jar = Jar(chromium.driver, self._home)
        try:
            known = chromium.slot.session() == session.saved_at
            refused = jar.complete(session) if known else jar.put(session)
        except Exception as problem:
            raise turn.lost(f"the session's cookies do not go in: {type(problem).__name__}") from problem
        if refused:
            names = ", ".join(map(ascii, refused))
            extra = {"action": "cookies_refused"}
            log.warning("The browser of %s refuses cookies of its session: %s", self._label, names, extra=extra)
        with host.refusals(chromium.slot.directory):
            chromium.slot.remember_session(session.saved_at)
        self.session_in_use = session.saved_at

    def _cookies(self, chromium: Chromium) -> Sequence[Cookie]:
        """None where the browser has just died: the script's result counts."""
        with suppress(Exception):
            return Jar(chromium.driver, self._home).read()
        return ()

    def _keep_evidence(self, chromium: Chromium, problem: Exception) -> None:
        if isinstance(problem, AccountFault):
            if self._fault == str(problem):
                return  # tried again every while, it would push out all other evidence
            self._fault = str(problem)
        path = self._evidence.keep(chromium.driver, self._label, self._cookies(chromium)) if chromium.alive else None
        where = f"; the page is kept in {path}" if path else ""
        known = isinstance(problem, FeedbackServiceError)
        said = str(problem) if known else f"{self._label}: {type(problem).__name__}: {problem}"
        log.warning("%s%s", said, where, extra={"action": "browser_failed"})
