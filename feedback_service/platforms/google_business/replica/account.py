"""One person's consent with all that the person manages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.platforms.google_business.replica.options import AccountOptions
from feedback_service.platforms.google_business.replica.places import STRANGER, UNVERIFIED, Place
from feedback_service.platforms.google_business.replica.quota import Quota
from feedback_service.platforms.google_business.replica.shelf import Shelf


@dataclass
class Account:
    """`number` counts accounts from 1; the client is that of a project of their own."""

    key: str
    number: int
    client_id: str
    client_secret: str = field(repr=False)
    options: AccountOptions
    shelf: Shelf = field(init=False)
    quotas: dict[str, Quota] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key)

    @property
    def project(self) -> str:
        """The number of the project, as errors tell it."""
        return self.client_id.partition("-")[0]

    def title(self, location: int) -> str:
        """The name over a location's door."""
        return f"Заведение {self.key}" + (f" {location + 1}" if location else "")

    def groups(self) -> Sequence[Place]:
        return [Place(self.number, group) for group in range(self.options.groups)]

    def listed(self, group: int | None) -> list[Place]:
        """The locations that a group shows, or all: the foreign one first, then the unverified."""
        options = self.options
        foreign = [Place(STRANGER, 0)] if options.foreign and group in (0, None) else []
        numbers = (*range(UNVERIFIED, UNVERIFIED + options.unverified), *range(options.locations))
        return foreign + [Place(self.number, one) for one in numbers if group is None or self.shows(group, one)]

    def shows(self, group: int, location: int) -> bool:
        """Whether the group has that location of this person."""
        options = self.options
        exists = location < options.locations or UNVERIFIED <= location < UNVERIFIED + options.unverified
        dealt = location % options.groups == group
        return exists and (dealt or (options.shared and group == 0))

    def home(self, location: int) -> Place:
        """The group that a location was dealt to."""
        return Place(self.number, location % self.options.groups)

    def next_location(self) -> int:
        """Where the next review goes that names no location: all in turn. Raises ValueError where there is none."""
        if not self.options.locations or not self.options.groups:
            raise ValueError("there is no verified location that could be reviewed")
        return len(self.shelf.reviews) % self.options.locations
