"""Where lines end: on stderr, or in the queue for Google Cloud Logging."""

import logging
import sys
from typing import TYPE_CHECKING

from feedback_service.logs.shipper import Shipper

if TYPE_CHECKING:
    from feedback_service.logs.configure import LogConfig


LOST = "A log line written at line %d was lost because of %s"


class Sink(logging.Handler):
    """One of ours, so that a new configuration knows what to replace."""

    def __init__(self, formatter: logging.Formatter, config: "LogConfig") -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.config = config

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 logging's name
        """Tell that a line was lost, and where: logging's own way prints the arguments, secrets too."""
        kind = sys.exc_info()[0]
        reason = kind.__name__ if kind else "an error"
        told = logging.LogRecord(
            record.name, logging.ERROR, record.pathname, record.lineno, LOST, (record.lineno, reason), None
        )
        told.action = "logs.lost"
        try:
            _write(self.format(told))
        except Exception:  # noqa: BLE001 the formatter itself is broken
            _write(told.getMessage())


class StderrLines(Sink):
    """Looks stderr up on each line: progress bars and tests replace it while the process runs."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _write(self.format(record))
        except Exception:  # noqa: BLE001 a log line must not end the work it tells of
            self.handleError(record)


class CloudLines(Sink):
    """Puts lines into the shipper's queue, which never waits; what the shipper itself says stays here too."""

    def __init__(self, local: StderrLines, formatter: logging.Formatter, shipper: Shipper) -> None:
        super().__init__(formatter, local.config)
        self.local = local
        self.shipper: Shipper | None = shipper

    def emit(self, record: logging.LogRecord) -> None:
        shipper = self.shipper
        if shipper is None or shipper.is_current_thread():
            self.local.handle(record)
        if shipper is None or (shipper.is_current_thread() and record.name != Shipper.__module__):
            return  # gRPC's own lines must not become the next thing to send
        try:
            shipper.put(self.format(record).encode())
        except Exception:  # noqa: BLE001 a log line must not end the work it tells of
            self.handleError(record)

    def close(self) -> None:
        """Deliver what waits, within the shipper's limit; put the rest on stderr."""
        shipper, self.shipper = self.shipper, None
        super().close()
        for line in shipper.stop() if shipper else ():
            _write(line.body.decode())

    def abandon(self) -> None:
        """After a fork: the thread lives in the parent only, its lock may be held, its lines are the parent's."""
        self.shipper = None


def _write(line: str) -> None:
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # stderr is closed or gone: there is nobody left to tell
