"""Turns plain methods into gRPC ones: Google's messages in and out, refusals as statuses, and the switches obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import grpc

from feedback_service.sandbox.pubsub.broker import Broker, Refusal
from feedback_service.sandbox.pubsub.switches import Switches

EMPTY = None
"""The response type of methods that answer nothing."""
MARGIN = 0.9
"""Seconds before the caller's own deadline at which a waiting call answers."""
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API: its name, its request and response types, and who answers it."""

    name: str
    request: Any  # Google's message types are made at run time
    response: Any
    answer: Callable[[Any, float], Awaitable[Any]]
    """Takes the request and the seconds that it may wait."""


class Calls:
    """One service of the API."""

    service: ClassVar[str]

    def __init__(self, broker: Broker, switches: Switches) -> None:
        self.broker = broker
        self.switches = switches

    def methods(self) -> tuple[Method, ...]:
        raise NotImplementedError


def method_handlers(calls: Calls) -> grpc.GenericRpcHandler:
    """The service, ready for a gRPC server."""
    methods: Mapping[str, grpc.RpcMethodHandler] = {one.name: _handler(calls, one) for one in calls.methods()}
    return grpc.method_handlers_generic_handler(calls.service, methods)


def _handler(calls: Calls, method: Method) -> grpc.RpcMethodHandler:
    async def answer(request: Any, context: grpc.aio.ServicerContext) -> Any:
        if calls.switches.slow:
            await asyncio.sleep(calls.switches.slow)
        if calls.switches.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "switched off")
        if calls.switches.refuse:
            await context.abort(grpc.StatusCode[calls.switches.refuse], "refused by a switch")
        try:
            return await method.answer(request, _wait(context))
        except Refusal as refusal:
            await context.abort(grpc.StatusCode[refusal.status], str(refusal))

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=method.request.deserialize, response_serializer=_writing(method.response)
    )


def _wait(context: grpc.aio.ServicerContext) -> float:
    """A little less than the caller waits, so that no message goes out to a caller that has left."""
    remaining = context.time_remaining()
    return LONGEST_WAIT if remaining is None else min(LONGEST_WAIT, max(0.0, remaining - MARGIN))


def _writing(kind: Any) -> Callable[[Any], bytes]:
    write: Callable[[Any], bytes] = (lambda _: b"") if kind is EMPTY else kind.serialize
    return write
