"""One company's representative with the filials that are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.platforms.flamp.replica.options import AccountOptions
from feedback_service.platforms.flamp.replica.shelf import Shelf

_FIRST_FILIAL = 70_000_001_040_000_000
_SPAN = 100_000
STRANGER = str(_FIRST_FILIAL)
"""A filial that exists and is of nobody here."""


@dataclass
class Account:
    """`number` counts accounts from 1."""

    key: str
    number: int
    options: AccountOptions
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key)

    @property
    def name(self) -> str:
        """As the site calls the company."""
        return f"Компания {self.key}"

    @property
    def filials(self) -> Sequence[str]:
        """Numbers of the company's filials, which are those of its branches in 2GIS."""
        first = _FIRST_FILIAL + self.number * _SPAN
        return self.options.filial_ids or [str(first + one) for one in range(self.options.filials)]

    def filial_for(self, product: str) -> str:
        """Where a review goes: to the filial that `product` names, else to each in turn.

        Raises ValueError where there is none.
        """
        filials = self.filials
        if not filials:
            raise ValueError("the company has no filial that could be reviewed")
        return product if product in filials else filials[len(self.shelf.reviews) % len(filials)]

    def credentials(self) -> Mapping[str, str]:
        """What its owner knows: {"filial_ids": numbers with commas}."""
        return {"filial_ids": ",".join([*self.filials, *([STRANGER] if self.options.foreign else [])])}
