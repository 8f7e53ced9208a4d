"""Numbers of organisations and branches, told by arithmetic, so that 500 branches cost nothing until asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_BRANCHES = 70_000_001_000_000_000
_ORGS = 70_000_001_900_000_000
_SPAN = 100_000
_ACCOUNTS = 8_000
STRANGER = 0
"""The number of an account that nobody opened; its branches are somebody else's."""


@dataclass(frozen=True, slots=True)
class Place:
    """A branch or an organisation by its account's number and its own, counted from 0."""

    account: int
    number: int

    @property
    def branch_id(self) -> str:
        return str(_BRANCHES + self.account * _SPAN + self.number)

    @property
    def org_id(self) -> str:
        return str(_ORGS + self.account * _SPAN + self.number)


def branch_of(branch_id: str) -> Place | None:
    """The branch of that id, whether or not it was ever opened; None where it is no id of a branch."""
    return _place(branch_id, _BRANCHES)


def org_of(org_id: str) -> Place | None:
    """The organisation of that id, likewise."""
    return _place(org_id, _ORGS)


def numbers(branches: int, orgs: int, org: int | None) -> Sequence[int]:
    """The branches of one organisation, or of all; they are dealt out in turn."""
    return range(branches) if org is None else range(org, branches, orgs)


def _place(text: str, start: int) -> Place | None:
    if not (text.isascii() and text.isdigit() and len(text) == len(str(start))):
        return None
    account, number = divmod(int(text) - start, _SPAN)
    return Place(account, number) if 0 <= account < _ACCOUNTS else None
