"""Signs people in: login and password, and a confirmation code where one is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse
from feedback_service.sandbox.gate.pages import page
from feedback_service.sandbox.gate.site import Site

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Login:
    """What a person types to sign in."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that was "sent to the phone" of the account's owner; `after` is where the sign-in leads."""

    account: str
    code: str
    after: str
    tries: int = _TRIES


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The sign-in is complete; the browser goes on to `after`."""

    account: str
    after: str


class Desk:
    """The forms of one cabinet; `wants_code` says whether an account's sign-in needs a code this time."""

    def __init__(self, site: Site, wants_code: Callable[[str], bool]) -> None:
        self._site = site
        self._wants_code = wants_code
        self._logins: dict[str, Login] = {}
        self._asked: dict[str, Asked] = {}

    def open(self, account: str, login: str | None, password: str | None) -> None:
        """Let an account sign in; what is not given stays as it was, or is made up. Raises ValueError."""
        known = self._logins.get(account) or Login(f"{account}@seller.example", secrets.token_urlsafe(9))
        wanted = Login(login or known.login, password or known.password)
        if any(one.login == wanted.login for name, one in self._logins.items() if name != account):
            raise ValueError("login is another account's")
        self._logins[account] = wanted

    def login(self, account: str) -> Login:
        """How the account signs in. Raises KeyError for an unknown one."""
        return self._logins[account]

    def codes(self) -> Mapping[str, str]:
        """The newest code that is waited for, by account."""
        return {one.account: one.code for one in self._asked.values()}

    def answer(self, asked: ReplicaRequest, step: str) -> ReplicaResponse | SignedIn:
        """A form, the same form with what was wrong, or a completed sign-in."""
        typed = dict(parse_qsl(asked.body.decode(errors="replace"))) if asked.method == "POST" else {}
        if step == "sign-in":
            return self._password(typed) if typed else self._form(asked.query.get("next", ""))
        if step == "code":
            return self._code(typed)
        return ReplicaResponse(404)

    def _password(self, typed: Mapping[str, str]) -> ReplicaResponse | SignedIn:
        after = self._site.inside(typed.get("next", ""))
        given = Login(typed.get("login", ""), typed.get("password", ""))
        account = next((key for key, one in self._logins.items() if one == given), None)
        if account is None:
            return self._form(after, "Неверный логин или пароль")
        if not self._wants_code(account):
            return SignedIn(account, after)
        attempt = secrets.token_urlsafe(18)
        self._asked = {key: one for key, one in self._asked.items() if one.account != account}
        self._asked[attempt] = Asked(account, f"{secrets.randbelow(10**6):06}", after)
        return self._code_form(attempt)

    def _code(self, typed: Mapping[str, str]) -> ReplicaResponse | SignedIn:
        attempt = typed.get("attempt", "")
        asked = self._asked.pop(attempt, None)
        if asked is None:
            return self._form("", "Войдите ещё раз")
        if secrets.compare_digest(typed.get("code", "").encode(), asked.code.encode()):
            return SignedIn(asked.account, asked.after)
        if asked.tries <= 1:
            return self._form(asked.after, "Слишком много неверных кодов")
        self._asked[attempt] = replace(asked, tries=asked.tries - 1)
        return self._code_form(attempt, "Неверный код")

    def _form(self, after: str, error: str = "") -> ReplicaResponse:
        return page("sign_in", action=self._site.link("sign-in"), next=self._site.inside(after), error=error)

    def _code_form(self, attempt: str, error: str = "") -> ReplicaResponse:
        return page("confirmation_code", action=self._site.link("code"), attempt=attempt, error=error)
