"""How a publisher takes notices off the queue and works them off."""

from __future__ import annotations

import logging

import pytest

from feedback_service.domain.errors import Configuration, NoBrowser, Retryable
from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Foreign, Rollback
from feedback_service.publisher.consume import AHEAD
from tests.support.publishing import DEADLINE, Publishing, notice

SECOND = 1.0


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [getattr(record, "action", "") for record in caplog.records]


async def test_what_is_delivered_is_done():
    async with Publishing() as publishing:
        await publishing.post(notice(1), notice(2, account=2))

        assert publishing.work.finished == [1, 2]
        assert publishing.broker.ends(1) == publishing.broker.ends(2) == ["done"]


async def test_an_accounts_answers_go_out_one_after_another_in_their_order():
    async with Publishing(slots=3) as publishing:
        publishing.work.script = {1: [5.0], 2: [1.0], 3: [3.0]}

        await publishing.post(notice(1), notice(2), notice(3))
        await publishing.tick(4)
        begun_meanwhile = list(publishing.work.begun)
        await publishing.tick(6)

        assert begun_meanwhile == [1]
        assert publishing.work.finished == [1, 2, 3]
        assert publishing.work.wrongs == []


async def test_different_accounts_are_served_at_the_same_time_up_to_the_slots():
    async with Publishing(slots=2) as publishing:
        publishing.work.script = {1: [5.0], 2: [9.0], 3: [5.0]}

        await publishing.post(notice(1, account=1), notice(2, account=2), notice(3, account=3))
        at_first = list(publishing.work.begun)
        await publishing.tick(5)

        assert at_first == [1, 2]
        assert publishing.work.begun == [1, 2, 3]
        assert publishing.work.most_at_once == 2


async def test_a_long_backlog_of_one_account_leaves_others_their_turn():
    async with Publishing(slots=1) as publishing:
        publishing.work.script = {number: [1.0] for number in range(1, 30)}

        await publishing.post(*(notice(number) for number in range(1, 4)), notice(99, account=2))
        for number in range(4, 30):
            await publishing.post(notice(number))
            await publishing.tick(1)

        assert 99 in publishing.work.begun[:15]


async def test_deadlines_are_extended_well_before_they_pass_for_what_is_worked_on_and_what_waits():
    async with Publishing() as publishing:
        publishing.work.script = {1: [200.0]}
        await publishing.post(notice(1), notice(2))

        await publishing.tick(199)
        working, waiting = publishing.broker.handed
        await publishing.tick(2)

        assert all(len(one.extensions) >= 199 // DEADLINE * 3 for one in (working, waiting))
        assert publishing.broker.wrongs == []
        assert publishing.broker.ends(2) == ["done"]


async def test_an_extension_that_fails_is_tried_again_before_the_deadline():
    async with Publishing() as publishing:
        publishing.work.script = {1: [60.0]}
        await publishing.post(notice(1))
        await publishing.tick(9)

        publishing.broker.away = Retryable("unreachable")
        await publishing.tick(2)
        publishing.broker.away = None
        await publishing.tick(4)

        assert publishing.broker.handed[0].extensions
        assert publishing.broker.wrongs == []


async def test_no_more_is_received_than_can_be_held():
    async with Publishing(slots=2) as publishing:
        publishing.work.script = {number: [3600.0] for number in range(1, 100)}

        await publishing.post(*(notice(number, account=number % 7) for number in range(1, 100)))
        await publishing.tick(60)

        assert len(publishing.broker.held) == publishing.broker.most_held == 2 * AHEAD
        assert max(publishing.broker.asked) == 2 * AHEAD


async def test_accounts_that_rest_leave_room_for_those_that_can_be_served():
    async with Publishing(slots=1) as publishing:
        publishing.work.script = {1: [Retryable("the page is down", 60.0)]}
        await publishing.post(notice(1))
        await publishing.post(*(notice(number) for number in range(2, 3 * AHEAD)))

        await publishing.post(notice(99, account=2))

        assert publishing.work.finished == [99]


async def test_a_message_that_is_not_ours_is_buried(caplog: pytest.LogCaptureFixture):
    async with Publishing() as publishing:
        rollback = Rollback(
            supplier=SupplierKey("romashka"), account=AccountId(1), dispatch=DispatchId(1), revision=2, reason="refused"
        )

        await publishing.post(Foreign("no JSON"), rollback, notice(2))

        assert [one.ends for one in publishing.broker.handed] == [["buried"], ["buried"], ["done"]]
        assert actions(caplog).count("notice_foreign") == 2
        assert "no JSON" in caplog.text


async def test_a_notice_that_came_too_late_is_done_without_work(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with Publishing() as publishing:
        publishing.work.script = {1: [20.0]}

        await publishing.post(notice(1), notice(2, expires_in=10.0), notice(3))
        await publishing.tick(21)

        assert publishing.work.begun == [1, 3]
        assert publishing.broker.ends(2) == ["done"]
        assert "notice_expired" in actions(caplog)


async def test_a_queue_that_is_away_is_said_once_and_so_is_its_return(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with Publishing() as publishing:
        publishing.broker.lose(Retryable("connection refused"))
        await publishing.tick(40)

        publishing.broker.lose(None)
        await publishing.post(notice(1))
        await publishing.tick(16)

        assert publishing.work.finished == [1]
        assert [one for one in actions(caplog) if one.startswith("queue_")] == ["queue_away", "queue_back"]


async def test_a_done_that_does_not_arrive_ends_nothing(caplog: pytest.LogCaptureFixture):
    async with Publishing() as publishing:
        publishing.work.script = {1: [5.0]}
        await publishing.post(notice(1), notice(2))

        publishing.broker.lose(Retryable("connection refused"))
        await publishing.tick(6)

        assert publishing.work.finished == [1, 2]
        assert publishing.consumer.held == 0
        assert actions(caplog).count("queue_away") == 1


async def test_a_queue_that_was_never_right_ends_the_publisher():
    publishing = Publishing()
    publishing.broker.forbid(Configuration("no subscription of that name"))

    async with publishing:
        await publishing.tick(1)

        assert isinstance(publishing.running.exception(), Configuration)


async def test_a_right_that_is_taken_is_an_outage_which_granting_it_ends(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with Publishing() as publishing:
        publishing.work.script = {1: [5.0]}
        await publishing.post(notice(1), notice(2))

        publishing.broker.forbid(Configuration("grant roles/pubsub.subscriber"))
        await publishing.tick(200)
        asked = len(publishing.broker.asked)
        publishing.broker.forbid(None)
        await publishing.post(notice(3))
        await publishing.tick(61)

        assert publishing.work.finished == [1, 2, 3]
        assert asked <= 6
        assert [one for one in actions(caplog) if one.startswith("queue_")] == ["queue_away", "queue_back"]


async def test_a_machine_without_a_browser_leaves_every_account_to_others_until_it_has_one(
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.INFO)
    async with Publishing() as publishing:
        publishing.unable = NoBrowser("no browser is found", "install one")
        publishing.work.script = {1: [1.0, publishing.unable]}
        await publishing.post(notice(1), notice(2), notice(3, account=2))
        await publishing.tick(100)
        left = (list(publishing.work.begun), list(publishing.work.finished), len(publishing.broker.waiting))

        publishing.unable = None
        await publishing.tick(60)

        assert left == ([1, 3], [3], 2)
        assert publishing.work.finished == [3, 1, 2]
        assert [one for one in actions(caplog) if one.startswith("machine_")] == ["machine_unable", "machine_back"]


async def test_a_burial_without_the_right_to_it_ends_nothing_and_is_said_in_one_line(caplog: pytest.LogCaptureFixture):
    async with Publishing() as publishing:
        publishing.broker.unburied = Configuration("grant roles/pubsub.publisher on the dead topic")

        await publishing.post(Foreign("no JSON"), notice(2))

        assert publishing.work.finished == [2]
        assert [one.message for one in caplog.records if getattr(one, "action", "") == "let_go_failed"] == [
            "A message cannot be let go and comes again: grant roles/pubsub.publisher on the dead topic"
        ]
        assert not any(one.exc_info for one in caplog.records)


async def test_a_notice_that_comes_twice_is_handed_on_twice_one_after_the_other():
    async with Publishing(slots=2) as publishing:
        publishing.work.script = {1: [5.0]}

        await publishing.post(notice(1), notice(1))
        await publishing.tick(6)

        assert publishing.work.begun == [1, 1]
        assert publishing.work.wrongs == []
        assert publishing.broker.ends(1) == ["done", "done"]
