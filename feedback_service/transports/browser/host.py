"""Says what this machine refuses while a browser starts: a person has to mend it, or it is worth another try."""

from __future__ import annotations

import errno
import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from feedback_service.domain.errors import AccountFault, Retryable

_NOT_OURS = "give it to {user}, who runs this (was a command run with sudo?): chown -R {user} {place}"
_FULL = "make room on its disk"
_IN_THE_WAY = "move what is in its place away"
REMEDIES: Mapping[int, str] = {
    errno.EACCES: _NOT_OURS,
    errno.EPERM: _NOT_OURS,
    errno.EROFS: "put DATA_DIR where {user}, who runs this, may write",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
}
"""What does not pass by itself, and what a person does about it."""
SCARCE = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""Processes, memory or open files have run out for now."""
RETRY_SECONDS = 30.0


@contextmanager
def refusals(directory: Path) -> Iterator[None]:
    """Raise AccountFault or Retryable instead of an OSError that befell what is done in `directory`."""
    try:
        yield
    except OSError as problem:
        raise told(problem, directory) from problem


def told(problem: OSError, directory: Path) -> AccountFault | Retryable:
    """The error that says what to do next; it names the file, or the directory where the system names none."""
    place = problem.filename if isinstance(problem.filename, str) else str(directory)
    reason = f"the browser does not start: {place}: {problem.strerror or type(problem).__name__}"
    remedy = REMEDIES.get(problem.errno or 0)
    if remedy is None:
        return Retryable(reason, retry_after=RETRY_SECONDS)
    return AccountFault(reason, remedy.format(user=_user(), place=_there(place)))


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container may give this process a number without a name
        return str(os.geteuid())


def _there(place: str) -> Path:
    """The place, or as much of the way to it as can be seen: what is not there cannot be given away."""
    path = Path(place)
    return next((one for one in (path, *path.parents) if os.path.lexists(one)), path)
