"""Where the demo's shops sell: which account of which shop is on which platform, and how its answers leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms import find
from feedback_service.sandbox.world import SHOPS, ShopAccount, World

FIRST, SECOND, THIRD = SHOPS


@dataclass(frozen=True, slots=True)
class Stall:
    """One account of a shop on one platform."""

    account: ShopAccount
    platform: str
    delivery: Delivery

    @property
    def label(self) -> str:
        """As commands name it."""
        return f"{self.account.shop.key}/{self.account.key}"

    @property
    def by_browser(self) -> bool:
        return self.delivery.way is Way.BROWSER

    def variables(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """The environment's variables that the suppliers file refers to, by the name of the credential."""
        wanted = [one.name for one in find(self.platform).SPEC.credentials if self.delivery.way in one.ways]
        return {name: _variable(self.account, name) for name in wanted if name in credentials}


def stalls(world: World, *, browser: bool) -> Sequence[Stall]:
    """All of them; without a browser on this machine the cabinets' accounts are answered by their platforms' APIs."""
    at_wildberries = [Stall(one, "wildberries", Delivery.API) for one in world.accounts]
    return [
        *at_wildberries,
        Stall(ShopAccount(FIRST, "ozon"), "ozon", Delivery.QUEUE if browser else Delivery.API),
        Stall(ShopAccount(SECOND, "market"), "yandex_market", Delivery.BROWSER if browser else Delivery.API),
        Stall(ShopAccount(THIRD, "ozon"), "ozon", Delivery.API),
    ]


def _variable(account: ShopAccount, name: str) -> str:
    return f"DEMO_{account.name}_{name}".replace("-", "_").upper()
