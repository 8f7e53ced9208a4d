"""Chromium's processes: replaced when dead or stuck, closed when idle, and none left behind whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.ports.browser import Page, PageCall
from feedback_service.transports.browser.config import Sandbox
from feedback_service.transports.browser.pool import BrowserPool
from feedback_service.transports.clock import SystemClock
from tests.support.browser_site import Site, site
from tests.support.browsers import (
    ACCOUNT,
    CABINET,
    LABEL,
    LIMITS,
    MemorySessions,
    config_for,
    needs_chromium,
    pool_of,
    running,
    signed_in,
)

pytestmark = [pytest.mark.slow, needs_chromium]
OWNER = """
import asyncio, sys
from pathlib import Path
from tests.support.browsers import *
async def main():
    async with pool_of(config_for(Path(sys.argv[1])), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, sys.argv[2])
        await browser.run(lambda page: page.open(sys.argv[2]), 30)
        print("open", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.fixture
async def shop() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


def visit(shop: Site) -> Callable[[Page], bool]:
    def script(page: Page) -> bool:
        page.open(f"{shop.url}/")
        return page.has("main.cabinet")

    return script


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition; fail where it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.05)


def main_process(data_dir: Path) -> int:
    """The browser itself among its processes: the one with a port for its driver that is nobody's tab."""
    for pid in running(data_dir):
        command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
        if "--remote-debugging-port" in command and "--type=" not in command:
            return pid
    raise AssertionError("no browser runs")


async def test_a_browser_is_told_no_secret_of_ours(shop: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEYS", "a-key-of-ours")
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        await pool.browser(LABEL, ACCOUNT, CABINET, shop.url).run(visit(shop), 20)
        surroundings = [Path(f"/proc/{pid}/environ").read_bytes() for pid in running(tmp_path)]

    assert any(b"FEEDBACK_SERVICE_SLOT" in one for one in surroundings)
    assert not any(b"a-key-of-ours" in one for one in surroundings)


async def test_a_killed_browser_is_replaced(shop: Site, tmp_path: Path) -> None:
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        assert await browser.run(visit(shop), 20)
        os.kill(main_process(tmp_path), signal.SIGKILL)

        assert await browser.run(visit(shop), 20)


async def test_a_stuck_browser_is_replaced(shop: Site, tmp_path: Path) -> None:
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        assert await browser.run(visit(shop), 20)
        stuck = running(tmp_path)
        os.kill(main_process(tmp_path), signal.SIGSTOP)

        assert await browser.run(visit(shop), 20)

        assert not set(stuck) & set(running(tmp_path))


@pytest.mark.parametrize(("blow", "limit"), [(signal.SIGKILL, 20), (signal.SIGSTOP, 4)])
async def test_a_browser_lost_in_the_middle_of_a_write_leaves_it_in_doubt(
    shop: Site, tmp_path: Path, blow: signal.Signals, limit: float
) -> None:
    def write(page: Page) -> None:
        page.open(f"{shop.url}/")
        page.write_begins()
        os.kill(main_process(tmp_path), blow)
        page.click("button")

    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)

        with pytest.raises(InDoubt):
            await browser.run(write, limit)

        assert await browser.run(visit(shop), 20)


async def test_no_process_is_left_of_an_owner_that_was_killed(shop: Site, tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), shop.url, stdout=subprocess.PIPE
    )
    assert owner.stdout
    assert await asyncio.wait_for(owner.stdout.readline(), 60) == b"open\n"
    left = running(tmp_path)
    assert len(left) > 3
    os.kill(main_process(tmp_path), signal.SIGSTOP)

    owner.kill()
    await owner.wait()

    await until(lambda: not running(tmp_path))
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        assert await pool.browser(LABEL, ACCOUNT, CABINET, shop.url).run(visit(shop), 20)


async def test_a_profile_serves_one_process_at_a_time(shop: Site, tmp_path: Path) -> None:
    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as first:
        holder = first.browser(LABEL, ACCOUNT, CABINET, shop.url)
        await holder.run(visit(shop), 20)
        second = BrowserPool(config_for(tmp_path), MemorySessions(signed_in()), SystemClock())

        with pytest.raises(Retryable, match=rf"in use by another process \({os.getpid()}\)"):
            await second.browser(LABEL, ACCOUNT, CABINET, shop.url).run(visit(shop), 20)

        await second.close()
        assert await holder.run(visit(shop), 20)


async def test_an_idle_browser_is_closed_and_comes_back(shop: Site, tmp_path: Path) -> None:
    config = config_for(tmp_path, idle_seconds=0.2)
    async with pool_of(config, MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        assert await browser.run(visit(shop), 20)

        await until(lambda: not running(tmp_path))

        assert await browser.run(visit(shop), 20)


async def test_no_more_browsers_run_than_allowed_and_the_longest_unused_makes_room(shop: Site, tmp_path: Path) -> None:
    config = config_for(tmp_path, limit=1)
    async with pool_of(config, MemorySessions(signed_in())) as pool:
        browsers = [pool.browser(f"acme/shop-{number}", ACCOUNT, CABINET, shop.url) for number in range(2)]
        seen: list[int] = []

        def count(page: Page) -> None:
            seen.append(len(list(filter(_is_main, running(tmp_path)))))

        await asyncio.gather(*(browser.run(count, 20) for browser in browsers))
        await browsers[0].run(count, 20)

    assert seen == [1, 1, 1]


def _is_main(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    return "--remote-debugging-port" in command and "--type=" not in command


async def test_a_cancelled_script_ends_at_once_and_the_next_one_runs(shop: Site, tmp_path: Path) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(page: Page) -> None:
        page.open(f"{shop.url}/")
        loop.call_soon_threadsafe(begun.set)
        page.fetch(PageCall(path="/never"))

    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        task = asyncio.create_task(browser.run(hang, 100))
        await begun.wait()
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 20)

        assert await browser.run(visit(shop), 20)


async def test_a_cancelled_write_goes_on_to_its_end(shop: Site, tmp_path: Path) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def write(page: Page) -> None:
        page.open(f"{shop.url}/")
        page.write_begins()
        loop.call_soon_threadsafe(begun.set)
        page.fill("textarea", "ответ")
        page.click("button")
        page.wait_for({"sent": ".sent"})

    async with pool_of(config_for(tmp_path), MemorySessions(signed_in())) as pool:
        browser = pool.browser(LABEL, ACCOUNT, CABINET, shop.url)
        task = asyncio.create_task(browser.run(write, 20))
        await begun.wait()
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task

        assert shop.answers == ["ответ"]


async def test_a_browser_that_does_not_start_in_time_is_ended(shop: Site, tmp_path: Path) -> None:
    config = config_for(tmp_path, limits=replace(LIMITS, start=0.05))
    async with pool_of(config, MemorySessions(signed_in())) as pool:
        with pytest.raises(Retryable, match="does not start"):
            await pool.browser(LABEL, ACCOUNT, CABINET, shop.url).run(visit(shop), 20)

        assert not running(tmp_path)


@pytest.mark.parametrize("sandbox", [Sandbox.ON, Sandbox.OFF])
async def test_a_browser_that_ends_while_it_starts_is_told_at_once_with_the_setting_that_may_help(
    shop: Site, tmp_path: Path, sandbox: Sandbox
) -> None:
    ends, words = tmp_path / "ends", tmp_path / "words"
    ends.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec chromium --version\necho "$@" > {words}\nexit 3\n', "utf-8"
    )
    ends.chmod(0o755)
    begun = time.monotonic()
    async with pool_of(config_for(tmp_path, browser_path=ends, sandbox=sandbox), MemorySessions(signed_in())) as pool:
        with pytest.raises(Retryable, match="does not start: it ended by itself with code 3") as problem:
            await pool.browser(LABEL, ACCOUNT, CABINET, shop.url).run(visit(shop), 20)

    assert time.monotonic() - begun < LIMITS.start
    assert ("--no-sandbox" in words.read_text("utf-8").split()) == (sandbox is Sandbox.OFF)
    assert ("BROWSER_SANDBOX=off" in str(problem.value)) == (sandbox is Sandbox.ON)
