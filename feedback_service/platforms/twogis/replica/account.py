"""One sign-in of the cabinet with all that it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.platforms.twogis.replica.bucket import Bucket
from feedback_service.platforms.twogis.replica.options import AccountOptions
from feedback_service.platforms.twogis.replica.places import STRANGER, Place, numbers
from feedback_service.platforms.twogis.replica.shelf import Shelf

_WRONG_PASSWORDS = 5


@dataclass
class Account:
    """`number` counts accounts from 1; `password` is that of the sign-in, `wrong` how often in a row it was wrong."""

    key: str
    number: int
    password: str = field(repr=False)
    options: AccountOptions
    opened_at: float
    shelf: Shelf = field(init=False)
    bucket: Bucket | None = field(init=False, default=None)
    wrong: int = 0

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key)
        self.reopen(self.options, self.opened_at)

    def reopen(self, options: AccountOptions, at: float) -> None:
        """Other options; reviews, login and password stay."""
        self.options, self.wrong = options, 0
        self.bucket = Bucket(options.rate, options.burst, at) if options.rate else None

    @property
    def login(self) -> str:
        return f"{self.key}@example.com"

    @property
    def wants_captcha(self) -> bool:
        return self.options.captcha or self.wrong >= _WRONG_PASSWORDS

    def org_name(self, org: int = 0) -> str:
        return f"Организация {self.key}" + (f" {org + 1}" if org else "")

    def org_of(self, branch: int) -> int:
        """The number of the organisation that a branch belongs to."""
        return branch % self.options.orgs

    def branches(self, org: int | None = None) -> Sequence[int]:
        """The branches of one organisation, or of all."""
        return numbers(self.options.branches, self.options.orgs, org)

    def next_branch(self) -> int:
        """Where the next review goes that names no branch: all in turn. Raises ValueError where there is none."""
        if not self.options.branches:
            raise ValueError("the organisation has no branch that could be reviewed")
        return len(self.shelf.reviews) % self.options.branches

    def credentials(self, reviews_key: str) -> Mapping[str, str]:
        """What its owner knows; `branch_ids` with commas, and `org_id` where there are several organisations."""
        org = 0 if self.options.orgs > 1 else None
        known = [Place(self.number, one).branch_id for one in self.branches(org)]
        if self.options.foreign:
            known.append(Place(STRANGER, 0).branch_id)
        chosen = {} if org is None else {"org_id": Place(self.number, org).org_id}
        return {
            "login": self.login,
            "password": self.password,
            **chosen,
            "branch_ids": ",".join(known),
            "reviews_key": reviews_key,
        }
