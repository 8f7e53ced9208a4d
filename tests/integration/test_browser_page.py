"""The port Page on a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.ports.browser import Browser, Page, PageCall
from tests.support.browser_site import Site, site
from tests.support.browsers import (
    ACCOUNT,
    CABINET,
    LABEL,
    MemorySessions,
    config_for,
    needs_chromium,
    pool_of,
    signed_in,
)

pytestmark = [pytest.mark.slow, needs_chromium]
TEXT = "Спасибо, Ольга! 🙏🏽\nМы рады 🎉"


@pytest.fixture
async def shop() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
async def browser(shop: Site, tmp_path: Path) -> AsyncIterator[Browser]:
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        yield pool.browser(LABEL, ACCOUNT, CABINET, shop.url)


async def test_a_page_is_read_row_by_row_with_its_line_breaks(browser: Browser, shop: Site) -> None:
    def read(page: Page) -> object:
        page.open(f"{shop.url}/")
        return page.rows("li.row", {"id": "@data-id", "name": ".name", "text": ".text", "css": ".name@class"})

    rows = await browser.run(read, 20)

    assert rows == [
        {"id": "1", "name": "Ольга", "text": "Хорошо 👍\nи быстро", "css": "name"},
        {"id": "2", "name": "Пётр", "text": "", "css": "name"},
    ]


async def test_a_form_takes_emoji_and_line_breaks_and_is_sent_by_a_click(browser: Browser, shop: Site) -> None:
    def answer(page: Page) -> str:
        page.open(f"{shop.url}/")
        page.fill("textarea", "something that must go")
        page.fill("textarea", TEXT)
        page.write_begins()
        page.click("button")
        return page.wait_for({"refused": ".error", "sent": ".sent"})

    assert await browser.run(answer, 20) == "sent"

    assert [text.replace("\r\n", "\n") for text in shop.answers] == [TEXT]


async def test_an_editable_block_is_filled_and_emptied_like_a_field(browser: Browser, shop: Site) -> None:
    def edit(page: Page) -> list[str]:
        page.open(f"{shop.url}/")
        texts = []
        for text in ("одна строка 😀", ""):
            page.fill(".free", text)
            texts.append(page.rows(".free", {"text": ""})[0]["text"].strip())
        return texts

    assert await browser.run(edit, 20) == ["одна строка 😀", ""]


async def test_a_field_that_takes_only_a_part_is_a_failure(browser: Browser, shop: Site) -> None:
    def overfill(page: Page) -> None:
        page.open(f"{shop.url}/")
        page.fill("textarea", "а" * 61)

    with pytest.raises(Retryable, match="took 60 of 61"):
        await browser.run(overfill, 20)


async def test_the_page_calls_by_itself_with_its_own_cookies(browser: Browser, shop: Site) -> None:
    def call(page: Page) -> tuple[int, object, str]:
        page.open(f"{shop.url}/")
        answer = page.fetch(PageCall(path="/answers", json={"text": TEXT}))
        missing = page.fetch(PageCall(method="GET", path="/nowhere"))
        assert missing.status == 404
        return answer.status, answer.document(), answer.url

    assert await browser.run(call, 20) == (201, {"id": 1}, f"{shop.url}/answers")

    assert shop.answers == [TEXT]
    assert shop.cookies[-1]["__Secure-token"] == "first-token"


async def test_the_browser_does_not_admit_that_it_is_driven(browser: Browser, shop: Site) -> None:
    def look(page: Page) -> str:
        page.open(f"{shop.url}/")
        return page.rows(".seen", {"webdriver": ""})[0]["webdriver"]

    assert await browser.run(look, 20) == "false"

    assert "Headless" not in shop.agents[0]


async def test_what_is_hidden_is_there_but_not_shown(browser: Browser, shop: Site) -> None:
    def look(page: Page) -> bool:
        page.open(f"{shop.url}/")
        return page.has(".hidden") and not page.has(".nowhere") and page.url == f"{shop.url}/"

    assert await browser.run(look, 20)

    with pytest.raises(Retryable, match=r"shows none of: a secret \(\.hidden\)"):
        await browser.run(lambda page: page.wait_for({"a secret": ".hidden"}, 0.2), 20)


async def test_after_a_write_has_begun_every_failure_is_in_doubt(browser: Browser, shop: Site) -> None:
    def write(page: Page) -> None:
        page.open(f"{shop.url}/")
        page.write_begins()
        page.fetch(PageCall(method="GET", path="/")).document()

    with pytest.raises(InDoubt):
        await browser.run(write, 20)
    with pytest.raises(Retryable, match="the page is elsewhere"):
        await browser.run(lambda page: page.fetch(PageCall(path="http://127.0.0.1:1/x")), 20)


@pytest.mark.parametrize(("writes", "error"), [(False, Retryable), (True, InDoubt)])
async def test_a_call_that_never_ends_is_cut_off_at_the_limit(
    browser: Browser, shop: Site, writes: bool, error: type[Exception]
) -> None:
    def hang(page: Page) -> None:
        page.open(f"{shop.url}/")
        if writes:
            page.write_begins()
        page.fetch(PageCall(path="/never"))

    with pytest.raises(error, match="the limit of 3 s is over"):
        await browser.run(hang, 3)

    assert await browser.run(lambda page: page.open(f"{shop.url}/") or page.has("main"), 20)


async def test_a_page_that_never_loads_and_one_that_is_away_are_tried_again_later(browser: Browser, shop: Site) -> None:
    with pytest.raises(Retryable, match="opening"):
        await browser.run(lambda page: page.open("http://127.0.0.1:9/"), 20)
    with pytest.raises(Retryable, match="opening"):
        await browser.run(lambda page: page.open(f"{shop.url}/never"), 3)
