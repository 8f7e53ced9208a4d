"""Where the demo's shops sell: which account of which shop is on which platform, and how its answers leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms import find, keys
from feedback_service.ports.platform import PlatformSpec
from feedback_service.sandbox.world import SHOPS, ShopAccount, World

LARGEST = "wildberries"
"""Where every shop has two accounts; on each other platform one shop has one, in turn."""


@dataclass(frozen=True, slots=True)
class Stall:
    """One account of a shop on one platform."""

    account: ShopAccount
    platform: str
    delivery: Delivery

    @property
    def spec(self) -> PlatformSpec:
        return find(self.platform).SPEC

    @property
    def label(self) -> str:
        """As commands name it."""
        return f"{self.account.shop.key}/{self.account.key}"

    @property
    def kinds(self) -> frozenset[Kind]:
        return self.spec.kinds

    @property
    def by_browser(self) -> bool:
        return self.delivery.way is Way.BROWSER

    @property
    def by_session(self) -> bool:
        """Whether somebody has to be signed in to its cabinet."""
        cabinet = self.spec.cabinet
        return cabinet is not None and not cabinet.instead and self.delivery.way in cabinet.ways

    def variables(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """The environment's variables that the suppliers file refers to, by the name of the credential."""
        ways = {self.delivery.way}
        if self.delivery.way not in self.spec.reading_ways:
            ways |= set(self.spec.reading_ways)
        wanted = [one.name for one in self.spec.credentials if one.ways & ways]
        return {name: _variable(self.account, name) for name in wanted if name in credentials}


def stalls(world: World, *, browser: bool) -> Sequence[Stall]:
    """One on every platform there is, a second where a platform has an API besides its usual way.

    Without a browser on this machine only what can be answered by an API is there.
    """
    found = [Stall(one, LARGEST, Delivery.API) for one in world.accounts]
    for number, key in enumerate(one for one in keys() if one != LARGEST):
        usual, *others = find(key).SPEC.deliveries
        name = key.replace("_", "-")
        if browser or usual is Delivery.API:
            found.append(Stall(ShopAccount(SHOPS[number % len(SHOPS)], name), key, usual))
        if Delivery.API in others:
            found.append(Stall(ShopAccount(SHOPS[(number + 1) % len(SHOPS)], f"{name}-api"), key, Delivery.API))
    return found


def out_of_reach(*, browser: bool) -> Sequence[str]:
    """The titles of the platforms that cannot be shown without a browser."""
    return [] if browser else [find(key).SPEC.title for key in keys() if Delivery.API not in find(key).SPEC.deliveries]


def _variable(account: ShopAccount, name: str) -> str:
    return f"DEMO_{account.name}_{name}".replace("-", "_").upper()
