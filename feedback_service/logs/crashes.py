"""What nobody caught becomes a log line, redacted like any other, instead of a raw traceback on stderr."""

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger(__name__)


def log_crashes() -> None:
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical(
        "The process ends on an error nobody caught", exc_info=(kind, error, trace), extra={"action": "process.crash"}
    )


def _uncaught_in_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is None or issubclass(crash.exc_type, SystemExit):
        return
    name = crash.thread.name if crash.thread else "unknown"
    log.critical(
        "A thread ends on an error nobody caught",
        exc_info=(crash.exc_type, crash.exc_value, crash.exc_traceback),
        extra={"action": "thread.crash", "thread_name": name},
    )
