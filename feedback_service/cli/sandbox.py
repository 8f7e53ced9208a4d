"""`feedback-service sandbox`: every platform's stand-in and the model's, on one port of this machine."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

READY = "sandbox ready at "
"""The line that says where it listens; the demo and the benchmarks wait for it."""


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    model_limit: Annotated[int, typer.Option(help="Model requests per minute.")] = 5_000,
    spoilt: Annotated[float, typer.Option(help="Share of drafts (0 to 1) that break a rule, for the guard.")] = 0.0,
) -> None:
    """Run the sandbox: platforms and model to try the service on, without any account.

    Accounts, customers and faults are made over http: POST /_sandbox/accounts, /_sandbox/customers, /_sandbox/faults;
    what customers would see is at GET /_sandbox/ledger. It listens on this machine only.

    Example: feedback-service sandbox --port 8095
    """
    asyncio.run(_serve(port, model_limit, spoilt))


async def _serve(port: int, model_limit: int, spoilt: float) -> None:
    from feedback_service.sandbox.discovery import discover_replicas
    from feedback_service.sandbox.model import ModelLimits, ModelReplica, ModelSettings
    from feedback_service.sandbox.server import run_sandbox

    limits = ModelLimits(requests=model_limit, tokens=model_limit * 10_000)
    model = ModelReplica(ModelSettings(limits=limits, inject_share=spoilt))
    serving = asyncio.ensure_future(
        run_sandbox([*discover_replicas(), model], port, ready=lambda one: print(READY + one.url, flush=True))  # noqa: T201
    )
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return
