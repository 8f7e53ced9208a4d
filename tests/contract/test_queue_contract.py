"""What a reply queue does, whoever keeps its messages: one suite over memory, our emulator and Google's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.ports.queue import Foreign, Queue
from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig
from feedback_service.transports.pubsub.provision import THERE, provision
from tests.support.pubsub import (
    DEADLINE,
    AtServer,
    InMemory,
    NotHere,
    Place,
    contents,
    drained,
    google_emulator,
    notice,
    received,
    rollback,
)

pytestmark = pytest.mark.xdist_group("pubsub")


@pytest.fixture(scope="session")
def google() -> Iterator[str]:
    try:
        with google_emulator() as host:
            yield host
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["memory", "ours", pytest.param("google", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def place(server: str, request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if server == "memory":
        yield InMemory()
        return
    ours = PubSubEmulator()
    host = request.getfixturevalue("google") if server == "google" else await ours.start()
    made = AtServer(host)
    await provision(made.config)
    yield made
    await made.close()
    await ours.stop()


@pytest.fixture
def queue(place: Place) -> Queue:
    return place.queue()


async def test_notices_arrive_as_they_were_announced_and_in_the_order_of_each_account(queue: Queue) -> None:
    announced = [notice(account=1 + number % 3, dispatch=number) for number in range(60)]

    await queue.announce(announced)
    arrived = contents(await drained(queue.notices(), limit=7))

    assert len(arrived) == 60
    for account in (1, 2, 3):
        mine = [one for one in announced if one.account == account]
        assert [one for one in arrived if one in mine] == mine


async def test_a_rollback_arrives_where_workers_look_and_nowhere_else(queue: Queue) -> None:
    await queue.roll_back(rollback(reason="Форма ответа не открылась"))

    assert not await queue.notices().receive(10, 0.2)
    assert contents(await drained(queue.rollbacks())) == [rollback(reason="Форма ответа не открылась")]


async def test_a_message_that_is_done_does_not_come_again(queue: Queue) -> None:
    await queue.announce([notice()])

    await drained(queue.notices())

    assert not await queue.notices().receive(10, DEADLINE + 1.0)


async def test_nothing_is_received_once_the_time_is_over(queue: Queue) -> None:
    assert not await queue.notices().receive(10, 0.2)


async def test_who_waits_gets_what_is_announced_meanwhile(queue: Queue) -> None:
    waiting = asyncio.create_task(queue.notices().receive(10, 20))
    await asyncio.sleep(0)

    await queue.announce([notice()])
    messages = await waiting

    assert contents(messages) == [notice()]
    await messages[0].done()


async def test_a_message_given_back_comes_again_to_anybody(place: Place) -> None:
    first, second = place.queue(), place.queue()
    await first.announce([notice()])

    [message] = await received(first.notices(), 1)
    await message.give_back()
    [again] = await received(second.notices(), 1, seconds=DEADLINE + 20)

    assert again.content == message.content
    assert (message.attempt, again.attempt) == (1, 2)
    await again.done()


async def test_messages_given_back_together_come_again_in_order(queue: Queue, server: str) -> None:
    if server == "google":
        pytest.skip("Google's emulator delivers what was given back after what follows; Pub/Sub itself keeps the order")
    await queue.announce([notice(dispatch=number) for number in range(5)])

    for message in await received(queue.notices(), 3):
        await message.give_back()

    assert contents(await drained(queue.notices())) == [notice(dispatch=number) for number in range(5)]


async def test_a_message_whose_deadline_passed_comes_again_unless_it_was_extended(place: Place) -> None:
    first, second = place.queue(), place.queue()
    await first.announce([notice()])
    [message] = await received(first.notices(), 1)

    elsewhere = asyncio.create_task(second.notices().receive(1, 3.0 * DEADLINE))
    extended_until = time.monotonic() + 1.5 * DEADLINE
    while time.monotonic() < extended_until:
        await message.extend()
        assert not elsewhere.done()
        await asyncio.wait([elsewhere], timeout=DEADLINE / 8)
    [again] = await elsewhere or await received(second.notices(), 1)

    assert again.content == message.content
    assert again.attempt == 2
    await again.done()


async def test_later_messages_of_an_account_wait_for_the_earlier_ones_and_other_accounts_do_not(queue: Queue) -> None:
    await queue.announce([notice(1, 1), notice(1, 2)])
    [held] = await received(queue.notices(), 1)
    await queue.announce([notice(1, 3), notice(2, 4)])

    others = contents(await drained(queue.notices()))
    await held.done()
    later = contents(await drained(queue.notices()))

    assert others == [notice(2, 4)]
    assert later == [notice(1, 2), notice(1, 3)]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"[]", b'{"v": 2, "kind": "notice"}', b"x" * 20_000])
async def test_what_is_not_ours_is_foreign_and_can_be_buried(place: Place, body: bytes) -> None:
    queue = place.queue()
    await place.stranger(body)

    [message] = await received(queue.notices(), 1)
    assert isinstance(message.content, Foreign)
    await message.bury()

    assert await place.dead() == [(body, message.content.problem)]
    assert not await queue.notices().receive(10, 0.2)


async def test_a_known_message_can_be_buried_with_its_body(place: Place) -> None:
    queue = place.queue()
    await queue.announce([notice()])

    [message] = await received(queue.notices(), 1)
    await message.bury()

    assert not await queue.notices().receive(1, DEADLINE + 1.0)
    [(body, reason)] = await place.dead()
    assert b'"dispatch": 1' in body
    assert reason == "given up at delivery 1"


async def test_a_message_may_be_answered_for_twice(queue: Queue) -> None:
    await queue.announce([notice()])
    [message] = await received(queue.notices(), 1)

    await message.done()
    await message.done()
    await message.give_back()
    await message.extend()

    assert not await queue.notices().receive(10, 0.2)


async def test_several_consumers_share_the_messages(place: Place) -> None:
    announced = [notice(account=number % 20, dispatch=number) for number in range(100)]
    await place.queue().announce(announced)

    shares = await asyncio.gather(*(drained(place.queue().notices(), limit=3, quiet=1.0) for _ in range(3)))

    arrived = [one for share in shares for one in contents(share)]
    assert len(arrived) == len(announced)
    assert all(one in arrived for one in announced)


async def test_a_thousand_notices_of_one_account_arrive_in_order(queue: Queue) -> None:
    announced = [notice(dispatch=number) for number in range(1001)]

    await queue.announce(announced)

    assert contents(await drained(queue.notices(), limit=1000, quiet=1.0)) == announced


async def test_nothing_to_announce_is_no_error(queue: Queue) -> None:
    await queue.announce([])

    assert not await queue.notices().receive(1, 0.2)


async def test_a_check_finds_all_well(queue: Queue) -> None:
    facts = await queue.check()

    assert [fact for fact in facts if not fact.ok] == []
    assert facts


async def test_making_topics_and_subscriptions_again_changes_nothing(place: Place) -> None:
    config = _config(place)
    await place.queue().announce([notice()])

    again = await provision(config)

    assert [fact.finding for fact in again] == [THERE] * 6
    assert contents(await drained(place.queue().notices())) == [notice()]


async def test_a_missing_topic_or_subscription_is_a_matter_of_configuration(place: Place) -> None:
    queue = PubSubQueue(
        replace(_config(place), reply_topic="not-made", reply_subscription="not-made", rollback_topic="nor-made")
    )

    for attempt in (queue.announce([notice()]), queue.roll_back(rollback()), queue.notices().receive(1, 0.2)):
        with pytest.raises(Configuration, match=r"NOT_FOUND.*feedback-service queue init"):
            await attempt
    wrong = [fact for fact in await queue.check() if not fact.ok]
    await queue.close()

    assert [fact.subject.rpartition("/")[2] for fact in wrong] == [
        "not-made",
        "not-made",
        "nor-made",
        "feedback-rollbacks",
    ]
    assert [fact.finding for fact in wrong[:3]] == ["is not there"] * 3


def _config(place: Place) -> QueueConfig:
    if not isinstance(place, AtServer):
        pytest.skip("a queue in memory has nothing to be made")
    return place.config
