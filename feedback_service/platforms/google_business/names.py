"""The names by which Google knows accounts, locations and reviews."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from feedback_service.domain.identity import ItemId

PART = r"[^/\s?#:]{1,512}"
REVIEW = re.compile(rf"(accounts/{PART}/locations/{PART})/reviews/{PART}")
ACCOUNT = re.compile(rf"accounts/{PART}")
LOCATION = re.compile(rf"(?:accounts/{PART}/)?(locations/{PART})")


@dataclass(frozen=True, slots=True)
class Place:
    """One location: "accounts/1", "locations/2", and what it is called.

    v1 of the API names a location without its account; v4, which has the reviews, wants both in one name and knows
    nothing else.
    """

    account: str
    location: str
    title: str = ""

    @property
    def name(self) -> str:
        return f"{self.account}/{self.location}"

    @property
    def order(self) -> tuple[int, str, int, str]:
        """Numbers by their size, other names by the alphabet: the same order in every process."""
        return (len(self.account), self.account, len(self.location), self.location)

    def review(self, review_id: str) -> ItemId:
        return ItemId(f"{self.name}/reviews/{review_id}")


def place_of(item_id: str) -> Place | None:
    """The location of a review; None for what is no name of a review."""
    found = REVIEW.fullmatch(item_id)
    return named(found[1]) if found else None


def named(name: str) -> Place | None:
    """The location of the full name "accounts/…/locations/…"; None for anything else."""
    parts = name.split("/")
    if len(parts) != 4 or not ACCOUNT.fullmatch("/".join(parts[:2])) or not LOCATION.fullmatch("/".join(parts[2:])):
        return None
    return Place("/".join(parts[:2]), "/".join(parts[2:]))


def tail(name: str) -> str:
    """The last part of a name: the id itself."""
    return name.rsplit("/", 1)[-1]


def path(version: str, name: str, more: str = "") -> str:
    """The path of a resource; ids are opaque, so whatever they hold is escaped."""
    return f"/{version}/{'/'.join(quote(part, safe='') for part in name.split('/'))}{more}"
