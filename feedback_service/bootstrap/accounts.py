"""Opens accounts: which ways one has, and the connector that goes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from feedback_service import platforms
from feedback_service.domain.errors import Configuration
from feedback_service.domain.supplier import Account, Delivery, Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.ways import Ways
from feedback_service.ports.browser import Browser
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Access, Connector, PlatformSpec
from feedback_service.ports.sessions import SessionKeeper
from feedback_service.settings import Settings

Browsers = Callable[[Account, PlatformSpec], Browser]
"""Gives an account's browser, which starts when it is first needed."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What opening an account takes."""

    settings: Settings
    clock: Clock
    browsers: Browsers
    sessions: Callable[[Account, PlatformSpec], SessionKeeper]

    def open(self, account: Account, *, signed_in: bool = False, closures: Closures | None = None) -> Connector:
        """The account by all its ways. Raises Configuration where a way that is in use cannot be opened.

        `signed_in`: somebody has signed this account's browser in before. `closures`: what is known of its ways.
        """
        spec = platforms.find(account.platform).SPEC
        if {*spec.reading_ways, *(delivery.way for delivery in spec.deliveries)} == {Way.API}:
            return self.by(Way.API, account)
        writing, reading = delivery_of(account, spec).way, reading_of(account, spec)
        opened: dict[Way, Connector] = {way: self.by(way, account) for way in dict.fromkeys((reading, writing))}
        for way in _others(account, spec, signed_in):
            if way not in opened:
                with suppress(Configuration):  # it is not in use, so nothing is missed
                    opened[way] = self.by(way, account)
        return Ways(f"{account.supplier}/{account.key}", reading, writing, opened, closures or Closures())

    def by(self, way: Way, account: Account) -> Connector:
        """The account by one way. Raises Configuration."""
        platform = platforms.find(account.platform)
        spec = platform.SPEC
        browser = self.browsers(account, spec) if way is Way.BROWSER else None
        lives_by_session = way is Way.API and spec.cabinet is not None and way in spec.cabinet.ways
        return platform.connect(
            Access(
                label=f"{account.supplier}/{account.key}",
                base_url=account.base_url or spec.base_url,
                credentials=account.credentials,
                clock=self.clock,
                way=way,
                cabinet_url=cabinet_url_of(account, spec),
                browser=browser,
                sessions=self.sessions(account, spec) if lives_by_session else None,
                selectors=self.settings.selectors_dir,
            )
        )


def delivery_of(account: Account, spec: PlatformSpec) -> Delivery:
    """How the account's answers leave."""
    return account.delivery or spec.deliveries[0]


def reading_of(account: Account, spec: PlatformSpec) -> Way:
    """How the account is read: as declared, else by the API where its credentials are there."""
    if account.reading is not None:
        return account.reading
    if has_credentials(account, spec, Way.API):
        return Way.API
    way = delivery_of(account, spec).way
    return way if way in spec.reading_ways else spec.reading_ways[0]


def has_credentials(account: Account, spec: PlatformSpec, way: Way) -> bool:
    """Whether everything that the way asks for is there."""
    if way not in {*spec.reading_ways, *(delivery.way for delivery in spec.deliveries)}:
        return False
    needed = [field for field in spec.credentials if field.required and way in field.ways]
    return all(account.credentials.get(field.name) for field in needed)


def cabinet_url_of(account: Account, spec: PlatformSpec) -> str:
    """The address of the seller's cabinet; empty where the platform's is not used."""
    return account.cabinet_url or (spec.cabinet.url if spec.cabinet else "")


def _others(account: Account, spec: PlatformSpec, signed_in: bool) -> Mapping[Way, None]:
    """Ways to fall back to."""
    found = [Way.API] if has_credentials(account, spec, Way.API) else []
    if signed_in and has_credentials(account, spec, Way.BROWSER):
        found.append(Way.BROWSER)
    return dict.fromkeys(found)
