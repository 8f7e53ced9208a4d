"""An account's sign-in: imported into the browser, renewed by the site, saved back; and what a failure leaves."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_service.domain.errors import AccountFault, MustRetract, Refused, Retryable
from feedback_service.domain.session import Cookie, Session
from feedback_service.ports.browser import Browser, Page
from feedback_service.transports.browser.config import Mode
from tests.support.browser_site import Site, site
from tests.support.browsers import (
    ACCOUNT,
    CABINET,
    LABEL,
    MemorySessions,
    config_for,
    needs_chromium,
    pool_of,
    running,
    signed_in,
)

pytestmark = [pytest.mark.slow, needs_chromium]
KNOWN_SECRET = "openai-key-of-ours"
SHARPNESS = """
const [picture, selectors, done] = arguments, image = new Image();
image.onload = () => {
    const canvas = document.createElement('canvas'), scale = image.width / innerWidth;
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    done(selectors.map(selector => {
        const box = document.querySelector(selector).getBoundingClientRect();
        const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(one => Math.round(one * scale));
        const shown = context.getImageData(x, y, width, height).data;
        let steepest = 0;
        for (let at = 4; at < shown.length; at += 4)
            if (at / 4 % width) steepest = Math.max(steepest, Math.abs(shown[at] - shown[at - 4]));
        return steepest;
    }));
};
image.src = 'data:image/png;base64,' + picture;
"""
"""How much two neighbouring pixels differ at most, of 255, where each selector's element is in the picture."""
READABLE, UNREADABLE = 100, 40


@pytest.fixture
async def shop() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


async def visit(browser: Browser, shop: Site) -> dict[str, str]:
    """The cookies that the site sees of a browser."""
    await browser.run(lambda page: page.open(f"{shop.url}/"), 20)
    return shop.cookies[-1]


async def test_nobody_signed_in_starts_no_browser_and_says_what_to_do(shop: Site, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    token = replace(signed_in().cookies[0], expires_at=now - timedelta(seconds=1))
    gone = Session(cookies=(token,), saved_at=now)
    for session, said in ((None, "nobody is signed in"), (gone, "has run out")):
        async with pool_of(config_for(tmp_path), MemorySessions(session)) as pool:
            with pytest.raises(AccountFault, match=said) as fault:
                await visit(pool.browser(LABEL, ACCOUNT, CABINET, shop.url), shop)

            assert fault.value.remedy == f"run: feedback-service login {LABEL}"
            assert not running(tmp_path)


async def test_a_session_that_was_saved_later_is_imported_before_the_next_script(
    shop: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    strange = Cookie(name="strange", value="x", domain=".elsewhere.example")
    hosts = Cookie(name="__Host-sid", value="h", domain="seller.bazaar.example")
    broken = Cookie(name="broken", value="a;b", domain=".bazaar.example")
    sessions = MemorySessions(signed_in("first", besides=(broken, strange, hosts)))
    async with pool_of(config_for(tmp_path), sessions) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        assert await visit(browser, shop) == {"__Secure-token": "first", "__Host-sid": "h"}

        sessions.session = signed_in("second")

        assert await visit(browser, shop) == {"__Secure-token": "second"}
    assert not sessions.saved
    assert [one for one in caplog.messages if "cookies" in one] == [
        f"The browser of {LABEL} refuses cookies of its session: 'broken'"
    ]


async def test_a_renewed_token_is_saved_and_outlives_the_browser(shop: Site, tmp_path: Path) -> None:
    sessions = MemorySessions(signed_in("first"))
    async with pool_of(config_for(tmp_path), sessions) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        shop.gives = {"__Secure-token": "second"}
        await visit(browser, shop)
        await visit(browser, shop)
        shop.gives = {}

    (saved,) = sessions.saved
    async with pool_of(config_for(tmp_path), sessions) as pool:
        assert await visit(pool.browser(LABEL, ACCOUNT, CABINET, shop.url), shop) == {"__Secure-token": "second"}
    assert {one.name: one.value for one in saved.cookies} == {"__Secure-token": "second"}
    assert saved.expires_at(CABINET.cookies)


async def test_a_session_that_somebody_saved_meanwhile_is_not_overwritten(shop: Site, tmp_path: Path) -> None:
    sessions = MemorySessions(signed_in("first"))
    async with pool_of(config_for(tmp_path), sessions) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        shop.gives = {"__Secure-token": "renewed"}

        def renew(page: Page) -> None:
            page.open(f"{shop.url}/")
            sessions.session = signed_in("of a person")

        await browser.run(renew, 20)

    assert not sessions.saved


async def test_the_profile_is_kept(shop: Site, tmp_path: Path) -> None:
    def remember(page: Page) -> None:
        page.open(f"{shop.url}/")
        page.driver.execute_script("localStorage.setItem('shop', '42')")  # type: ignore[attr-defined]

    def recall(page: Page) -> str:
        page.open(f"{shop.url}/")
        return str(page.driver.execute_script("return localStorage.getItem('shop')"))  # type: ignore[attr-defined]

    sessions = MemorySessions(signed_in())
    for script, found in ((remember, None), (recall, "42")):
        async with pool_of(config_for(tmp_path), sessions) as pool:
            assert await pool.browser(LABEL, ACCOUNT, CABINET, shop.url).run(script, 20) == found


async def test_a_failure_leaves_few_files_without_secrets(
    shop: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_for(tmp_path, evidence=2, redact=lambda text: text.replace(KNOWN_SECRET, "***"))
    async with pool_of(config, MemorySessions(signed_in("first-token"))) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)

        def fail(page: Page) -> None:
            page.open(f"{shop.url}/")
            page.fill("textarea", f"{KNOWN_SECRET} first-token")
            page.wait_for({"ready": ".gone"}, 0)

        for _ in range(3):
            with caplog.at_level(logging.WARNING), pytest.raises(Retryable, match=r"ready \(\.gone\)"):
                await browser.run(fail, 20)

    files = sorted((tmp_path / "evidence").iterdir())
    sources = [one.read_text("utf-8") for one in files if one.suffix == ".html"]
    assert [one.suffix for one in files] == [".html", ".png"] * 2
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in files)
    assert all("Ольга" in source for source in sources)
    for secret in ("csrf-0123456789", "pin-7777", "first-token", KNOWN_SECRET):
        assert not any(secret in source for source in sources)
    assert files[-2].name in caplog.text


async def test_whatever_a_script_says_of_a_page_leaves_it_once_with_its_secret_field_unreadable(
    shop: Site, tmp_path: Path
) -> None:
    captcha = AccountFault("the cabinet shows a captcha", "sign in")
    ends = (captcha, captcha, Refused("too long"), MustRetract("another text"), ZeroDivisionError("of our own"))

    def look(page: Page) -> list[int]:
        page.open(f"{shop.url}/")
        picture = base64.b64encode(max((tmp_path / "evidence").glob("*.png")).read_bytes()).decode()
        wanted = [".name", "input[type=password]"]
        return list(page.driver.execute_async_script(SHARPNESS, picture, wanted))  # type: ignore[attr-defined]

    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        kept = []
        for end in ends:

            def fail(page: Page, end: Exception = end) -> None:
                page.open(f"{shop.url}/")
                raise end

            with pytest.raises(type(end), match=str(end)):
                await browser.run(fail, 20)
            kept.append(len(list((tmp_path / "evidence").glob("*.png"))))
        name, password = await browser.run(look, 20)

    assert kept == [1, 1, 2, 3, 4]
    assert (name > READABLE, password < UNREADABLE) == (True, True), (name, password)


async def test_a_browser_on_a_private_display_shows_its_window_to_nobody(shop: Site, tmp_path: Path) -> None:
    async with pool_of(config_for(tmp_path, mode=Mode.XVFB), MemorySessions(signed_in())) as pool:
        assert await visit(pool.browser(LABEL, ACCOUNT, CABINET, shop.url), shop)

    assert "Headless" not in shop.agents[-1]
