"""`feedback-service sandbox`: every platform's stand-in and the model's on one port, a Pub/Sub emulator on another."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.domain.errors import Configuration

if TYPE_CHECKING:
    from feedback_service.sandbox.model import ModelSettings
    from feedback_service.sandbox.server import Sandbox

READY = "sandbox ready at "
"""The line that says where it listens; the demo and the benchmarks wait for it."""
PUBSUB_READY = "pubsub ready at "
"""The line before it that says where the Pub/Sub emulator listens, as PUBSUB_EMULATOR_HOST takes it."""


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    pubsub_port: Annotated[int, typer.Option(help="Port of the Pub/Sub emulator; 0 takes a free one.")] = 0,
    model_limit: Annotated[int, typer.Option(help="Model requests per minute.")] = 5_000,
    spoilt: Annotated[float, typer.Option(help="Share of drafts (0 to 1) that break a rule, for the guard.")] = 0.0,
) -> None:
    """Run the sandbox: platforms, model and queue to try the service on, without any account.

    Accounts, customers and faults are made over http: POST /_sandbox/accounts, /_sandbox/customers, /_sandbox/faults;
    what customers would see is at GET /_sandbox/ledger. Sellers' cabinets let browsers in by a form, or by cookies from
    POST /_sandbox/sessions. All addresses are at GET /_sandbox. It listens on this machine only.

    Example: feedback-service sandbox --port 8095
    """
    from feedback_service.sandbox.model import ModelLimits, ModelSettings

    limits = ModelLimits(requests=model_limit, tokens=model_limit * 10_000)
    asyncio.run(_serve(port, pubsub_port, ModelSettings(limits=limits, inject_share=spoilt)))


async def _serve(port: int, pubsub_port: int, model: ModelSettings) -> None:
    from feedback_service.sandbox.discovery import discover_replicas
    from feedback_service.sandbox.model import ModelReplica
    from feedback_service.sandbox.pubsub import PubSubEmulator
    from feedback_service.sandbox.server import run_sandbox

    emulator = PubSubEmulator()
    try:
        pubsub = await emulator.start(pubsub_port)
    except RuntimeError:  # gRPC has no word of its own for it
        raise Configuration(f"port {pubsub_port} is taken; choose another with --pubsub-port") from None
    replicas = [*discover_replicas(), ModelReplica(model)]
    serving = asyncio.ensure_future(run_sandbox(replicas, port, ready=_say, pubsub=pubsub))
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return
    except OSError as problem:
        raise Configuration(f"cannot listen on port {port}: {problem.strerror}; choose another with --port") from None
    finally:
        await emulator.stop()


def _say(sandbox: Sandbox) -> None:
    print(PUBSUB_READY + sandbox.pubsub, READY + sandbox.url, sep="\n", flush=True)  # noqa: T201
