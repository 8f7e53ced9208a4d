"""Errors as people see them: one line on stderr, and an exit code that scripts can rely on.

0    done
1    not done: the item does not allow it, somebody was faster, the database is away, or something unexpected
2    the command line itself was wrong
78   the configuration is wrong: a setting, a file, a secret key, the database's tables
130  interrupted by Ctrl-C
143  ended by SIGTERM before its work was done
"""

from __future__ import annotations

import logging
import signal
import sys
import traceback
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from feedback_service.domain.errors import Configuration, FeedbackServiceError
from feedback_service.ports.roster import ExitCode

USAGE = 2
INTERRUPTED = 130
ISSUE_HINT = "this is a defect; repeat with `feedback-service --debug …` to see where, and report it"
LEFT_TO_TYPER: tuple[type[BaseException], ...] = (
    typer.Exit,
    typer.Abort,
    BrokenPipeError,
    *typer.BadParameter.__bases__,
)
"""The ends of a command that are no errors of ours, such as a wrong command line; typer shows them itself."""


class Terminated(SystemExit):
    """SIGTERM, as an exception: everything that was opened is closed on the way out, the embedded database as well."""


def leave_at_sigterm() -> None:
    """Unwind at SIGTERM like at Ctrl-C; whoever has a loop of its own replaces this while it runs."""

    def leave(signum: int, _frame: object) -> NoReturn:
        raise Terminated(128 + signum)

    signal.signal(signal.SIGTERM, leave)


class Commands(TyperGroup):
    """The root of all commands; every command's errors pass here on their way out."""

    def invoke(self, ctx: Any) -> Any:  # typer's own context type has moved between its versions
        try:
            return super().invoke(ctx)
        except LEFT_TO_TYPER:
            raise
        except (KeyboardInterrupt, EOFError):
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except FeedbackServiceError as error:
            if _debugging(ctx):
                say(traceback.format_exc())
            for line in lines_of(error):
                say(f"error: {line}")
            raise typer.Exit(exit_code(error)) from None
        except Exception as error:  # noqa: BLE001 the last place where a person can be spared a traceback
            if _debugging(ctx):
                say(traceback.format_exc())
            say(f"error: {type(error).__name__}: {error}; {ISSUE_HINT}")
            raise typer.Exit(ExitCode.FAILED) from None


def exit_code(error: FeedbackServiceError) -> int:
    """The code that a command ends with."""
    return ExitCode.CONFIGURATION if isinstance(error, Configuration) else ExitCode.FAILED


def lines_of(error: FeedbackServiceError) -> tuple[str, ...]:
    """An error's lines: one, or one per problem of a file."""
    lines = getattr(error, "lines", None)
    return lines if isinstance(lines, tuple) else (" ".join(str(error).split()),)


class Warnings(logging.Handler):
    """Shows what lower rooms log while a command runs, one line each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        say(f"{record.levelname.lower()}: {' '.join(record.getMessage().split())}")


def say(text: str) -> None:
    """Write to stderr, secrets hidden."""
    from feedback_service.logs.redaction import redactor

    print(redactor.text(text.rstrip()), file=sys.stderr)  # noqa: T201


def _debugging(ctx: Any) -> bool:
    return bool(ctx.params.get("debug"))
