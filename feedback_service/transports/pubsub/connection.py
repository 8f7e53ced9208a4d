"""One process's gRPC channel to Pub/Sub: TLS and Google's credentials, or plain text to an emulator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from feedback_service.domain.errors import Configuration
from feedback_service.transports.pubsub.config import QueueConfig
from feedback_service.transports.pubsub.faults import SIGN_IN

if TYPE_CHECKING:
    import grpc
    from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient

_HOST = "pubsub.googleapis.com:443"
_SCOPE = "https://www.googleapis.com/auth/pubsub"
_OPTIONS = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 200),
    # Despite its name also how long one attempt to connect may take.
    ("grpc.min_reconnect_backoff_ms", 10_000),
    # gRPC's own 120 s would leave the queue unused for two minutes after it is back.
    ("grpc.max_reconnect_backoff_ms", 5_000),
)
_KEEPALIVE = (("grpc.keepalive_time_ms", 30_000), ("grpc.keepalive_timeout_ms", 10_000))
"""For Google only: other servers take so many pings for an attack."""


class Connection:
    """Both clients over one channel, opened at the first use: gRPC's threads must be born after the fork."""

    def __init__(self, config: QueueConfig) -> None:
        self._config = config
        self._opening = asyncio.Lock()
        self._channel: grpc.aio.Channel | None = None
        self._clients: tuple[PublisherAsyncClient, SubscriberAsyncClient] | None = None

    async def publisher(self) -> PublisherAsyncClient:
        """Raises Configuration where there are no credentials."""
        return (await self._open())[0]

    async def subscriber(self) -> SubscriberAsyncClient:
        """Raises Configuration where there are no credentials."""
        return (await self._open())[1]

    async def close(self) -> None:
        """Close the channel; calls under way end as Retryable. A later use opens a new one."""
        channel, self._channel, self._clients = self._channel, None, None
        if channel is not None:
            await channel.close()

    async def _open(self) -> tuple[PublisherAsyncClient, SubscriberAsyncClient]:
        async with self._opening:
            if self._clients is None:
                self._channel = await self._dial()
                self._clients = _clients(self._channel)
            return self._clients

    async def _dial(self) -> grpc.aio.Channel:
        import grpc

        if self._config.emulator_host:
            options = [*_OPTIONS, ("grpc.enable_http_proxy", 0)]
            return grpc.aio.insecure_channel(self._config.emulator_host, options=options)
        return await _to_google()


async def _to_google() -> grpc.aio.Channel:
    import google.auth
    from google.api_core import grpc_helpers_async
    from google.auth.exceptions import GoogleAuthError

    try:
        # In a thread: finding credentials reads files, and may ask the machine's metadata server over the network.
        credentials, _ = await asyncio.to_thread(google.auth.default, scopes=[_SCOPE])
    except (GoogleAuthError, OSError, ValueError) as problem:
        raise Configuration(f"Pub/Sub: no Google credentials ({str(problem)[:160]}); {SIGN_IN}") from None
    return grpc_helpers_async.create_channel(_HOST, credentials=credentials, options=[*_OPTIONS, *_KEEPALIVE])


def _clients(channel: grpc.aio.Channel) -> tuple[PublisherAsyncClient, SubscriberAsyncClient]:
    from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcAsyncIOTransport
    from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcAsyncIOTransport

    return (
        PublisherAsyncClient(transport=PublisherGrpcAsyncIOTransport(channel=channel)),
        SubscriberAsyncClient(transport=SubscriberGrpcAsyncIOTransport(channel=channel)),
    )
