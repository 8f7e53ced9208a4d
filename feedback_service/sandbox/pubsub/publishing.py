"""The emulator's google.pubsub.v1.Publisher: topics and publishing."""

from __future__ import annotations

from typing import Any

from google.pubsub_v1 import types

from feedback_service.sandbox.pubsub.broker import Outgoing, Refusal
from feedback_service.sandbox.pubsub.rpc import EMPTY, Calls, Method

MOST_MESSAGES = 1000
LONGEST_KEY = 1024


class PublisherCalls(Calls):
    """Requests and responses are Google's own message types, made at run time."""

    service = "google.pubsub.v1.Publisher"

    def methods(self) -> tuple[Method, ...]:
        return (
            Method("CreateTopic", types.Topic, types.Topic, self._create),
            Method("GetTopic", types.GetTopicRequest, types.Topic, self._get),
            Method("ListTopics", types.ListTopicsRequest, types.ListTopicsResponse, self._list),
            Method("DeleteTopic", types.DeleteTopicRequest, EMPTY, self._delete),
            Method("Publish", types.PublishRequest, types.PublishResponse, self._publish),
        )

    async def _create(self, topic: Any, _seconds: float) -> Any:
        self.broker.create_topic(topic.name)
        return types.Topic(name=topic.name)

    async def _get(self, request: Any, _seconds: float) -> Any:
        return types.Topic(name=self.broker.topic(request.topic))

    async def _list(self, request: Any, _seconds: float) -> Any:
        """All on one page."""
        names = sorted(name for name in self.broker.topics if name.startswith(f"{request.project}/"))
        return types.ListTopicsResponse(topics=[types.Topic(name=name) for name in names])

    async def _delete(self, request: Any, _seconds: float) -> None:
        self.broker.delete_topic(request.topic)

    async def _publish(self, request: Any, _seconds: float) -> Any:
        messages = [_outgoing(message) for message in request.messages]
        if not messages:
            raise Refusal("INVALID_ARGUMENT", "No messages to publish")
        if len(messages) > MOST_MESSAGES:
            raise Refusal("INVALID_ARGUMENT", "Too many messages to publish")
        if len({message.key for message in messages}) > 1:
            raise Refusal("INVALID_ARGUMENT", "All messages of a request must have the same ordering key")
        ids = await self.broker.publish(request.topic, messages)
        if self.switches.duplicate:
            await self.broker.publish(request.topic, messages)
        return types.PublishResponse(message_ids=ids)


def _outgoing(message: Any) -> Outgoing:
    if not message.data and not message.attributes:
        raise Refusal("INVALID_ARGUMENT", "A message needs a body or attributes")
    if len(message.ordering_key.encode()) > LONGEST_KEY:
        raise Refusal("INVALID_ARGUMENT", "The ordering key is too long")
    return Outgoing(body=message.data, key=message.ordering_key, attributes=dict(message.attributes))
