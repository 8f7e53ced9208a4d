"""What becomes of a notice, and of its account's others, when a delivery fails."""

from __future__ import annotations

import logging

import pytest
from structlog.contextvars import get_contextvars

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.ports.queue import Notice
from feedback_service.publisher.lane import LONGEST_REST
from feedback_service.publisher.poison import ATTEMPTS
from tests.support.publishing import Publishing, notice


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [getattr(record, "action", "") for record in caplog.records]


@pytest.mark.parametrize("problem", [Retryable("the page is down"), Configuration("Chromium is missing")])
async def test_what_cannot_be_delivered_now_is_given_back_with_the_rest_of_its_account_in_order(problem: Exception):
    async with Publishing() as publishing:
        publishing.work.script = {1: [2.0, problem], 9: [10.0]}

        await publishing.post(notice(1), notice(2), notice(3), notice(9, account=2))
        await publishing.tick(2)

        given_back = [one.content.dispatch for one in publishing.broker.handed if one.ends == ["given back"]]
        assert given_back == [1, 2, 3]
        assert publishing.work.begun == [1, 9]


async def test_an_account_rests_longer_after_each_failure_and_is_then_tried_again(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with Publishing() as publishing:
        publishing.work.script = {1: [Retryable("the page is down")]}
        await publishing.post(notice(1), notice(2))

        await publishing.tick(4)
        publishing.work.script = {1: [Retryable("still down")]}
        after_four = list(publishing.work.begun)
        await publishing.tick(2)
        after_six = list(publishing.work.begun)
        await publishing.tick(13)
        after_nineteen = list(publishing.work.begun)
        await publishing.tick(2)

        assert (after_four, after_six, after_nineteen) == ([1], [1, 1], [1, 1])
        assert publishing.work.finished == [1, 2]
        assert [one for one in actions(caplog) if one.startswith("deliver_")] == ["deliver_away", "deliver_back"]


async def test_the_rest_is_what_the_platform_asks_for_but_never_long():
    async with Publishing() as publishing:
        publishing.work.script = {1: [Retryable("slow down", retry_after=3600.0)]}
        await publishing.post(notice(1))

        await publishing.tick(LONGEST_REST - 1)
        rested = list(publishing.work.begun)
        await publishing.tick(2)

        assert rested == [1]
        assert publishing.work.finished == [1]


async def test_an_account_out_of_order_is_left_to_the_database_and_not_tried_for_each_notice():
    async with Publishing() as publishing:
        publishing.work.script = {1: [1.0, AccountFault("the session has run out", "sign in again")]}
        await publishing.post(notice(1), notice(2), notice(9, account=2))

        await publishing.tick(1)
        await publishing.post(notice(3))

        assert publishing.work.begun == [1, 9, 3]
        assert publishing.broker.ends(1) == publishing.broker.ends(2) == ["done"]


async def test_a_failure_nobody_foresaw_delays_no_other_notice(caplog: pytest.LogCaptureFixture):
    async with Publishing() as publishing:
        publishing.work.script = {1: [1.0, ValueError("a defect")]}

        await publishing.post(notice(1), notice(2))
        await publishing.tick(1)

        assert publishing.broker.ends(1) == ["given back", "done"]
        assert publishing.broker.ends(2) == ["done"]
        assert "ValueError: a defect" in caplog.text


@pytest.mark.parametrize("counts", [True, False], ids=["a queue that counts", "a queue that does not"])
async def test_a_poisonous_notice_is_buried_in_the_end(caplog: pytest.LogCaptureFixture, counts: bool):
    async with Publishing() as publishing:
        publishing.broker.counts = counts
        publishing.work.always = {1: ValueError("a defect")}

        await publishing.post(notice(1), notice(2))

        assert publishing.broker.ends(1) == ["given back"] * (ATTEMPTS - 1) + ["buried"]
        assert publishing.broker.ends(2) == ["done"]
        assert actions(caplog)[-1] == "notice_buried"


async def test_a_notice_that_killed_other_publishers_is_buried_at_its_next_failure():
    async with Publishing() as publishing:
        publishing.work.script = {1: [ValueError("a defect")]}

        publishing.broker.post(notice(1), attempt=ATTEMPTS - 1)
        await publishing.settle()

        assert publishing.broker.ends(1) == ["buried"]


async def test_outages_poison_nothing():
    async with Publishing() as publishing:
        publishing.work.script = {1: [Retryable("the page is down")]}

        publishing.broker.post(notice(1), attempt=50)
        await publishing.settle()
        await publishing.tick(6)

        assert publishing.broker.ends(1) == ["given back", "done"]


async def test_every_line_about_a_delivery_names_its_dispatch():
    bound: list[dict[str, object]] = []

    async def deliver(_notice: Notice) -> None:
        bound.append(get_contextvars())

    async with Publishing(deliver=deliver) as publishing:
        await publishing.post(notice(1), notice(2, account=7))

    assert bound == [
        {"supplier": "romashka", "account": "1", "dispatch": "1"},
        {"supplier": "romashka", "account": "7", "dispatch": "2"},
    ]
