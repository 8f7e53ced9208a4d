"""One owner's account with its organisations and their reviews."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from feedback_service.platforms.zoon.replica.options import AccountOptions
from feedback_service.platforms.zoon.replica.shelf import Shelf

CATEGORY = "restaurants"


@dataclass(frozen=True, slots=True)
class Organization:
    """`id`: 24 hexadecimal digits; `slug`: its place in addresses."""

    id: str
    slug: str
    name: str

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/{CATEGORY}/{self.slug}/"


@dataclass
class Account:
    """Organisations are kept for good; `options.organizations` says how many of them the account owns now."""

    key: str
    options: AccountOptions
    ids: Callable[[], str]
    shelf: Shelf = field(init=False)
    _organizations: list[Organization] = field(default_factory=list)
    _turn: int = 0

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key)
        self.reopen(self.options)

    def reopen(self, options: AccountOptions) -> None:
        """Other options; reviews and the ids of organisations stay."""
        self.options = options
        for number in range(len(self._organizations) + 1, options.organizations + 1):
            slug = f"kafe-{self.key}-{number}".lower()
            self._organizations.append(Organization(self.ids(), slug, f"Кафе «{self.key}» № {number}"))

    @property
    def organizations(self) -> list[Organization]:
        return self._organizations[: self.options.organizations]

    def owned(self, organization: str) -> Organization | None:
        return next((one for one in self.organizations if one.id == organization), None)

    def next_organization(self) -> Organization:
        """Where the next review goes that names none: all in turn. Raises ValueError where there is none."""
        if not self.organizations:
            raise ValueError("the account has no organisation")
        self._turn += 1
        return self.organizations[(self._turn - 1) % len(self.organizations)]
