"""One login of the cabinet with all that it owns."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.yandex_business.replica.options import AccountOptions
from feedback_service.platforms.yandex_business.replica.organisations import Roll
from feedback_service.platforms.yandex_business.replica.shelf import Shelf


@dataclass
class Account:
    """`generation` counts how often its CSRF tokens were called back."""

    key: str
    serial: int
    options: AccountOptions
    shelf: Shelf
    generation: int = 0

    @property
    def roll(self) -> Roll:
        return Roll(self.serial, self.options)

    @property
    def csrf_subject(self) -> str:
        """What a CSRF token of this account is signed for."""
        return f"csrf {self.key} {self.generation}"
