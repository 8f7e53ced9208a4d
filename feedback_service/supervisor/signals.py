"""The signals that reached the supervisor, queued by the interpreter until the next tick takes them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import Signals
from types import FrameType

HANDLED = (
    Signals.SIGTERM,
    Signals.SIGINT,
    Signals.SIGHUP,
    Signals.SIGUSR1,
    Signals.SIGCHLD,
)
_NOT_FOR_CHILDREN = (Signals.SIGINT, Signals.SIGHUP, Signals.SIGUSR1)
"""A terminal sends Ctrl-C, and its own end, to parent and children alike: only the supervisor acts on them."""

_Disposition = Callable[[int, FrameType | None], object] | int | None


class SignalInbox:
    """While open, every handled signal becomes a byte in a pipe: readable means there is something to take.

    The interpreter's own C handler writes the byte, so nothing of ours runs in the middle of anything.
    """

    def __init__(self) -> None:
        self._pipe: tuple[int, int] | None = None
        self._before: dict[Signals, _Disposition] = {}

    def open(self) -> None:
        self._pipe = reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for signum in HANDLED:
            self._before[signum] = signal.signal(signum, _leave_it_to_the_pipe)

    def close(self) -> None:
        """Give the process back the handlers it had before."""
        for signum, before in self._before.items():
            signal.signal(signum, before)
        self._before.clear()
        signal.set_wakeup_fd(-1)
        self.close_pipe()

    def close_pipe(self) -> None:
        """All a child has to do with its parent's inbox."""
        for fd in self._pipe or ():
            os.close(fd)
        self._pipe = None

    @property
    def fd(self) -> int | None:
        return self._pipe[0] if self._pipe else None

    def take(self) -> list[Signals]:
        """The signals since the last call, in the order of their arrival."""
        if self._pipe is None:
            return []
        try:
            return [Signals(number) for number in os.read(self._pipe[0], 65_536)]
        except BlockingIOError:
            return []


@contextmanager
def held_back() -> Iterator[None]:
    """Deliver handled signals later: one that met a child before its reset would be lost in its parent's handler."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def reset_in_child() -> None:
    """Forget the supervisor's handlers, then take what was held back during the fork."""
    signal.set_wakeup_fd(-1)
    for signum in HANDLED:
        signal.signal(signum, signal.SIG_IGN if signum in _NOT_FOR_CHILDREN else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def _leave_it_to_the_pipe(_signum: int, _frame: FrameType | None) -> None:
    pass
