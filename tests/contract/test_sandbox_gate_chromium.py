"""The guard of a seller's cabinet as a real Chromium meets it: driven plainly, and as a person's browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

from feedback_service.ports.replica import SandboxAccount
from feedback_service.sandbox.gate import Term, exported
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.browser.chromium import Chromium
from feedback_service.transports.browser.finding import find
from tests.support.browsers import config_for, needs_chromium
from tests.support.pages import BAZAAR, COOKIES, PEOPLE, Bazaar

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
pytestmark = [pytest.mark.slow, needs_chromium]
SECONDS, HOUR = 30, 3600.0
Look = Callable[[Any], Any]
"""What is done with a driver; Selenium's and the patched one have no types in common."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox([Bazaar()]) as sandbox:
        sandbox.register(BAZAAR, SandboxAccount("shop"))
        yield sandbox


async def with_plain_selenium(directory: Path, look: Look, *flags: str) -> Any:
    """Off this loop, in which the sandbox answers."""

    def visit() -> Any:
        programs = find(config_for(directory))
        options = webdriver.ChromeOptions()
        options.binary_location = str(programs.browser)
        for flag in (*FLAGS, f"--user-data-dir={directory / 'profile'}", *flags):
            options.add_argument(flag)
        driver = webdriver.Chrome(options, webdriver.ChromeService(str(programs.driver)))
        try:
            return look(driver)
        finally:
            driver.quit()

    return await asyncio.to_thread(visit)


async def with_a_persons_browser(directory: Path, look: Look) -> Any:
    """The browser that accounts are worked with: undetected-chromedriver on its own copy of the driver."""

    def visit() -> Any:
        with closing(Chromium(config_for(directory), directory / "slot")) as chromium:
            return look(chromium.driver)

    return await asyncio.to_thread(visit)


def wait_for(driver: Any, selector: str) -> Any:
    return WebDriverWait(driver, SECONDS).until(presence_of_element_located((By.CSS_SELECTOR, selector)))


def reason(driver: Any, url: str) -> str:
    """Why the browser is refused."""
    driver.get(url)
    return str(wait_for(driver, "#blocked").get_attribute("data-reason"))


def take_cookies(driver: Any, cookies: list[dict[str, Any]]) -> None:
    for one in cookies:
        wanted = {name: one[name] for name in ("name", "value", "domain", "path", "secure", "httpOnly")}
        driver.execute_cdp_cmd("Network.setCookie", {**wanted, "expires": one["expirationDate"]})


def held(driver: Any, url: str) -> dict[str, str]:
    """The session's cookies in the browser; each is there once, out of reach for scripts."""
    found = driver.execute_cdp_cmd("Network.getCookies", {"urls": [url]})["cookies"]
    assert sorted((one["name"], one["httpOnly"]) for one in found) == sorted((name, True) for name in COOKIES)
    return {one["name"]: one["value"] for one in found}


def blocked(sandbox: Sandbox) -> int:
    accounts: Any = sandbox.gates[BAZAAR].report()["accounts"]
    return sum(one["blocked"] for one in accounts.values())


async def test_plain_selenium_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    url = sandbox.cabinet_url_of(BAZAAR)

    found = await with_plain_selenium(tmp_path, lambda driver: reason(driver, url))

    assert found == "user-agent"
    assert blocked(sandbox) > 0


@pytest.mark.parametrize(
    ("hidden", "given_away_by"),
    [((), "webdriver"), (("--disable-blink-features=AutomationControlled",), "driver-traces")],
)
async def test_a_borrowed_user_agent_does_not_hide_a_driver(
    sandbox: Sandbox, tmp_path: Path, hidden: tuple[str, ...], given_away_by: str
) -> None:
    url = sandbox.cabinet_url_of(BAZAAR)

    found = await with_plain_selenium(tmp_path, lambda driver: reason(driver, url), f"--user-agent={PEOPLE}", *hidden)

    assert found == given_away_by


async def test_a_persons_browser_passes_signs_in_and_sees_the_page(sandbox: Sandbox, tmp_path: Path) -> None:
    login = sandbox.gates[BAZAAR].login("shop")

    def sign_in(driver: Any) -> str:
        driver.get(sandbox.cabinet_url_of(BAZAAR) + "/reviews")
        wait_for(driver, "#sign-in [name=login]").send_keys(login.login)
        wait_for(driver, "#sign-in [name=password]").send_keys(login.password)
        wait_for(driver, "#sign-in [type=submit]").click()
        shop = wait_for(driver, "#shop").text
        return f"{shop} at {driver.current_url}"

    found = await with_a_persons_browser(tmp_path, sign_in)

    assert found == f"shop at {sandbox.cabinet_url_of(BAZAAR)}/reviews"
    assert blocked(sandbox) == 0


async def test_imported_cookies_sign_a_browser_in(sandbox: Sandbox, tmp_path: Path) -> None:
    use = sandbox.gates[BAZAAR].issue("shop", sandbox.clock.now().timestamp())

    def visit(driver: Any) -> dict[str, str]:
        take_cookies(driver, exported(use.fresh, "127.0.0.1", use.expires_at))
        driver.get(sandbox.cabinet_url_of(BAZAAR))
        assert wait_for(driver, "#shop").text == "shop"
        return held(driver, sandbox.url)

    assert await with_a_persons_browser(tmp_path, visit) == use.fresh


async def test_a_renewed_session_replaces_the_browsers_cookies(sandbox: Sandbox, tmp_path: Path) -> None:
    half_gone = sandbox.clock.now().timestamp() - HOUR / 2
    old = sandbox.gates[BAZAAR].issue("shop", half_gone, Term(lasts=HOUR))
    call = "return fetch('/bazaar/cabinet/api/who', {headers: {accept: 'application/json'}}).then((it) => it.json())"

    def visit(driver: Any) -> dict[str, str]:
        take_cookies(driver, exported(old.fresh, "127.0.0.1", old.expires_at))
        driver.get(sandbox.cabinet_url_of(BAZAAR))
        wait_for(driver, "#shop")
        assert driver.execute_script(call)["seller"] == "shop"
        return held(driver, sandbox.url)

    fresh = await with_a_persons_browser(tmp_path, visit)

    assert fresh.keys() == old.fresh.keys()
    assert all(fresh[name] != old.fresh[name] for name in COOKIES)
