"""Whether this process may fork: a child inherits locks and sockets, but not the threads and loops that serve them."""

import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_NATIVE_THREADS = Path("/proc/self/task")  # Linux; threads of C libraries (gRPC, libpq) are unknown to `threading`


class UnsafeFork(RuntimeError):
    """The process holds something that does not survive a fork; create it in the child instead."""


def require_forkable() -> None:
    """Raise UnsafeFork, naming every obstacle, unless this process has one thread and no event loop."""
    if obstacles := [*_threads(), *_loops()]:
        raise UnsafeFork(
            f"cannot fork workers: this process holds {' and '.join(obstacles)}. A forked child would inherit its locks"
            " and sockets, but nothing that serves them. Start the supervisor before any thread, event loop, engine or"
            " channel exists, and create those in the child."
        )


def seal() -> None:
    """Hide everything that exists from the collector, whose runs would else copy the pages shared with children."""
    gc.collect()
    gc.freeze()


def _threads() -> Iterator[str]:
    others = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    if others:
        yield f"{len(others)} more thread(s) ({', '.join(sorted(others))})"
    elif native := _native_threads() - 1:
        yield f"{native} more thread(s) of a native library"


def _native_threads() -> int:
    try:
        return len(list(_NATIVE_THREADS.iterdir()))
    except OSError:  # no Linux, or no /proc: what `threading` knows has to do
        return 1


def _loops() -> Iterator[str]:
    """Loops that run or could: asyncio is looked up, not imported, since a process without it has none."""
    events = sys.modules.get("asyncio.events")
    if events is None:
        return
    if events._get_running_loop() is not None:
        yield "a running asyncio loop"
    elif any(_is_open_loop(one, events.AbstractEventLoop) for one in gc.get_objects()):
        yield "an open asyncio loop"


def _is_open_loop(one: object, loop_type: type) -> bool:
    """By `type()`: asking a stranger's object for its `__class__` may run code of its own."""
    return issubclass(type(one), loop_type) and not one.is_closed()  # type: ignore[attr-defined]  # looked up above
