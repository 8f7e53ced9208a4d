"""The dead: what became of our children, and the burial of strangers where they are given to us."""

import os
from collections.abc import Collection, Iterator
from signal import Signals

from feedback_service.ports.roster import ExitCode
from feedback_service.supervisor.kernel import adopts_orphans


def reap(own: Collection[int]) -> Iterator[tuple[int, int]]:
    """Each of our own ended children and its exit code (negative: a signal), without waiting.

    Where orphans are adopted, strangers are reaped too, in silence; elsewhere every other child is left to whoever
    started it.
    """
    if adopts_orphans():
        yield from [(pid, code) for pid, code in _all_ended() if pid in own]
        return
    for pid in own:
        if (code := _ended(pid)) is not None:
            yield pid, code


def said(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"was ended by {Signals(-code).name}"
    return f"ended with exit code {code}"


def _all_ended() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def _ended(pid: int) -> int | None:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # reaped by someone else: it is gone, and how is not known
        return ExitCode.FAILED
    return os.waitstatus_to_exitcode(status) if ended else None
