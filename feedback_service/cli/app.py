"""The tree of commands; their files import what is heavy only when they run, so that help comes at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from feedback_service import __version__
from feedback_service.cli import (
    backfill,
    check,
    collect,
    feedback,
    health,
    keys,
    login,
    platforms,
    publisher,
    queue,
    run,
    sandbox,
    suppliers,
)
from feedback_service.cli.demo import command as demo
from feedback_service.cli.errors import Commands, leave_at_sigterm
from feedback_service.cli.invocation import ENV_FILE, Invocation

app = typer.Typer(
    name="feedback-service",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo.demo)
app.add_typer(suppliers.app, name="suppliers")
app.command()(login.login)
app.command()(check.check)
app.command()(run.run)
app.command()(publisher.publisher)
app.add_typer(queue.app, name="queue")
app.add_typer(feedback.app, name="feedback")
app.command()(collect.collect)
app.command()(backfill.backfill)
app.command()(health.health)
app.command()(platforms.platforms)
app.add_typer(keys.app, name="keys")
app.command()(sandbox.sandbox)


def main() -> None:
    """Run the command line; what an odd terminal cannot show is replaced, not fatal."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    leave_at_sigterm()
    app(prog_name="feedback-service")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"feedback-service {__version__}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    env_file: Annotated[Path, typer.Option(help="Settings file; the environment wins over it.")] = ENV_FILE,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and end.")
    ] = False,
) -> None:
    """Answers customers' reviews and questions for sellers, on every platform where they sell.

    Begin with: `feedback-service demo`

    For real use: `cp .env-example .env`, then `feedback-service suppliers apply suppliers.yaml`,
    `feedback-service check`, `feedback-service run`.

    Exit codes: 0 done · 1 not done · 2 wrong command line · 78 wrong configuration · 130 interrupted.
    """
    ctx.obj = Invocation(env_file=env_file, debug=debug)
