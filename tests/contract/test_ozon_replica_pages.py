"""The pages of the Ozon replica's cabinet in a real Chromium: the list, the form, what it shows afterwards."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SOON = 20.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser of the replica's pages"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed"),
]


@dataclass(frozen=True)
class SignedIn:
    """The replica behind a door that stands open: every request comes from the shop's own browser."""

    inner: OzonReplica
    platform: str = "ozon"
    plays: frozenset[str] = OzonReplica.plays

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        return self.inner.respond(replace(request, signed_in="shop"))


@dataclass(frozen=True)
class World:
    """A running sandbox; its shop has pages of two rows."""

    sandbox: Sandbox
    replica: OzonReplica
    at: float

    def add(self, text: str, age: float = 60, **fields: object) -> str:
        kind = fields.pop("kind", "review")
        customer = SandboxCustomer(kind, self.at - age, text, product="Кружка", author="Вера", **fields)  # type: ignore[arg-type]
        return self.replica.add("shop", customer)

    def written(self, item: str) -> list[tuple[str, str]]:
        entry = next(one for one in self.replica.ledger(self.at).entries if one.item == item)
        return [(write.effect, write.text) for write in entry.writes]

    async def page(self, browser: Chrome, path: str) -> None:
        await asyncio.to_thread(browser.get, f"{self.sandbox.url_of('ozon')}/cabinet/app/{path}")
        await settled(browser)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock, replica = HandClock(), OzonReplica()
    at = clock.now().timestamp()
    replica.register(SandboxAccount("shop", {"cabinet_page": 2}), at)
    async with Sandbox([SignedIn(replica)], clock=clock) as sandbox:
        yield World(sandbox, replica, at)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    profile: Path = tmp_path_factory.mktemp("profile")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=ChromeService(executable_path=str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


async def settled(browser: Chrome, state: str = "ready") -> None:
    """Wait until the page has drawn what it asked for."""
    found = (By.CSS_SELECTOR, f"#app[data-state='{state}']")
    await asyncio.to_thread(WebDriverWait(browser, SOON).until, lambda driver: driver.find_elements(*found))


async def texts(browser: Chrome, selector: str) -> list[str]:
    def read() -> list[str]:
        return [one.text for one in browser.find_elements(By.CSS_SELECTOR, selector)]

    return await asyncio.to_thread(read)


async def marks(browser: Chrome, selector: str, name: str) -> list[str | None]:
    def read() -> list[str | None]:
        return [one.get_attribute(name) for one in browser.find_elements(By.CSS_SELECTOR, selector)]

    return await asyncio.to_thread(read)


async def click(browser: Chrome, selector: str) -> None:
    await asyncio.to_thread(lambda: browser.find_element(By.CSS_SELECTOR, selector).click())


async def reply(browser: Chrome, text: str, result: str = "sent") -> None:
    """Fill the form and wait for what it says."""
    await asyncio.to_thread(lambda: browser.find_element(By.CSS_SELECTOR, "#reply-text").send_keys(text))
    await click(browser, "#reply-send")
    said = (By.CSS_SELECTOR, f"#reply-result[data-result='{result}']:not([hidden])")
    await asyncio.to_thread(WebDriverWait(browser, SOON).until, lambda driver: driver.find_elements(*said))


async def test_a_list_shows_each_review_with_all_that_is_known(world: World, browser: Chrome) -> None:
    items = [world.add(f"Отзыв {age}", age, rating=4, pros="Лёгкая") for age in range(3)]

    await world.page(browser, "reviews")
    first = await marks(browser, "#list .item", "data-uuid")
    await click(browser, "#load-more")
    await settled(browser)

    assert (first, await marks(browser, "#list .item", "data-uuid")) == (items[:2], items)
    assert await texts(browser, ".item-text") == ["Отзыв 0", "Отзыв 1", "Отзыв 2"]
    assert (await texts(browser, ".item-author"))[0] == "Вера"
    assert (await texts(browser, ".item-product"), await texts(browser, ".item-pros")) == (
        ["Кружка"] * 3,
        ["Лёгкая"] * 3,
    )
    assert await marks(browser, ".item-rating", "data-rating") == ["4"] * 3
    assert await marks(browser, ".item", "data-status") == ["NOT_VIEWED"] * 3
    assert (await marks(browser, ".item-date", "datetime"))[0] == "2026-03-10T12:00:00Z"


async def test_a_review_is_opened_and_answered(world: World, browser: Chrome) -> None:
    item = world.add("Хорошая кружка", rating=5)
    await world.page(browser, "reviews")

    await click(browser, ".item-open")
    await settled(browser)
    await reply(browser, "Спасибо, Вера!")

    assert browser.current_url.endswith(f"/cabinet/app/reviews?uuid={item}")
    assert world.written(item) == [("answer", "Спасибо, Вера!")]
    assert await texts(browser, "#replies .reply-text") == ["Спасибо, Вера!"]
    assert await marks(browser, "#replies .reply", "data-status") == ["PUBLISHED"]
    assert await marks(browser, "#card-item .item", "data-status") == ["PROCESSED"]


async def test_a_reply_is_taken_back_on_the_page(world: World, browser: Chrome) -> None:
    item = world.add("Хорошая кружка", rating=5)
    await world.page(browser, f"reviews?uuid={item}")
    await reply(browser, "Спасибо!")

    await click(browser, ".reply-delete")
    await settled(browser)

    assert (await texts(browser, ".reply-text"), world.written(item)[-1]) == ([], ("retract", "Спасибо!"))


async def test_a_question_is_answered(world: World, browser: Chrome) -> None:
    item = world.add("Какой объём?", kind="question")
    await world.page(browser, "reviews/questions")
    listed = await texts(browser, ".item-text")

    await world.page(browser, f"reviews/questions?uuid={item}")
    await reply(browser, "300 мл")

    assert (listed, world.written(item)) == (["Какой объём?"], [("answer", "300 мл")])


async def test_markup_in_a_review_stays_text(world: World, browser: Chrome) -> None:
    nasty = "<script>document.title='ha'</script><b>жирно</b>"
    world.add(nasty)

    await world.page(browser, "reviews")

    assert (await texts(browser, ".item-text"), browser.title) == ([nasty], "Отзывы")


async def test_what_is_refused_is_said(world: World, browser: Chrome) -> None:
    item = world.add("Какой объём?", kind="question")
    await world.page(browser, f"reviews/questions?uuid={item}")

    await reply(browser, "Я", result="failed")
    said = await texts(browser, "#reply-result")
    await asyncio.to_thread(browser.get, f"{world.sandbox.url_of('ozon')}/cabinet/app/reviews?uuid=nothing")
    await settled(browser, "error")

    assert (said, world.written(item), await texts(browser, "#page-error")) == (["Неверный запрос"], [], ["Не найдено"])


async def test_an_empty_list_says_so(world: World, browser: Chrome) -> None:
    await world.page(browser, "reviews")

    assert await texts(browser, "#empty") == ["Здесь пока пусто"]
