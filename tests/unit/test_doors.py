"""Which ways an account is opened by, and that what is known of them is handed on."""

from __future__ import annotations

import pytest

from feedback_service.bootstrap.accounts import Doors
from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Account, Delivery, Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.ways import Ways
from feedback_service.settings import Settings
from tests.support.clock import ManualClock
from tests.support.paper_browser import PaperBrowser, PaperPage
from tests.support.platforms import KeptSession
from tests.support.sandbox import HandClock

ACCOUNT = Account(
    id=AccountId(7),
    key=AccountKey("ozon"),
    supplier=SupplierKey("acme"),
    platform=PlatformKey("yandex_market"),
    delivery=Delivery.API,
    credentials={"api_key": "ACMA:made-up-key-of-a-test:0123456789", "business_id": "77"},
)


def opened(clock: ManualClock, *, signed_in: bool, closures: Closures | None = None) -> Ways:
    browser = PaperBrowser(PaperPage({}))
    doors = Doors(Settings(), clock, lambda *_: browser, lambda *_: KeptSession((), HandClock()))
    found = doors.open(ACCOUNT, signed_in=signed_in, closures=closures)
    assert isinstance(found, Ways)
    return found


@pytest.mark.parametrize(("signed_in", "ways"), [(False, {Way.API}), (True, {Way.API, Way.BROWSER})])
async def test_the_browser_is_a_way_to_fall_back_to_where_somebody_has_signed_in(
    clock: ManualClock, signed_in: bool, ways: set[Way]
):
    found = opened(clock, signed_in=signed_in)

    assert set(found.open_ways) == ways


async def test_what_is_known_of_closed_ways_is_handed_on(clock: ManualClock):
    closures = Closures(ACCOUNT.id, None, clock)

    found = opened(clock, signed_in=True, closures=closures)

    assert found.closures is closures
