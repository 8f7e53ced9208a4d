"""The reply queue in bad times: Pub/Sub away, refusing, slow, forgetful, doubling; shown on our emulator."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.ports.queue import Queue
from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.pubsub import PubSubQueue
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.message import PubSubMessage
from feedback_service.transports.pubsub.provision import provision
from tests.support.pubsub import DEADLINE, AtServer, contents, drained, notice, received, rollback

OWN_DEADLINE = 8
"""Seconds in which a message must come again by our deadline of 2, while by the subscription's it would take 10."""


@pytest.fixture
async def emulator() -> AsyncIterator[PubSubEmulator]:
    emulator = PubSubEmulator()
    yield emulator
    await emulator.stop()


@pytest.fixture
async def place(emulator: PubSubEmulator) -> AsyncIterator[AtServer]:
    made = AtServer(await emulator.start())
    await provision(made.config)
    yield made
    await made.close()


async def test_a_queue_that_is_away_delays_and_loses_nothing(emulator: PubSubEmulator, place: AtServer) -> None:
    queue = place.queue()
    await queue.announce([notice(dispatch=1)])
    await emulator.stop()

    for attempt in (queue.announce([notice(dispatch=2)]), queue.notices().receive(1, 0.2)):
        with pytest.raises(Retryable):
            await attempt
    await emulator.start(int(place.config.emulator_host.rpartition(":")[2]))
    async with asyncio.timeout(30):
        await _patiently(queue, dispatch=3)

    assert contents(await drained(queue.notices())) == [notice(dispatch=1), notice(dispatch=3)]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  the emulator tells nobody
            await asyncio.sleep(0.01)


async def _patiently(queue: Queue, dispatch: int) -> None:
    while True:
        try:
            return await queue.announce([notice(dispatch=dispatch)])
        except Retryable:
            await asyncio.sleep(0.05)


async def test_a_failed_publish_does_not_block_its_account(emulator: PubSubEmulator, place: AtServer) -> None:
    queue = place.queue()
    emulator.switches.away = True
    with pytest.raises(Retryable, match="UNAVAILABLE"):
        await queue.announce([notice(dispatch=1)])
    emulator.switches.away = False

    await queue.announce([notice(dispatch=1), notice(dispatch=2)])

    assert contents(await drained(queue.notices())) == [notice(dispatch=1), notice(dispatch=2)]


@pytest.mark.parametrize(
    ("status", "error", "remedy"),
    [
        ("UNAVAILABLE", Retryable, "cannot publish to"),
        ("ABORTED", Retryable, "cannot publish to"),
        ("INTERNAL", Retryable, "cannot publish to"),
        ("RESOURCE_EXHAUSTED", Retryable, "cannot publish to"),
        ("DEADLINE_EXCEEDED", Retryable, "cannot publish to"),
        ("UNKNOWN", Retryable, "cannot publish to"),
        ("CANCELLED", Retryable, "cannot publish to"),
        ("NOT_FOUND", Configuration, "feedback-service queue init"),
        ("PERMISSION_DENIED", Configuration, "grant roles/pubsub.publisher on exactly projects/.*/feedback-rollbacks"),
        ("UNAUTHENTICATED", Configuration, "GOOGLE_APPLICATION_CREDENTIALS"),
        ("INVALID_ARGUMENT", Configuration, "feedback-service queue check"),
        ("FAILED_PRECONDITION", Configuration, "feedback-service queue check"),
    ],
)
async def test_an_error_says_what_to_do_next(
    emulator: PubSubEmulator, place: AtServer, status: str, error: type[Exception], remedy: str
) -> None:
    emulator.switches.refuse = status

    with pytest.raises(error, match=remedy):
        await place.queue().roll_back(rollback())


async def test_a_missing_right_to_receive_names_its_role(emulator: PubSubEmulator, place: AtServer) -> None:
    emulator.switches.refuse = "PERMISSION_DENIED"

    with pytest.raises(Configuration, match=r"roles/pubsub\.subscriber on exactly .*subscriptions/feedback-replies"):
        await place.queue().notices().receive(1, 0.2)


async def test_a_check_reports_instead_of_raising(emulator: PubSubEmulator, place: AtServer) -> None:
    emulator.switches.away = True

    facts = await place.queue().check()

    assert [fact.ok for fact in facts] == [True, False]
    assert "UNAVAILABLE" in facts[1].finding


async def test_doubled_messages_arrive_twice_and_can_both_be_done(emulator: PubSubEmulator, place: AtServer) -> None:
    emulator.switches.duplicate = True
    queue = place.queue()

    await queue.announce([notice()])

    assert contents(await drained(queue.notices())) == [notice(), notice()]


async def test_a_lost_acknowledgement_brings_the_message_again(emulator: PubSubEmulator, place: AtServer) -> None:
    emulator.switches.drop_acks = True
    queue = place.queue()
    await queue.announce([notice()])
    [message] = await received(queue.notices(), 1)
    await message.done()
    emulator.switches.drop_acks = False

    [again] = await received(queue.notices(), 1, seconds=OWN_DEADLINE)

    assert (again.content, again.attempt) == (notice(), 2)


async def test_a_message_is_kept_by_our_own_deadline_not_by_the_subscriptions(place: AtServer) -> None:
    queue = place.queue()
    await queue.announce([notice()])
    [message] = await received(queue.notices(), 1)

    [again] = await received(queue.notices(), 1, seconds=OWN_DEADLINE)

    assert queue.notices().deadline_seconds == DEADLINE
    assert again.content == message.content


async def test_a_slow_queue_ends_a_call_in_time(emulator: PubSubEmulator, place: AtServer) -> None:
    queue = PubSubQueue(replace(place.config, call_seconds=0.3))
    emulator.switches.slow = 30

    with pytest.raises(Retryable, match="DEADLINE_EXCEEDED"):
        await queue.announce([notice()])
    await queue.close()


async def test_what_is_given_back_too_often_goes_to_the_dead_topic_by_itself(place: AtServer) -> None:
    config = replace(place.config, max_attempts=5, reply_subscription="impatient")
    await provision(config)
    queue = PubSubQueue(config)
    await queue.announce([notice(dispatch=1), notice(dispatch=2)])

    for attempt in range(1, 6):
        [message] = await received(queue.notices(), 1)
        assert (message.content, message.attempt) == (notice(dispatch=1), attempt)
        await message.give_back()

    assert contents(await drained(queue.notices())) == [notice(dispatch=2)]
    assert [b'"dispatch": 1' in body for body, _ in await place.dead()] == [True]
    await queue.close()


async def test_whoever_dies_while_waiting_takes_no_message_along(emulator: PubSubEmulator, place: AtServer) -> None:
    doomed = place.queue()
    waiting = asyncio.create_task(doomed.notices().receive(1, 30))
    await _until(lambda: emulator.broker.waiting == 1)
    waiting.cancel()
    await _until(lambda: emulator.broker.waiting == 0)

    await place.queue().announce([notice()])

    assert contents(await received(place.queue().notices(), 1)) == [notice()]


async def test_a_closed_queue_opens_anew_when_it_is_used(place: AtServer) -> None:
    queue = place.queue()
    await queue.announce([notice(dispatch=1)])
    await queue.close()

    await queue.announce([notice(dispatch=2)])

    assert contents(await drained(queue.notices())) == [notice(dispatch=1), notice(dispatch=2)]


async def test_a_call_under_way_when_the_queue_is_closed_ends_as_retryable(
    emulator: PubSubEmulator, place: AtServer
) -> None:
    queue = place.queue()
    waiting = asyncio.create_task(queue.notices().receive(1, 30))
    await _until(lambda: emulator.broker.waiting == 1)

    await queue.close()

    with pytest.raises(Retryable, match="closed"):
        await waiting


async def test_a_subscription_that_would_lose_the_order_is_named_and_left_alone(place: AtServer) -> None:
    config = replace(place.config, reply_subscription="disorderly")
    connection = Connection(config)
    names = {"name": config.subscription("disorderly"), "topic": config.topic(config.rollback_topic)}
    await (await connection.subscriber()).create_subscription(request=names)
    await connection.close()

    wrong = [fact for fact in await provision(config) if not fact.ok]

    assert [fact.subject for fact in wrong] == [f"subscription {config.subscription('disorderly')}"]
    assert "does not keep the order" in wrong[0].finding
    assert "receives from" in wrong[0].finding
    assert "gcloud pubsub subscriptions delete" in wrong[0].remedy


async def test_topics_of_another_project_are_used_as_given(place: AtServer) -> None:
    elsewhere = replace(place.config, project="another-project")
    await provision(elsewhere)
    given = replace(
        place.config,
        reply_topic=elsewhere.topic(elsewhere.reply_topic),
        reply_subscription=elsewhere.subscription(elsewhere.reply_subscription),
    )
    here, there = PubSubQueue(given), PubSubQueue(elsewhere)

    await here.announce([notice()])

    assert contents(await drained(there.notices())) == [notice()]
    await here.close()
    await there.close()


async def test_googles_own_publisher_can_use_our_emulator(place: AtServer) -> None:
    topic = place.config.topic(place.config.reply_topic)
    command = [sys.executable, "-m", "tests.support.pubsub_publisher", place.config.emulator_host, topic, "50"]

    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()

    assert process.returncode == 0
    assert len(set(output.split())) == 50
    assert await _bodies(place) == [str(number).encode() for number in range(50)]


async def _bodies(place: AtServer) -> list[bytes]:
    """What strangers published, in the order in which it arrives."""
    messages = await drained(place.queue().notices())
    return [one.received.message.data for one in messages if isinstance(one, PubSubMessage)]
