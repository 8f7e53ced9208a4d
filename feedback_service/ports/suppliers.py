"""What is asked of the suppliers' configuration: declare it, see what that changes, read it with its secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.supplier import Supplier


@dataclass(frozen=True, slots=True)
class SupplierChange:
    """One difference between what is stored and what is wanted, as a line for a person; secrets never show."""

    supplier: SupplierKey
    line: str


class Suppliers(Protocol):
    """All suppliers. What is no longer wanted is switched off and keeps its feedback."""

    async def plan(self, wanted: Sequence[Supplier]) -> Sequence[SupplierChange]:
        """What `apply` would change; nothing is written. The wanted accounts' ids do not count.

        Raises Configuration for what cannot be changed, such as an account's platform.
        """
        ...

    async def apply(self, wanted: Sequence[Supplier]) -> Sequence[SupplierChange]:
        """Make the stored suppliers equal to the wanted ones in one transaction; return what changed.

        Doing it twice changes nothing. Running workers hear of it.
        """
        ...

    async def load(self, key: SupplierKey) -> Supplier:
        """One supplier with its accounts' credentials; what is switched off is left out.

        Raises Configuration for an unknown or switched-off supplier, and where no key decrypts the credentials.
        """
        ...

    async def keys_and_fingerprints(self) -> Mapping[SupplierKey, str]:
        """Every supplier that is switched on, with a text that changes whenever its configuration does."""
        ...

    async def rotate(self) -> int:
        """Encrypt all credentials anew under the first key; return how many accounts. Raises Configuration."""
        ...
