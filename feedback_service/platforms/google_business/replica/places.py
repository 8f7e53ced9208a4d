"""Names of accounts and locations, told by arithmetic, so that 500 locations cost nothing until asked for."""

from __future__ import annotations

from dataclasses import dataclass

_GROUPS = 104_000_000_000_000_000_000
_LOCATIONS = 6_200_000_000_000_000_000
_SPAN = 100_000
_PEOPLE = 8_000
STRANGER = 0
"""The number of a person who never gave a consent here; what is theirs is somebody else's."""
UNVERIFIED = 50_000
"""Numbers of unverified locations begin here, so that others may come or go without a change of name."""


@dataclass(frozen=True, slots=True)
class Place:
    """An account in Google's sense (a group of locations) or a location.

    `person` is the number of whoever gave the consent, `number` that of the place, counted from 0.
    """

    person: int
    number: int

    @property
    def group_id(self) -> str:
        return str(_GROUPS + self.person * _SPAN + self.number)

    @property
    def location_id(self) -> str:
        return str(_LOCATIONS + self.person * _SPAN + self.number)

    @property
    def group(self) -> str:
        """The resource's name, as every API takes it."""
        return f"accounts/{self.group_id}"

    @property
    def location(self) -> str:
        """The resource's name of v1, which v4 does not take."""
        return f"locations/{self.location_id}"


def group_of(group_id: str) -> Place | None:
    """The group of that id, whether or not it was ever opened; None where it is no id of a group."""
    return _place(group_id, _GROUPS)


def location_of(location_id: str) -> Place | None:
    """The location of that id, likewise."""
    return _place(location_id, _LOCATIONS)


def _place(text: str, start: int) -> Place | None:
    if not (text.isascii() and text.isdigit() and len(text) == len(str(start))):
        return None
    person, number = divmod(int(text) - start, _SPAN)
    return Place(person, number) if 0 <= person < _PEOPLE else None
