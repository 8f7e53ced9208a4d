"""Decides about every request to one seller's cabinet before its replica sees it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from feedback_service.ports.replica import HasPages, ReplicaRequest, SandboxAccount
from feedback_service.sandbox.faults import Call, FaultPlan
from feedback_service.sandbox.gate import captcha
from feedback_service.sandbox.gate.antibot import Antibot
from feedback_service.sandbox.gate.captcha import Captcha
from feedback_service.sandbox.gate.cookies import sent_cookies, set_cookie
from feedback_service.sandbox.gate.decision import Decision, Outcome
from feedback_service.sandbox.gate.pages import page, redirect
from feedback_service.sandbox.gate.sessions import Sessions, Term, Use
from feedback_service.sandbox.gate.sign_in import Desk, Login, SignedIn
from feedback_service.sandbox.gate.site import Site, is_call

_CODE = "confirmation_code"
GATE_KINDS = frozenset({captcha.KIND, _CODE})
"""Kinds of fault that the gate plays: a captcha instead of the answer, a code asked for at the next sign-in."""
_OPTIONS = frozenset({"login", "password", "session_lasts", "session_renews"})


def without_gate_options(account: SandboxAccount) -> SandboxAccount:
    """The account as its replica gets it."""
    return replace(account, options={name: one for name, one in account.options.items() if name not in _OPTIONS})


class Gate:
    """The guard of one cabinet: antibot, then captcha, then sign-in.

    Planned faults other than its own kinds befall only requests that it lets through.
    """

    def __init__(self, platform: str, replica: HasPages, faults: FaultPlan) -> None:
        self.site = Site(platform, replica.pages)
        self._replica = replica
        self._faults = faults
        self._antibot = Antibot(self.site)
        self._captcha = Captcha(faults)
        self._sessions = Sessions(replica.session_cookies)
        self._desk = Desk(self.site, self._wants_code)
        self._terms: dict[str, Term] = {}
        self._counts: Counter[tuple[str | None, Outcome]] = Counter()

    def open(self, account: SandboxAccount) -> None:
        """Let an account in by its options `login` and `password`; without them they are made up.

        `session_lasts` (seconds) and `session_renews` hold for sessions from the sign-in form. What is not given stays
        as it was. Raises ValueError.
        """
        own, known = account.options, self._terms.get(account.key, Term())
        term = checked_term(own.get("session_lasts", known.lasts), own.get("session_renews", known.renews))
        self._desk.open(account.key, _text(own.get("login")), _text(own.get("password")))
        self._terms[account.key] = term

    def login(self, account: str) -> Login:
        """What to type into the sign-in form. Raises KeyError for an unknown account."""
        return self._desk.login(account)

    def issue(self, account: str, at: float, term: Term | None = None) -> Use:
        """Sign the account in without a form. Raises KeyError for an unknown account."""
        self._known(account)
        return self._sessions.issue(account, at, term or self._terms[account])

    def revoke(self, account: str) -> int:
        """End the account's sessions; returns how many. Raises KeyError for an unknown account."""
        self._known(account)
        return self._sessions.revoke(account)

    def solve(self, account: str | None) -> bool:
        """Take away a captcha that stays until it is solved; None for those who are not signed in."""
        return self._captcha.solve(account)

    def report(self) -> dict[str, object]:
        """What was counted by account ("" for nobody's browsers), codes that are waited for, unsolved captchas."""
        accounts = sorted({name for name, _ in self._counts} | set(self._terms), key=str)
        counted = {name or "": {one.value: self._counts[name, one] for one in Outcome} for name in accounts}
        unsolved = [name or "" for name in self._captcha.unsolved()]
        return {"accounts": counted, "codes": dict(self._desk.codes()), "captchas": unsolved}

    def decide(self, asked: ReplicaRequest) -> Decision:
        """What becomes of the request; its `account` is set where the replica may answer."""
        account = self._sessions.holder(sent_cookies(asked))
        decision = self._antibot.stops(asked, account) or self._puzzled(asked, account) or self._at_desk(asked, account)
        decision = decision or self._with_session(asked, account)
        self._counts[decision.account, decision.outcome] += 1
        return decision

    def _puzzled(self, asked: ReplicaRequest, account: str | None) -> Decision | None:
        if not self._captcha.stops(Call(self.site.platform, account, asked.method, asked.path)):
            return None
        return Decision(Outcome.CAPTCHA, account, page("captcha", 403))

    def _at_desk(self, asked: ReplicaRequest, account: str | None) -> Decision | None:
        step = self.site.step(asked.path)
        if step is None:
            return None
        reached = self._desk.answer(asked, step)
        if not isinstance(reached, SignedIn):
            return Decision(Outcome.SIGN_IN, account, reached)
        use = self.issue(reached.account, asked.at)
        return Decision(Outcome.SIGNED_IN, use.account, redirect(reached.after), _lines(use, asked.at))

    def _with_session(self, asked: ReplicaRequest, account: str | None) -> Decision:
        use = self._sessions.use(sent_cookies(asked), asked.at)
        if use is not None:
            return Decision(Outcome.PASSED, use.account, None, _lines(use, asked.at))
        answer = self._replica.signed_out(asked) if is_call(asked) else None
        return Decision(Outcome.SIGNED_OUT, account, answer or redirect(self.site.sign_in_link(asked)))

    def _wants_code(self, account: str) -> bool:
        call = Call(self.site.platform, account, "POST", f"{self.site.pages}/__gate/sign-in")
        return bool(self._faults.draw(call, {_CODE}))

    def _known(self, account: str) -> None:
        if account not in self._terms:
            raise KeyError(account)


def checked_term(lasts: object, renews: object) -> Term:
    """A term from JSON. Raises ValueError."""
    if not isinstance(lasts, int | float) or isinstance(lasts, bool) or lasts <= 0:
        raise ValueError("a session lasts a number of seconds above 0")
    if not isinstance(renews, bool):
        raise ValueError("a session renews: true or false")
    return Term(float(lasts), renews)


def _lines(use: Use, at: float) -> tuple[str, ...]:
    return tuple(set_cookie(name, value, "/", use.expires_at - at) for name, value in use.fresh.items())


def _text(value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or not value):
        raise ValueError("login and password must be texts")
    return value
