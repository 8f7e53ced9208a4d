"""Reads what an account of 2GIS was given to sign in by, and what of its organisation it is to work with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.domain.errors import Configuration
from feedback_service.ports.platform import Access, CredentialField

SESSION_COOKIE = "dg_session_token"
"""Its value is the cabinet's Bearer token. Seen by the browser's network log of two public projects, 2026."""
NUMBER = re.compile(r"[0-9]{1,32}")
WORDS = {"yes": True, "true": True, "no": False, "false": False, "": False}

CREDENTIALS = (
    CredentialField(
        "login",
        "e-mail or phone by which you enter https://account.2gis.com; not needed where a person signs in by "
        "feedback-service login",
        required=False,
        secret=False,
    ),
    CredentialField("password", "the password that belongs to login", required=False),
    CredentialField(
        "org_id",
        "number of one organisation, where the login has several: it stands in the cabinet's address after /orgs/",
        required=False,
        secret=False,
        identifies=True,
    ),
    CredentialField(
        "branch_ids",
        "numbers of the branches to work with, with commas between; without it all of them: a number stands in the "
        "address of the branch's page, https://2gis.ru/city/firm/NUMBER",
        required=False,
        secret=False,
    ),
    CredentialField(
        "official_answer",
        "yes: answers are written as the official answer; no (as usual): as a reply of the company",
        required=False,
        secret=False,
    ),
    CredentialField(
        "reviews_key",
        "only to read without any login: the key by which the site shows reviews, the value of reviewApiKey in the "
        "source text of a page of 2gis.ru; branch_ids is needed beside it",
        required=False,
        secret=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the account was given; empty where it was not. `official` is sent with every answer."""

    login: str = ""
    password: str = field(default="", repr=False)
    org_id: str = ""
    branch_ids: tuple[str, ...] = ()
    official: bool = False
    reviews_key: str = ""

    @property
    def signs_in(self) -> bool:
        return bool(self.login)


def read_login(access: Access) -> Login:
    """The account's credentials. Raises Configuration for what cannot be right."""
    given = {name: value.strip() for name, value in access.credentials.items()}
    login = Login(
        login=given.get("login", ""),
        password=given.get("password", ""),
        org_id=given.get("org_id", ""),
        branch_ids=access.several("branch_ids"),
        official=_truth(access.label, given),
        reviews_key=given.get("reviews_key", ""),
    )
    if problem := _problem(login, has_sessions=access.sessions is not None):
        raise Configuration(f"{access.label}: {problem}")
    return login


def _problem(login: Login, *, has_sessions: bool) -> str:
    if bool(login.login) != bool(login.password):
        return "login and password of the 2GIS cabinet belong together: give both, or neither"
    wrong = [one for one in (login.org_id, *login.branch_ids) if one and not NUMBER.fullmatch(one)]
    if wrong:
        return f"{wrong[0][:40]!r} is no number of 2GIS; org_id and branch_ids are made of digits"
    if login.reviews_key and not login.signs_in and not login.branch_ids:
        return "reviews_key reads the branches of branch_ids: add their numbers"
    if not (login.signs_in or login.reviews_key or has_sessions):
        return "give login and password of the 2GIS cabinet, or sign in by feedback-service login"
    return ""


def _truth(label: str, given: Mapping[str, str]) -> bool:
    word = given.get("official_answer", "").lower()
    if word not in WORDS:
        raise Configuration(f"{label}: official_answer is yes or no, not {word[:40]!r}")
    return WORDS[word]
