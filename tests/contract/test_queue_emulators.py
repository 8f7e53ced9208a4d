"""Our emulator answers odd calls with the same statuses as Google's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from google.api_core.exceptions import GoogleAPICallError, InvalidArgument
from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient, types

from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.pubsub.connection import Connection
from tests.support.pubsub import NotHere, config_at, google_emulator

pytestmark = pytest.mark.xdist_group("pubsub")


@pytest.fixture(scope="module")
def google() -> Iterator[str]:
    try:
        with google_emulator() as host:
            yield host
    except NotHere as reason:
        pytest.skip(str(reason))


class Peer:
    """Both of Google's clients at one emulator, with a topic and a subscription named "given"."""

    def __init__(self, publisher: PublisherAsyncClient, subscriber: SubscriberAsyncClient, project: str) -> None:
        self.publisher = publisher
        self.subscriber = subscriber
        self.project = f"projects/{project}"
        self.topic = f"{self.project}/topics/given"
        self.subscription = f"{self.project}/subscriptions/given"

    async def call(self, method: str, **request: Any) -> Any:
        """One call by its name, whichever client has it."""
        client = self.publisher if hasattr(self.publisher, method) else self.subscriber
        return await getattr(client, method)(request=request, retry=None, timeout=10)


@pytest.fixture(params=["ours", pytest.param("google", marks=pytest.mark.slow)])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Peer]:
    ours = PubSubEmulator()
    host = await ours.start() if request.param == "ours" else str(request.getfixturevalue("google"))
    config = config_at(host)
    connection = Connection(config)
    made = Peer(await connection.publisher(), await connection.subscriber(), config.project)
    await made.call("create_topic", name=made.topic)
    await made.call("create_subscription", name=made.subscription, topic=made.topic)
    yield made
    await connection.close()
    await ours.stop()


MESSAGE = {"data": b"x"}
CALLS = [
    ("create_topic", {"name": "{topic}"}, "ALREADY_EXISTS"),
    ("create_topic", {"name": "{project}/topics/ab"}, "INVALID_ARGUMENT"),
    ("create_topic", {"name": "{project}/topics/with space"}, "INVALID_ARGUMENT"),
    ("create_topic", {"name": "given"}, "INVALID_ARGUMENT"),
    ("get_topic", {"topic": "{topic}-not"}, "NOT_FOUND"),
    ("delete_topic", {"topic": "{topic}-not"}, "NOT_FOUND"),
    ("publish", {"topic": "{topic}-not", "messages": [MESSAGE]}, "NOT_FOUND"),
    ("publish", {"topic": "{topic}", "messages": []}, "INVALID_ARGUMENT"),
    ("publish", {"topic": "{topic}", "messages": [{}]}, "INVALID_ARGUMENT"),
    ("publish", {"topic": "{topic}", "messages": [MESSAGE] * 1001}, "INVALID_ARGUMENT"),
    ("create_subscription", {"name": "{subscription}", "topic": "{topic}"}, "ALREADY_EXISTS"),
    ("create_subscription", {"name": "{subscription}-2", "topic": "{topic}-not"}, "NOT_FOUND"),
    ("create_subscription", {"name": "{topic}", "topic": "{topic}"}, "INVALID_ARGUMENT"),
    ("get_subscription", {"subscription": "{subscription}-not"}, "NOT_FOUND"),
    ("delete_subscription", {"subscription": "{subscription}-not"}, "NOT_FOUND"),
    ("pull", {"subscription": "{subscription}-not", "max_messages": 1}, "NOT_FOUND"),
    ("pull", {"subscription": "{subscription}", "max_messages": 0}, "INVALID_ARGUMENT"),
    ("acknowledge", {"subscription": "{subscription}-not", "ack_ids": ["1"]}, "NOT_FOUND"),
    ("acknowledge", {"subscription": "{subscription}", "ack_ids": []}, "INVALID_ARGUMENT"),
    (
        "modify_ack_deadline",
        {"subscription": "{subscription}", "ack_ids": ["1"], "ack_deadline_seconds": 601},
        "INVALID_ARGUMENT",
    ),
]


@pytest.mark.parametrize(("method", "request_", "status"), CALLS)
async def test_an_odd_call_gets_the_same_status(peer: Peer, method: str, request_: dict[str, Any], status: str) -> None:
    filled = {name: value.format(**vars(peer)) if isinstance(value, str) else value for name, value in request_.items()}

    with pytest.raises(GoogleAPICallError) as refusal:
        await peer.call(method, **filled)

    assert refusal.value.grpc_status_code is grpc.StatusCode[status]


async def test_what_was_made_is_listed_until_it_is_deleted(peer: Peer) -> None:
    topics = [one.name async for one in await peer.call("list_topics", project=peer.project)]
    subscriptions = [one.name async for one in await peer.call("list_subscriptions", project=peer.project)]
    await peer.call("delete_subscription", subscription=peer.subscription)
    await peer.call("delete_topic", topic=peer.topic)
    left = [one.name async for one in await peer.call("list_topics", project=peer.project)]

    assert (topics, subscriptions, left) == ([peer.topic], [peer.subscription], [])


async def test_a_message_arrives_with_all_that_it_was_published_with(peer: Peer) -> None:
    message = {"data": b"\x00\xff", "attributes": {"имя": "значение"}, "ordering_key": "key"}
    published = await peer.call("publish", topic=peer.topic, messages=[message])

    answer: types.PullResponse = await peer.call("pull", subscription=peer.subscription, max_messages=10)

    [one] = [one.message for one in answer.received_messages]
    assert (one.data, dict(one.attributes), one.ordering_key) == (b"\x00\xff", {"имя": "значение"}, "key")
    assert [one.message_id] == list(published.message_ids)
    assert one.publish_time is not None


async def test_an_old_acknowledgement_is_no_error_and_a_malformed_one_is(peer: Peer) -> None:
    await peer.call("publish", topic=peer.topic, messages=[MESSAGE])
    answer: types.PullResponse = await peer.call("pull", subscription=peer.subscription, max_messages=1)
    ack_ids = [one.ack_id for one in answer.received_messages]

    await peer.call("acknowledge", subscription=peer.subscription, ack_ids=ack_ids)
    await peer.call("acknowledge", subscription=peer.subscription, ack_ids=ack_ids)

    with pytest.raises(InvalidArgument):
        await peer.call("acknowledge", subscription=peer.subscription, ack_ids=["junk"])
