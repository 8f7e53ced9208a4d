"""The bare Selenium script: answers one item after another in a signed-in browser, and keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from feedback_service.cli.demo.sandbox_control import OpenedAccount
from feedback_service.transports.browser.chromium import Chromium
from feedback_service.transports.browser.config import BrowserConfig

SECONDS, POLL = 15.0, 0.05
FIELD = "form.reply textarea[name=text]"
SEND = "form.reply button[type=submit]"
OWN = ".thread .item-comment[data-author=BUSINESS] > .text"


@dataclass(frozen=True, slots=True)
class Script:
    """`driver` is Selenium's, started by the same launcher with the same flags as the service's browsers."""

    driver: Any
    account: OpenedAccount

    def sign_in(self, cookies: Sequence[Mapping[str, Any]]) -> None:
        """By the cookies that `login --cookies` is given in the service."""
        self.driver.get(self.account.cabinet_url)
        for one in cookies:
            self.driver.execute_cdp_cmd(
                "Network.setCookie", {"name": one["name"], "value": one["value"], "url": self.account.cabinet_url}
            )

    def answer(self, item: str, text: str) -> None:
        """Open the item, see that it has no answer, fill, send, and read the answer on the page that follows."""
        self.driver.get(f"{self.account.cabinet_url}/business/{self.account.credentials['business_id']}/reviews/{item}")
        field = self._until(lambda: self.driver.find_element(By.CSS_SELECTOR, FIELD))
        assert not self.driver.find_elements(By.CSS_SELECTOR, OWN)
        field.click()
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})
        self.driver.find_element(By.CSS_SELECTOR, SEND).click()
        assert self._until(lambda: self.driver.find_element(By.CSS_SELECTOR, OWN).text) == text

    def work_off(self, answers: Mapping[str, str]) -> float:
        """All of them; the seconds that it took."""
        began = time.monotonic()
        for item, text in answers.items():
            self.answer(item, text)
        return time.monotonic() - began

    def _until(self, look: Callable[[], Any]) -> Any:
        waiting = WebDriverWait(self.driver, SECONDS, POLL, ignored_exceptions=[WebDriverException])
        return waiting.until(lambda _: look())


@contextmanager
def script(config: BrowserConfig, folder: Path, account: OpenedAccount) -> Iterator[Script]:
    """The script with its browser, which is ended at the end."""
    chromium = Chromium(config, folder)
    try:
        yield Script(chromium.driver, account)
    finally:
        chromium.close()
