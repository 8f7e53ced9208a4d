"""The Ozon replica's cabinet behind the sandbox's guard, in the browser that accounts are worked with."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.gate import exported
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.browser.chromium import Chromium
from tests.support.browsers import config_for, needs_chromium
from tests.support.sandbox import NOON

OZON = "ozon"
SECONDS = 30


def appeared(driver: Any, selector: str) -> Any:
    return WebDriverWait(driver, SECONDS).until(lambda page: page.find_element(By.CSS_SELECTOR, selector))


async def test_without_a_clearance_a_call_of_the_cabinet_goes_nowhere() -> None:
    async with Sandbox([OzonReplica()]) as sandbox, aiohttp.ClientSession() as session:
        sandbox.register(OZON, SandboxAccount("shop"))

        async with session.post(f"{sandbox.url_of(OZON)}/cabinet/api/v4/review/list", json={}) as told:
            assert told.status == 403


@pytest.mark.slow
@needs_chromium
async def test_a_signed_in_browser_finds_a_review_and_answers_it(tmp_path: Path) -> None:
    async with Sandbox([OzonReplica()]) as sandbox:
        sandbox.register(OZON, SandboxAccount("shop"))
        item = sandbox.add(OZON, "shop", SandboxCustomer("review", NOON.timestamp(), "Хорошая кружка", rating=5))
        use = sandbox.gates[OZON].issue("shop", sandbox.clock.now().timestamp())

        def answer() -> str:
            with closing(Chromium(config_for(tmp_path), tmp_path / "slot")) as chromium:
                driver = chromium.driver
                for one in exported(use.fresh, "127.0.0.1", use.expires_at):
                    wanted = {name: one[name] for name in ("name", "value", "domain", "path", "secure", "httpOnly")}
                    driver.execute_cdp_cmd("Network.setCookie", {**wanted, "expires": one["expirationDate"]})
                driver.get(sandbox.cabinet_url_of(OZON) + "/app/reviews")
                appeared(driver, f".item[data-uuid='{item}'] .item-open").click()
                appeared(driver, "#app[data-state='ready'] #reply-text").send_keys("Спасибо!")
                appeared(driver, "#reply-send").click()
                appeared(driver, "#reply-result[data-result='sent']")
                return str(appeared(driver, ".reply .reply-text").text)

        shown = await asyncio.to_thread(answer)

        (entry,) = sandbox.ledger().entries
        assert (shown, entry.answers, entry.visible) == ("Спасибо!", 1, "Спасибо!")
