"""Tells browsers that people use from those that programs drive, as the antibots of marketplaces do.

Invented: what exactly a real one looks at is nobody's to know. This one asks the same first questions.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse
from feedback_service.sandbox.gate.cookies import sent_cookies, set_cookie
from feedback_service.sandbox.gate.decision import Decision, Outcome
from feedback_service.sandbox.gate.pages import page
from feedback_service.sandbox.gate.site import Site, is_call

COOKIE = "antibot_clearance"
CLEARANCE_SECONDS = 3600.0
REFUSAL_SECONDS = 600.0
_CHALLENGE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What was found out about a browser; an empty `fault` clears it."""

    user_agent: str
    fault: str
    until: float


@dataclass
class Antibot:
    """The antibot of one cabinet."""

    site: Site
    _challenges: dict[str, float] = field(default_factory=dict)
    _verdicts: dict[str, _Verdict] = field(default_factory=dict)

    def stops(self, asked: ReplicaRequest, account: str | None) -> Decision | None:
        """None for a browser that is cleared; else what it gets to see."""
        if "HeadlessChrome" in _user_agent(asked):
            return _blocked(account, "user-agent")
        if self.site.step(asked.path) == "clearance":
            return self._report(asked, account)
        verdict = self._verdicts.get(sent_cookies(asked).get(COOKIE, ""))
        if verdict is None or verdict.user_agent != _user_agent(asked) or verdict.until <= asked.at:
            return self._check(asked, account)
        return _blocked(account, verdict.fault) if verdict.fault else None

    def _check(self, asked: ReplicaRequest, account: str | None) -> Decision:
        if is_call(asked) or asked.method != "GET":
            return _blocked(account, "no-clearance")
        self._forget(asked.at)
        challenge = secrets.token_urlsafe(18)
        self._challenges[challenge] = asked.at + _CHALLENGE_SECONDS
        shown = page("checking", challenge=challenge, report=self.site.link("clearance"))
        return Decision(Outcome.CHECKED, account, shown)

    def _report(self, asked: ReplicaRequest, account: str | None) -> Decision:
        findings = _findings(asked.body)
        until = self._challenges.pop(str(findings.get("challenge")), 0.0)
        if until <= asked.at:
            return _blocked(account, "no-challenge")
        fault = _fault(findings)
        seconds = REFUSAL_SECONDS if fault else CLEARANCE_SECONDS
        token = secrets.token_urlsafe(24)
        self._verdicts[token] = _Verdict(_user_agent(asked), fault, asked.at + seconds)
        cookies = (set_cookie(COOKIE, token, self.site.root, seconds),)
        if fault:
            return Decision(Outcome.BLOCKED, account, page("blocked", 403, reason=fault), cookies)
        return Decision(Outcome.CHECKED, account, ReplicaResponse(204), cookies)

    def _forget(self, at: float) -> None:
        self._challenges = {one: until for one, until in self._challenges.items() if until > at}
        self._verdicts = {token: one for token, one in self._verdicts.items() if one.until > at}


def _blocked(account: str | None, reason: str) -> Decision:
    return Decision(Outcome.BLOCKED, account, page("blocked", 403, reason=reason))


def _fault(findings: Mapping[str, object]) -> str:
    """What gives a program away; `traces` are the variables that an unpatched chromedriver leaves in the page."""
    if findings.get("webdriver") is not False:
        return "webdriver"
    if not findings.get("languages"):
        return "languages"
    if not findings.get("chrome") and not findings.get("plugins"):
        return "no-chrome"
    return "driver-traces" if findings.get("traces") else ""


def _findings(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _user_agent(asked: ReplicaRequest) -> str:
    return asked.headers.get("user-agent", "")
