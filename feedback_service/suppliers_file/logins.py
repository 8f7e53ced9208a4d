"""Finds one seller behind two accounts: both would answer the same customers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.platform import PlatformSpec

SEPARATORS = re.compile(r"[\s,;]+")
"""As the platforms read their lists of places."""

Place = tuple[int, int]
"""An account by the index of its supplier and its own within it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """`what` both accounts have: "credentials", or the name of the field that says which seller it is."""

    earlier: Place
    later: Place
    what: str


def shared_logins(suppliers: Sequence[Supplier], specs: Mapping[PlatformKey, PlatformSpec]) -> Iterator[Shared]:
    """Each account that is an earlier one's seller again, once.

    Two keys of one seller differ, and a platform's number of the seller tells. Numbers of different names are never
    compared: that Ozon's client_id and company_id would be one number is stated nowhere. The address does not count:
    the same token by way of a proxy is the same seller.
    """
    first: dict[tuple[object, ...], Place] = {}
    for number, supplier in enumerate(suppliers):
        for index, account in enumerate(supplier.accounts):
            found = None
            for what, login in _logins(account, specs):
                if login in first and found is None:
                    found = Shared(first[login], (number, index), what)
                first.setdefault(login, (number, index))
            if found is not None:
                yield found


def _logins(account: Account, specs: Mapping[PlatformKey, PlatformSpec]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """By what the account's seller is known, each with its name."""
    given = {name: value.strip() for name, value in account.credentials.items() if value.strip()}
    if given:
        yield "credentials", (account.platform, *sorted(given.items()))
    spec = specs.get(account.platform)
    for field in spec.credentials if spec else ():
        if field.identifies and field.name in given:
            for one in _places(given[field.name]):  # of several one in common is enough
                yield field.name, (account.platform, field.name, one)


def _places(value: str) -> Sequence[str]:
    """Each once, however it is written."""
    return list(dict.fromkeys(_plain(one) for one in SEPARATORS.split(value) if one))


def _plain(value: str) -> str:
    """A place may be given with all that it belongs to: Google's accounts/1/locations/2."""
    value = value.rpartition("/")[2]
    return value.lstrip("0") if value.isdigit() else value
