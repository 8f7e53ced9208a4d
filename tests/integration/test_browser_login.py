"""`feedback-service login`: a person signs an account in, by a window or by the cookies of another browser."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_service import bootstrap
from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.session import Session
from feedback_service.settings import Settings
from feedback_service.storage import embedded
from feedback_service.transports.browser.display import Display
from tests.support import postgres
from tests.support.browser_site import Site, site
from tests.support.browsers import needs_chromium, running
from tests.support.commanding import Desk, Ended

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser login")]
NAMES = ("__Secure-access-token", "__Secure-refresh-token")
FILE = """
suppliers:
  - key: lapka
    accounts:
      - {{key: ozon, platform: ozon, cabinet_url: "{url}", credentials: {{company_id: "77"}}}}
      - {{key: wb, platform: wildberries, credentials: {{token: eyJhbGciOiJub25lIn0.e30.x}}}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, blank_cluster: Path) -> Iterator[Path]:
    """A folder whose embedded database stays up between the commands."""
    folder = tmp_path_factory.mktemp("login")
    postgres.copy(blank_cluster, folder / "data" / "postgres")
    embedded.start(folder / "data")
    yield folder
    embedded.release(folder / "data")


@pytest.fixture
async def shop() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
async def desk(place: Path, shop: Site) -> Desk:
    desk = Desk(place)
    desk.write("suppliers.yaml", FILE.format(url=f"{shop.url}/"))
    applied = await login(desk, "suppliers", "apply", "suppliers.yaml", "--yes", "--allow-plain-secrets")
    assert applied.code == 0, applied.err
    return desk


async def login(desk: Desk, *words: str, **environment: str) -> Ended:
    """Run a command while the site goes on answering."""
    return await asyncio.to_thread(desk.run, *words, **environment)


async def stored(desk: Desk) -> Session | None:
    site = bootstrap.locate(Settings(data_dir=desk.folder / "data", database_url=""))
    try:
        async with bootstrap.database(site) as db:
            (account,) = [one for one in (await db.suppliers.load(SupplierKey("lapka"))).accounts if one.key == "ozon"]
            return await db.sessions.load(account.id)
    finally:
        bootstrap.put_away(site)


def cookies(desk: Desk, lasting: timedelta = timedelta(days=3), domain: str = ".ozon.ru") -> str:
    until = (datetime.now(UTC) + lasting).timestamp()
    listed = [{"name": name, "value": "v", "domain": domain, "expirationDate": until} for name in NAMES]
    return str(desk.write("cookies.json", json.dumps(listed)))


async def test_cookies_of_another_browser_sign_an_account_in_and_their_end_is_told(desk: Desk) -> None:
    done = await login(desk, "login", "lapka/ozon", "--cookies", cookies(desk))

    session = await stored(desk)
    assert done.code == 0, done.err
    assert session
    assert sorted(one.name for one in session.cookies) == sorted(NAMES)
    assert f"signed in until {session.expires_at(NAMES):%Y-%m-%d %H:%M} UTC" in done.out


async def test_cookies_that_do_not_serve_change_nothing(desk: Desk) -> None:
    before = await stored(desk)
    late = await login(desk, "login", "lapka/ozon", "--cookies", cookies(desk, timedelta(days=-1)))
    strange = await login(desk, "login", "lapka/ozon", "--cookies", cookies(desk, domain=".elsewhere.example"))

    assert (late.code, strange.code) == (78, 78)
    assert "cookies[0]: the cookie __Secure-access-token ran out" in late.err
    assert "none of ozon.ru" in strange.err
    assert await stored(desk) == before


async def test_an_account_that_is_not_there_or_needs_no_sign_in_is_told(desk: Desk) -> None:
    nobody = await login(desk, "login", "lapka/nobody")
    by_api = await login(desk, "login", "lapka/wb")

    assert (nobody.code, by_api.code) == (1, 1)
    assert "no such account" in nobody.err
    assert "by its API only" in by_api.err


async def test_without_a_display_the_other_ways_are_told(desk: Desk) -> None:
    done = await login(desk, "login", "lapka/ozon")

    assert done.code == 1
    assert "there is no display here; sign in on your own computer and bring the cookies" in done.err


@needs_chromium
@pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is missing: run scripts/install-system-packages")
async def test_a_person_signs_in_in_a_window(desk: Desk, shop: Site) -> None:
    shop.gives = dict.fromkeys(NAMES, "given-by-the-site")
    display = Display(os.environ)
    try:
        done = await login(desk, "login", "lapka/ozon", DISPLAY=display.name)
    finally:
        display.end()

    session = await stored(desk)
    assert done.code == 0, done.err
    assert session
    assert {one.value for one in session.cookies} == {"given-by-the-site"}
    assert not running(desk.folder / "data")


@needs_chromium
@pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is missing: run scripts/install-system-packages")
async def test_a_window_in_which_nobody_signs_in_saves_nothing_even_where_somebody_did_before(
    desk: Desk, shop: Site
) -> None:
    before = await stored(desk)
    display = Display(os.environ)
    try:
        done = await login(desk, "login", "lapka/ozon", "--minutes", "0.1", DISPLAY=display.name)
    finally:
        display.end()

    assert done.code == 1
    assert "nothing is saved" in done.err
    assert await stored(desk) == before
    assert not running(desk.folder / "data")
