"""The one thread on which everything of a browser happens, in the order in which it was asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
Work = tuple[Callable[[], object], "Future[object]"]


class Lane:
    """The thread is born with the first work, ends at `end`, and never holds up the end of the process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._works: queue.SimpleQueue[Work | None] | None = None

    @property
    def running(self) -> bool:
        return self._works is not None

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Do the work after all that was asked for before."""
        if self._works is None:
            self._works = queue.SimpleQueue()
            threading.Thread(target=_follow, args=(self._works,), name=self._name, daemon=True).start()
        future: Future[T] = Future()
        self._works.put((work, future))  # type: ignore[arg-type]  # each pair's types fit, whatever they are
        return future

    def end(self) -> None:
        """Let the thread end after what it was given; later work gets a new one."""
        if self._works is not None:
            self._works.put(None)
            self._works = None


def _follow(works: queue.SimpleQueue[Work | None]) -> None:
    while (one := works.get()) is not None:
        work, future = one
        if not future.set_running_or_notify_cancel():
            continue
        try:
            result = work()
        except BaseException as problem:  # noqa: BLE001  it is raised where the work was asked for
            future.set_exception(problem)
        else:
            future.set_result(result)
        del one, work, future  # an idle thread keeps nothing alive
