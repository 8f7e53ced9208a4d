"""Serves google.pubsub.v1 over gRPC on this machine, for tests and for trying the service without Google.

Written from Google's description of the API, not from our client. It keeps the order of ordering keys, ack deadlines,
delivery counts, dead-letter policies and retry policies, and refuses wrong names and unknown resources as Google does.
What it does not do: StreamingPull (so that Google's high-level subscriber cannot use it), push, export, schemas,
filters, snapshots and seek, exactly-once delivery, updates of topics and subscriptions, retention and expiry by age,
rights and quotas. Its messages are in memory and end with it. Unlike Google, it does not deliver messages anew that
were acknowledged after an earlier one of their key was given back.
"""

from __future__ import annotations

import grpc

from feedback_service.sandbox.pubsub.broker import Broker
from feedback_service.sandbox.pubsub.publishing import PublisherCalls
from feedback_service.sandbox.pubsub.rpc import Calls, method_handlers
from feedback_service.sandbox.pubsub.subscribing import SubscriberCalls
from feedback_service.sandbox.pubsub.switches import Switches

_MOST_BYTES = 12 * 1024**2
"""Of one request; Google takes 10 MB of messages."""


class PubSubEmulator:
    """One server; messages outlive `stop`, so that a test can let it be away and come back."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.broker = Broker()
        self._server: grpc.aio.Server | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1; the answer is "127.0.0.1:port"."""
        server = grpc.aio.server(
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", _MOST_BYTES),
                ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
            ]
        )
        sides: tuple[Calls, ...] = (
            PublisherCalls(self.broker, self.switches),
            SubscriberCalls(self.broker, self.switches),
        )
        server.add_generic_rpc_handlers(tuple(method_handlers(side) for side in sides))
        port = server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        self._server = server
        return f"127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop listening and end the calls under way."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop(None)
