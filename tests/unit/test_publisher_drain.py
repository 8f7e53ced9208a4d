"""How a publisher stops: what it has begun is finished, the rest goes back to the queue."""

from __future__ import annotations

import asyncio

import pytest

from feedback_service.domain.errors import Retryable
from tests.support.publishing import Publishing, notice


async def test_what_was_begun_is_finished_and_the_rest_given_back_in_order_at_once():
    async with Publishing(slots=1) as publishing:
        publishing.work.script = {1: [10.0]}
        await publishing.post(notice(1), notice(2), notice(3), notice(4, account=2))

        publishing.stop.set()
        await publishing.settle()
        at_once = {number: set(publishing.broker.ends(number)) for number in (1, 2, 3, 4)}
        await publishing.tick(10)

        assert at_once == {1: set(), 2: {"given back"}, 3: {"given back"}, 4: {"given back"}}
        assert publishing.broker.ends(1) == ["done"]
        assert publishing.work.begun == [1]
        assert publishing.running.done()


async def test_nothing_is_begun_after_the_stop_although_the_reception_brings_more():
    async with Publishing() as publishing:
        publishing.stop.set()

        await publishing.post(notice(1), notice(2))

        assert publishing.work.begun == []
        assert publishing.broker.ends(1) == publishing.broker.ends(2) == ["given back"]
        assert publishing.running.done()


async def test_a_delivery_that_outlasts_the_drain_is_broken_off_and_given_back(caplog: pytest.LogCaptureFixture):
    async with Publishing(slots=1, drain_seconds=20.0) as publishing:
        publishing.work.script = {1: [3600.0]}
        await publishing.post(notice(1), notice(2, account=2))

        publishing.stop.set()
        await publishing.tick(30)

        assert publishing.broker.ends(1) == ["given back"]
        assert set(publishing.broker.ends(2)) == {"given back"}
        assert publishing.running.done()
        assert "broken off: account 1." in caplog.text


async def test_an_account_that_rests_keeps_no_publisher_from_stopping():
    async with Publishing() as publishing:
        publishing.work.script = {1: [Retryable("the page is down")]}
        await publishing.post(notice(1), notice(2))

        publishing.stop.set()
        await publishing.settle()
        await publishing.tick(5)

        assert publishing.running.done()
        assert publishing.broker.held == []


async def test_a_drain_is_still_kept_in_time():
    async with Publishing(drain_seconds=200.0) as publishing:
        publishing.work.script = {1: [150.0]}
        await publishing.post(notice(1))

        publishing.stop.set()
        await publishing.tick(151)

        assert publishing.broker.ends(1) == ["done"]
        assert publishing.broker.wrongs == []


async def test_a_queue_that_hangs_keeps_no_publisher_from_stopping():
    async with Publishing(slots=1, drain_seconds=20.0) as publishing:
        publishing.work.script = {1: [15.0]}
        await publishing.post(notice(1), *(notice(number, account=number % 3) for number in range(2, 8)))
        publishing.broker.slow = 15.0

        publishing.stop.set()
        await publishing.tick(25)

        assert publishing.running.done()
        assert publishing.broker.ends(1) == ["done"]


async def test_nothing_runs_on_after_the_end():
    before = asyncio.all_tasks()
    async with Publishing() as publishing:
        publishing.work.script = {1: [5.0], 2: [Retryable("down")], 3: [3600.0]}
        await publishing.post(notice(1), notice(2, account=2), notice(3, account=3), notice(4, account=3))

    await publishing.settle()

    assert asyncio.all_tasks() == before
