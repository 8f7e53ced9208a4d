"""The emulator's memory: bounded, all or nothing, one copy for each subscription."""

from __future__ import annotations

import pytest

from feedback_service.sandbox.pubsub.backlog import Terms
from feedback_service.sandbox.pubsub.broker import LONGEST_MESSAGE, MOST_STORED, Broker, Outgoing, Refusal

TOPIC = "projects/shop/topics/replies"
FIRST, SECOND = "projects/shop/subscriptions/first", "projects/shop/subscriptions/second"


@pytest.fixture
def broker() -> Broker:
    made = Broker()
    made.create_topic(TOPIC)
    made.subscribe(FIRST, TOPIC, Terms())
    return made


async def test_each_subscription_gets_every_message_published_since_it_was_made(broker: Broker) -> None:
    await broker.publish(TOPIC, [Outgoing(body=b"early")])
    broker.subscribe(SECOND, TOPIC, Terms())
    await broker.publish(TOPIC, [Outgoing(body=b"late")])

    bodies = [[entry.message.body for entry in await broker.pull(name, 10, 0)] for name in (FIRST, SECOND)]

    assert bodies == [[b"early", b"late"], [b"late"]]


async def test_memory_is_bounded_and_a_request_is_stored_whole_or_not_at_all(broker: Broker) -> None:
    await broker.publish(TOPIC, [Outgoing(body=b"x")] * (MOST_STORED - 1))

    with pytest.raises(Refusal) as refusal:
        await broker.publish(TOPIC, [Outgoing(body=b"y")] * 2)

    assert refusal.value.status == "RESOURCE_EXHAUSTED"
    assert len(broker.subscription(FIRST).backlog) == MOST_STORED - 1


async def test_a_message_that_is_too_large_is_refused(broker: Broker) -> None:
    with pytest.raises(Refusal):
        await broker.publish(TOPIC, [Outgoing(body=b"x" * (LONGEST_MESSAGE + 1))])


async def test_what_nobody_subscribed_to_is_gone(broker: Broker) -> None:
    broker.unsubscribe(FIRST)

    assert await broker.publish(TOPIC, [Outgoing(body=b"x")]) == ["1"]
    broker.subscribe(FIRST, TOPIC, Terms())

    assert await broker.pull(FIRST, 1, 0) == []


async def test_a_dead_letter_topic_must_be_there_first(broker: Broker) -> None:
    with pytest.raises(Refusal, match="Topic not found"):
        broker.subscribe(SECOND, TOPIC, Terms(most_attempts=5), dead_topic="projects/shop/topics/dead")
