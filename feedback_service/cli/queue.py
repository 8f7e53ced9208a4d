"""`feedback-service queue`: make the Pub/Sub topics and subscriptions, look at them, show what is configured."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli import render
from feedback_service.cli.invocation import Invocation
from feedback_service.cli.report import Report
from feedback_service.domain.errors import Configuration
from feedback_service.ports.platform import Fact

if TYPE_CHECKING:
    from feedback_service.transports.pubsub import QueueConfig

app = typer.Typer(no_args_is_help=True, help="Make and look at the Pub/Sub queue of accounts with `delivery: queue`.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def init(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make the topics and subscriptions that are missing; what is there stays as it is.

    Needs roles/pubsub.editor in the project, once; docs/QUEUE.md says how to do without it.

    Exit codes: 0 all is there · 1 something that was there differs · 78 no right, no credentials, a wrong name.

    Example: `feedback-service queue init`
    """
    from feedback_service.transports.pubsub.provision import provision

    config = config_of(ctx.obj)
    _report(asyncio.run(provision(config)), as_json=as_json)


@app.command()
def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Look whether topics, subscriptions and rights are there; nothing is changed.

    Exit codes: 0 all is well · 1 something is not · 78 the configuration is wrong.

    Example: `feedback-service queue check`
    """
    _report(asyncio.run(_facts(config_of(ctx.obj))), as_json=as_json)


@app.command()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the queue's configuration; Pub/Sub is not asked.

    How many messages wait is known to Cloud Monitoring only: subscription/num_undelivered_messages.

    Example: `feedback-service queue show`
    """
    fields = described(config_of(ctx.obj))
    if as_json:
        render.as_json(fields)
        return
    for name, value in fields.items():
        render.line(f"{name.replace('_', ' ')}: {value}")


def described(config: QueueConfig) -> dict[str, object]:
    """The configuration with the whole names of topics and subscriptions."""
    fields = asdict(config)
    for name in ("reply", "rollback", "dead"):
        fields[f"{name}_topic"] = config.topic(fields[f"{name}_topic"])
        fields[f"{name}_subscription"] = config.subscription(fields[f"{name}_subscription"])
    return fields | {"emulator_host": config.emulator_host or "none (Google itself)"}


def config_of(invocation: Invocation) -> QueueConfig:
    """The queue's configuration. Raises Configuration where no project is set."""
    from feedback_service import bootstrap

    config: QueueConfig | None = bootstrap.queue_config(invocation.settings())
    if config is None:
        raise Configuration("no queue: set PUBSUB_PROJECT to the Google Cloud project's id")
    return config


async def _facts(config: QueueConfig) -> Sequence[Fact]:
    from feedback_service.transports.pubsub import PubSubQueue

    queue = PubSubQueue(config)
    try:
        return await queue.check()
    finally:
        await queue.close()


def _report(facts: Sequence[Fact], *, as_json: bool) -> None:
    report = Report(quiet=as_json)
    for fact in facts:
        report.add(fact)
    if as_json:
        render.as_json({"ok": report.code == 0, "facts": [asdict(fact) for fact in facts]})
    raise typer.Exit(report.code)
