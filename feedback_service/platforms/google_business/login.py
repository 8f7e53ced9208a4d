"""Reads what an account of Google Business Profile was given: its OAuth consent, and what of it to work with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from feedback_service.domain.errors import Configuration
from feedback_service.platforms.google_business.names import ACCOUNT, LOCATION
from feedback_service.ports.platform import Access, CredentialField

SCOPE = "https://www.googleapis.com/auth/business.manage"
CONSENT = (
    f"give the consent anew (scope {SCOPE}, access_type=offline, prompt=consent) and put the new refresh_token in; "
    "tokens of an app in the state Testing end after 7 days"
)
CLIENT = "see Google Cloud console: APIs & Services → Credentials → OAuth 2.0 Client IDs"
PRINTABLE = re.compile(r"[!-~]{1,2048}")

CREDENTIALS = (
    CredentialField(
        "client_id",
        "OAuth client of your Google Cloud project, ends with .apps.googleusercontent.com: "
        "Google Cloud console → APIs & Services → Credentials",
        secret=False,
    ),
    CredentialField("client_secret", "the secret of that OAuth client, from the same page"),
    CredentialField(
        "refresh_token",
        f"what the consent of an owner or manager of the profile gave (scope {SCOPE}, access_type=offline, "
        "prompt=consent)",
    ),
    CredentialField(
        "account_id",
        "number of one account, where the login has several: the digits in accounts/… of the API's answers; "
        "without it all of them",
        required=False,
        secret=False,
    ),
    CredentialField(
        "location_ids",
        "numbers of the locations to work with, with commas between: the digits in locations/…; without it all of them",
        required=False,
        secret=False,
        identifies=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The consent, and the choice: "accounts/1" or empty, and names like "locations/2" or none."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    account: str = ""
    locations: tuple[str, ...] = ()


def read_login(access: Access) -> Login:
    """The account's credentials. Raises Configuration, never quoting a secret, for what cannot be right."""
    given = {name: value.strip() for name, value in access.credentials.items()}
    for name, remedy in (("client_id", CLIENT), ("client_secret", CLIENT), ("refresh_token", CONSENT)):
        if not PRINTABLE.fullmatch(given.get(name, "")):
            said = "holds signs that none has, or is too long" if given.get(name) else "is empty"
            raise Configuration(f"{access.label}: {name} {said}; {remedy}")
    return Login(
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        refresh_token=given["refresh_token"],
        account=_account(access.label, given.get("account_id", "")),
        locations=tuple(dict.fromkeys(_location(access.label, one) for one in access.several("location_ids"))),
    )


def _account(label: str, text: str) -> str:
    name = text if not text or text.startswith("accounts/") else f"accounts/{text}"
    if name and not ACCOUNT.fullmatch(name):
        raise Configuration(f"{label}: account_id must be the number of an account, not {text[:40]!r}")
    return name


def _location(label: str, text: str) -> str:
    found = LOCATION.fullmatch(text if "/" in text else f"locations/{text}")
    if found is None:
        raise Configuration(f"{label}: location_ids must be numbers of locations, not {text[:40]!r}")
    return found[1]
