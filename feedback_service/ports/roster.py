"""What the supervisor and its forked children tell each other: assignments, heartbeats and exit codes.

The roster child writes lines to a pipe, each one JSON object that stands for itself: either the whole set of
suppliers this host holds now, or the reason why this host cannot work at all. Whole sets, never differences: a lost or
repeated line then does no harm.
"""

import enum
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Protocol


class ExitCode(enum.IntEnum):
    """How a child says, by ending, what is to be done next; the numbers are those of BSD's sysexits.h."""

    DRAINED = 0
    FAILED = 1
    TEMPORARY = os.EX_TEMPFAIL  # 75: lease lost, database away: come back soon, nobody is to blame
    CONFIGURATION = os.EX_CONFIG  # 78: no restart helps until a person changes something


@dataclass(frozen=True, slots=True)
class Assignment:
    """One supplier that this host holds by lease.

    `epoch` is the lease's fencing number. `fingerprint` changes whenever the supplier's configuration does. A change of
    either drains the supplier's worker and starts a new one.
    """

    supplier: str
    epoch: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class WholeSet:
    """Every supplier this host holds now, and no other."""

    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Fatal:
    """This host cannot work: drain, then exit with this code; `reason` is one line for a person, without secrets."""

    reason: str
    exit_code: int


RosterMessage = WholeSet | Fatal


class RosterWriter(Protocol):
    """The roster child's way to its supervisor."""

    def publish(self, assignments: Iterable[Assignment]) -> None:
        """Replace the set of suppliers that run here; after a SIGHUP publish also when nothing has changed."""

    def fail(self, reason: str, exit_code: int) -> None:
        """Stop this host's supervisor; every worker is drained first."""


class Heartbeat(Protocol):
    """A child's proof of life, to be given by the very loop it vouches for."""

    @property
    def every_seconds(self) -> float:
        """How often to beat; several beats may be missed before the child counts as hung."""

    def beat(self) -> None:
        """Say "still here"; cheap, takes no lock, and does no I/O."""


def encode(message: RosterMessage) -> bytes:
    """One line of the roster pipe, its newline included."""
    match message:
        case WholeSet(assignments):
            body: dict[str, object] = {"assignments": [asdict(one) for one in assignments]}
        case Fatal(reason, exit_code):
            body = {"fatal": reason, "exit_code": exit_code}
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> RosterMessage:
    """The message of one line; raises ValueError when it is not one."""
    try:
        body = json.loads(line)
        if "fatal" in body:
            return Fatal(str(body["fatal"]), int(body["exit_code"]))
        return WholeSet(tuple(_assignment(one) for one in body["assignments"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a line of the roster pipe: {error!r}") from error


def _assignment(body: dict[str, object]) -> Assignment:
    return Assignment(str(body["supplier"]), int(str(body["epoch"])), str(body["fingerprint"]))
