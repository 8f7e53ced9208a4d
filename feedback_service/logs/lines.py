"""How one record becomes one line: a coloured one for people, a JSON one for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from feedback_service.logs.context import CONTEXT_FIELDS
from feedback_service.logs.redaction import Plain, redactor

_STACKS = ("exception", "stack")  # structlog's names for text of several lines
GOOGLE_LABELS = "logging.googleapis.com/labels"

# Google's LogSeverity. Source: Cloud Logging "LogEntry", LogSeverity, 2026-07.
_SEVERITIES = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (25, "NOTICE"), (20, "INFO"), (0, "DEBUG"))


def severity_of(level: int) -> str:
    return next((name for least, name in _SEVERITIES if level >= least), "DEFAULT")


def plain_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Every value made plain and redacted; `_record` stays, for the time and the level are in it."""
    record = event.pop("_record")
    event.pop("_from_structlog", None)
    return {**redactor.fields(event), "_record": record}


def google_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The names Cloud Logging looks for, which read well anywhere else too.

    Source: Cloud Logging "Structured logging", special fields in the message, 2026-07.
    """
    record: logging.LogRecord = event.pop("_record")
    labels = {name: str(event.pop(name)) for name in CONTEXT_FIELDS if name in event}
    stack = event.pop("exception", None) or event.pop("stack", None)
    line: dict[str, Plain] = {
        "severity": severity_of(record.levelno),
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
        "message": cast(Plain, event.pop("event", "")),
        "logger": record.name,
    }
    line |= {f"{name}_" if name in line else name: value for name, value in event.items()}
    if labels:
        line |= {"labels": cast(Plain, labels), GOOGLE_LABELS: cast(Plain, labels)}
    if stack:
        line["stack_trace"] = stack
    return line


def json_line(_: WrappedLogger, __: str, event: EventDict) -> str:
    return one_line(json.dumps(event, ensure_ascii=False))


def one_line(text: str) -> str:
    """No character that some reader takes for the end of a line, none that UTF-8 cannot hold."""
    for character in "\x85\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def console_chain(colours: bool) -> list[Processor]:
    """Time, level, sentence, then the context and the rest; a traceback follows on its own lines."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=colours, pad_event_to=0, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
    )
    return [plain_fields, _for_people, renderer]


def json_chain() -> list[Processor]:
    return [plain_fields, google_fields, json_line]


def _for_people(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event.pop("_record")
    clock = datetime.fromtimestamp(record.created).astimezone()
    first = {"timestamp": clock.strftime("%H:%M:%S"), "level": record.levelname.lower()}
    stacks = {name: _printable(event.pop(name), "\n\t") for name in _STACKS if name in event}
    shown = {name: _printable(value) for name, value in event.items()}
    context = {name: shown.pop(name) for name in CONTEXT_FIELDS if name in shown}
    return {**first, "event": shown.pop("event", ""), **context, **shown, **stacks}


def _printable(value: object, allowed: str = "") -> object:
    """Text that can neither move a terminal's cursor nor forge a second line."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        character if character.isprintable() or character in allowed else ascii(character)[1:-1] for character in value
    )
