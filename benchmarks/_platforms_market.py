"""One account on every platform, opened on the sandbox and signed in, and new reviews on each of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks._stage import EVERYTHING_AUTO, Stage
from feedback_service import bootstrap
from feedback_service.cli.demo.sandbox_control import OpenedAccount
from feedback_service.cli.demo.stalls import Stall, stalls
from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.ports.sessions import WHATEVER
from feedback_service.sandbox.world import World

SHOP = SupplierKey("bench")


@dataclass(frozen=True, slots=True)
class Place:
    """A platform's account on the sandbox."""

    stall: Stall
    opened: OpenedAccount

    @property
    def platform(self) -> str:
        return self.stall.platform

    def account(self, poll: timedelta) -> Account:
        ours = self.stall.variables(self.opened.credentials)
        return Account(
            id=AccountId(0),
            key=AccountKey(self.stall.platform.replace("_", "-")),
            supplier=SHOP,
            platform=PlatformKey(self.stall.platform),
            base_url=self.opened.base_url,
            cabinet_url=self.opened.cabinet_url if self.stall.by_browser else "",
            delivery=self.stall.delivery,
            poll=poll,
            quiet_poll=poll,
            unattended=True,
            credentials={name: self.opened.credentials[name] for name in ours},
        )


def opened(one: Stage, *, browser: bool) -> Sequence[Place]:
    """An account on each platform, answered by its usual way."""
    first = {stall.platform: stall for stall in reversed(stalls(World(), browser=browser))}
    return [
        Place(stall, one.control.open(platform, stall.account.name, {})) for platform, stall in sorted(first.items())
    ]


async def signed_up(one: Stage, places: Sequence[Place], poll: timedelta) -> None:
    """Store one supplier with all the accounts, and the sessions of those that live by one."""
    accounts = tuple(place.account(poll) for place in places)
    async with bootstrap.database(one.site) as db:
        await db.suppliers.apply([Supplier(key=SHOP, title="Bench", policy=EVERYTHING_AUTO, accounts=accounts)])
        stored = {str(each.platform): each for each in (await db.suppliers.load(SHOP)).accounts}
        for place in places:
            if place.stall.by_session:
                cookies = one.control.sign_in(place.platform, place.stall.account.name)
                session = Session(cookies=tuple(map(_cookie, cookies)), saved_at=datetime.now(UTC))
                await db.sessions.save(stored[place.platform].id, session, WHATEVER)


def write(one: Stage, place: Place, number: int) -> tuple[str, float]:
    """Let a customer write now; the item's id, and when (epoch seconds)."""
    at = time.time()
    praise = SandboxCustomer(kind="review", created_at=at, text=f"Отлично, беру {number}-й раз", rating=5, author="Ада")
    [item] = one.control.write(place.platform, place.stall.account.name, [praise])
    return item, at


def _cookie(exported: Mapping[str, Any]) -> Cookie:
    """From the form in which browsers' extensions export them."""
    ends = exported.get("expirationDate")
    return Cookie(
        name=exported["name"],
        value=exported["value"],
        domain=exported["domain"],
        path=exported.get("path", "/"),
        expires_at=datetime.fromtimestamp(ends, UTC) if ends else None,
        secure=bool(exported.get("secure")),
    )
