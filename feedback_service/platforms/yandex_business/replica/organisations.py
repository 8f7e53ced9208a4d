"""The organisations behind one login: numbered, so that hundreds of them cost nothing until they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from feedback_service.platforms.yandex_business.replica.options import MOST_ORGANISATIONS, AccountOptions

OrganisationKind = Literal["ordinal", "chain", "branch"]

_FIRST = 1_000_000_000
_ROOM = 10_000
_CHAIN = MOST_ORGANISATIONS
_BRANCHES = MOST_ORGANISATIONS + 1
_FORMERLY = 500_000_000
_TYCOON = 900_000_000


@dataclass(frozen=True, slots=True)
class Organisation:
    """A place on the map, a chain of such places, or a chain's branch."""

    permanent_id: int
    name: str
    kind: OrganisationKind = "ordinal"
    accessible: bool = True

    @property
    def tycoon_id(self) -> int:
        """Another number of the same organisation."""
        return self.permanent_id - _TYCOON

    @property
    def former_id(self) -> int:
        """What the permanent id was before it changed."""
        return self.permanent_id + _FORMERLY

    @property
    def reviewed(self) -> bool:
        """Whether its reviews can be read and answered by this login."""
        return self.accessible and self.kind != "chain"


@dataclass(frozen=True, slots=True)
class Roll:
    """All organisations of the account with this serial number."""

    serial: int
    options: AccountOptions

    @property
    def listed(self) -> int:
        """How many entries the list of companies has; a chain is one."""
        return self.options.organisations + bool(self.options.chain)

    def company(self, index: int) -> Organisation:
        """The entry of the list of companies, counted from 0; the chain stands last."""
        if index == self.options.organisations:
            return Organisation(self._id(_CHAIN), "Сеть «Берёзка»", "chain")
        accessible = index < self.options.organisations - self.options.no_access
        return Organisation(self._id(index), f"Берёзка, дом {index + 1}", "ordinal", accessible)

    def branch(self, index: int) -> Organisation:
        """A branch of the chain, counted from 0."""
        return Organisation(self._id(_BRANCHES + index), f"Берёзка, филиал {index + 1}", "branch")

    def find(self, permanent_id: int) -> Organisation | None:
        """The organisation of that present id, if it is here."""
        offset = permanent_id - self._id(0)
        if 0 <= offset < self.options.organisations or (offset == _CHAIN and self.options.chain):
            return self.company(min(offset, self.options.organisations))
        branch = offset - _BRANCHES
        return self.branch(branch) if 0 <= branch < self.options.chain else None

    def formerly(self, permanent_id: int) -> Organisation | None:
        """The organisation that had this id before it moved."""
        return self.find(permanent_id - _FORMERLY) if self.options.moved else None

    def reviewed(self) -> Iterator[Organisation]:
        """Those whose reviews this login works with, branches included."""
        for index in range(self.options.organisations - self.options.no_access):
            yield self.company(index)
        for index in range(self.options.chain):
            yield self.branch(index)

    def told(self) -> str:
        """The ids that a person would note down, comma separated."""
        return ",".join(str(one.former_id if self.options.moved else one.permanent_id) for one in self.reviewed())

    def home_of(self, product: str) -> Organisation:
        """Where a customer's review belongs: the organisation whose id is named, else one chosen by the name.

        Raises ValueError where there is none.
        """
        if product.isascii() and product.isdecimal():
            named = self.find(int(product)) or self.formerly(int(product))
            if named is not None and named.kind != "chain":
                return named
        free = self.options.organisations - self.options.no_access
        if not free + self.options.chain:
            raise ValueError("the account has no organisation that can be reviewed")
        chosen = crc32(product.encode("utf-8", "surrogatepass")) % (free + self.options.chain) if product else 0
        return self.company(chosen) if chosen < free else self.branch(chosen - free)

    def _id(self, offset: int) -> int:
        return _FIRST + self.serial * _ROOM + offset
