"""The cabinet of the Yandex.Market replica in a real Chromium: a person's way from the list to an answer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from feedback_service.platforms.yandex_market.replica import YandexMarketReplica
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse
from feedback_service.sandbox.server import Sandbox
from tests.support.yandex_shop import YandexShop

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
SECONDS = 30
TEXT = "Спасибо, Вера!\nЖдём вас снова. 🌿"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium or no chromedriver on this machine"),
]


@dataclass(frozen=True)
class SignedIn:
    """The replica without the sandbox's gate: every request is the owner's browser."""

    replica: YandexMarketReplica
    platform: str = "yandex_market"

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        return self.replica.respond(replace(request, signed_in="shop"))


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
async def cabinet() -> AsyncIterator[tuple[YandexShop, str]]:
    shop = YandexShop()
    async with Sandbox([SignedIn(shop.replica)]) as sandbox:
        yield shop, f"{sandbox.url_of('yandex_market')}/cabinet"


def patient(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    """While one page gives way to the next, the driver may fail in ways of its own."""
    return WebDriverWait(browser, SECONDS, ignored_exceptions=[WebDriverException])


def find(browser: webdriver.Chrome, selector: str) -> webdriver.remote.webelement.WebElement:
    return patient(browser).until(lambda one: one.find_element(By.CSS_SELECTOR, selector))


def send(browser: webdriver.Chrome, form: str, text: str) -> None:
    """Set the text by a script (not every letter can be typed), press the button, await the next page."""
    area = find(browser, f"{form} textarea")
    browser.execute_script("arguments[0].value = arguments[1]", area, text)
    find(browser, f"{form} button").click()
    patient(browser).until(expected_conditions.staleness_of(area))


def answer_and_change(browser: webdriver.Chrome, address: str) -> dict[str, str]:
    seen: dict[str, str] = {}
    browser.get(address)
    seen["waiting"] = find(browser, "article.review").get_attribute("data-id") or ""
    find(browser, "article.review a.open").click()
    send(browser, "form.reply", "ы" * 4097)
    seen["error"] = find(browser, ".form-error").text
    send(browser, "form.reply", TEXT)
    seen["shown"] = find(browser, ".item-comment[data-author=BUSINESS] > .text").text
    seen["offered"] = find(browser, "form.edit textarea").get_attribute("value") or ""
    seen["address"] = browser.current_url
    send(browser, "form.edit", "Спасибо!")
    find(browser, "a.back").click()
    seen["in the list"] = find(browser, "article.review .own-comment .text").text
    find(browser, "article.review a.open").click()
    find(browser, "form.delete button").click()
    find(browser, '.thread[data-count="0"]')
    return seen


async def test_a_person_answers_changes_and_deletes(cabinet: tuple[YandexShop, str], browser: webdriver.Chrome) -> None:
    shop, address = cabinet
    number = shop.review("Хорошая", author="Вера")

    seen = await asyncio.to_thread(answer_and_change, browser, address)

    assert (seen["waiting"], seen["error"]) == (
        str(number),
        "Длина текста должна быть от 1 до 4096 символов, сейчас 4097",
    )
    assert (seen["shown"], seen["offered"]) == (TEXT, TEXT)
    assert seen["address"] == f"{address}/business/{shop.business}/reviews/{number}"
    assert seen["in the list"] == "Спасибо!"
    assert shop.effects(number) == ["answer", "edit", "retract"]
