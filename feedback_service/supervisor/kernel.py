"""The two things about parents and orphans that only Linux's prctl(2) can set or tell."""

import ctypes
import os
import sys
from signal import Signals

_PR_SET_PDEATHSIG = 1  # Source: linux/prctl.h
_PR_GET_CHILD_SUBREAPER = 37

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def ask_for_signal_at_parents_death(signum: Signals) -> bool:
    """Let the kernel send `signum` to this process when its parent ends; False where that cannot be had.

    It fires at the death of the thread that forked: the supervisor has one thread only.
    """
    return _libc is not None and _libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0) == 0


def adopts_orphans() -> bool:
    """Whether other people's orphans become our children: as PID 1 of a container, or as a subreaper."""
    if os.getpid() == 1:
        return True
    if _libc is None:
        return False
    answer = ctypes.c_int(0)
    return _libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) == 0 and answer.value == 1
