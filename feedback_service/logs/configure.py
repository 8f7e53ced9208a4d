"""Sets up logging for the whole process: one root sink, one format, one level.

What to write, everywhere: a sentence for people, `action=` for machines, ids as fields
(`log.info("The answer was published", extra={"action": "dispatch.sent", "item": item_id})`, or the same
through structlog). The customers' words and ours to them appear at DEBUG only; from INFO up there are
just ids, because logs are kept, copied and read by people who have no business with either.
"""

import importlib
import logging
import os
import sys
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from feedback_service.logs.context import merge_contextvars
from feedback_service.logs.crashes import log_crashes
from feedback_service.logs.lines import console_chain, json_chain
from feedback_service.logs.secrets import register_secret
from feedback_service.logs.sinks import Sink, StderrLines

Format: TypeAlias = Literal["console", "json", "google"]
FORMATS: tuple[Format, ...] = ("console", "json", "google")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

# Libraries that tell every request, every credential lookup or every step of their start at INFO.
_TALKATIVE = (
    "alembic",
    "google",
    "grpc",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "openai",
    "pymorphy3",
    "selenium",
    "urllib3",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogConfig:
    """`project_id` and `endpoint` serve "google" only: by default the credentials' project and Google's host.

    Raises ValueError on an unknown format or level.
    """

    format: Format = "console"
    level: str = "INFO"
    project_id: str | None = None
    endpoint: str | None = None  # host:port; plain text is spoken to this machine only
    redact: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"log format {self.format!r} is none of {', '.join(FORMATS)}")
        if self.level.upper() not in LEVELS:
            raise ValueError(f"log level {self.level!r} is none of {', '.join(LEVELS)}")


def configure_logs(config: LogConfig) -> None:
    """Send every record of this process, ours and the libraries', to stderr in the chosen format.

    Safe to call again, also after a fork. It starts neither a thread nor a channel: with "google" the lines
    are JSON on stderr until `start_shipping()` is called, in a process that will not fork.
    """
    for secret in config.redact:
        register_secret(secret)
    _configure_structlog()
    logging.captureWarnings(True)
    log_crashes()
    install(stderr_sink(config), config)
    if config.format == "google":
        importlib.import_module("feedback_service.logs.cloud")  # heavy: forked children share its memory
        log.info(
            "This process logs to stderr; processes that do not fork send theirs to Google Cloud Logging",
            extra={"action": "logs.local"},
        )


def install(sink: Sink, config: LogConfig) -> None:
    """Make the sink the only one, and close the one before it; strangers such as pytest's stay."""
    root = logging.getLogger()
    before = [known for known in root.handlers if isinstance(known, Sink) or type(known) is logging.StreamHandler]
    root.addHandler(sink)  # first: with no handler at all, logging would print unredacted lines by itself
    for other in before:
        root.removeHandler(other)
        other.close()
    root.setLevel(config.level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if root.level == logging.DEBUG else logging.WARNING)


def stderr_sink(config: LogConfig) -> StderrLines:
    """Lines on stderr in the configured format; "google" gives the JSON that Google's agents understand."""
    people = config.format == "console"
    return StderrLines(formatter(console_chain(_colours()) if people else json_chain()), config)


def formatter(chain: list[Processor]) -> ProcessorFormatter:
    """The one way from a record to a line, for structlog's records and for everyone else's."""
    return ProcessorFormatter(
        foreign_pre_chain=[merge_contextvars, ExtraAdder()],
        processors=[structlog.processors.StackInfoRenderer(), structlog.processors.format_exc_info, *chain],
    )


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _colours() -> bool:
    """Source of NO_COLOR: no-color.org."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
