"""When an ended worker starts again: a pure decision.

| exit code | meaning | what follows |
|---|---|---|
| 0 | ended of itself | start after the first delay; no failure |
| 75 | temporary: lease lost, database away | start after a growing, but short delay; no failure |
| 78 | configuration | parked until the supplier's fingerprint changes, or SIGHUP |
| any other, or a signal | failure | start after a growing delay; a crash loop is parked for a while |

A child that was told to stop is not judged by its exit code.
"""

import enum
import math
from dataclasses import dataclass

from feedback_service.ports.roster import ExitCode
from feedback_service.supervisor.timing import Timing


class Because(enum.Enum):
    """Why a worker that should run does not run yet."""

    ENDED_ITSELF = "it ended of itself"
    TEMPORARY = "of a temporary failure"
    CONFIGURATION = "its configuration has to be corrected"
    FAILED = "it failed"
    CRASH_LOOP = "it keeps failing"

    @property
    def parked(self) -> bool:
        """True when the next start is so far away that a person should look."""
        return self in (Because.CONFIGURATION, Because.CRASH_LOOP)


@dataclass(frozen=True, slots=True)
class Ending:
    """One run that is over; `code` is negative for a signal, and `at` is monotonic time."""

    code: int
    ran_seconds: float
    at: float


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of earlier runs: failures in a row, and the moments of the recent ones."""

    streak: int = 0
    failures: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The next start in monotonic time (`math.inf`: not by itself), the reason, and the new record."""

    start_at: float
    because: Because
    record: Record


def decide(record: Record, ending: Ending, timing: Timing) -> Decision:
    """What follows from this ending after that record."""
    if ending.ran_seconds >= timing.healthy_seconds:
        record = Record()
    if ending.code == ExitCode.DRAINED:
        return _again(ending.at + timing.first_delay_seconds, Because.ENDED_ITSELF, Record(0, record.failures))
    if ending.code == ExitCode.CONFIGURATION:
        return _again(math.inf, Because.CONFIGURATION, Record())
    if ending.code == ExitCode.TEMPORARY:
        delay = min(grown_delay(record.streak, timing), timing.temporary_delay_seconds)
        return _again(ending.at + delay, Because.TEMPORARY, Record(record.streak + 1, record.failures))
    return _after_failure(record, ending, timing)


def _again(at: float, because: Because, record: Record) -> Decision:
    return Decision(at, because, record)


def _after_failure(record: Record, ending: Ending, timing: Timing) -> Decision:
    recent = (*(at for at in record.failures if ending.at - at < timing.crash_window_seconds), ending.at)
    if len(recent) >= timing.crash_limit:
        return Decision(ending.at + timing.parked_seconds, Because.CRASH_LOOP, Record())
    delay = grown_delay(record.streak, timing)
    return Decision(ending.at + delay, Because.FAILED, Record(record.streak + 1, recent))


def grown_delay(streak: int, timing: Timing) -> float:
    """Seconds to wait when this many failures in a row came before."""
    doublings = min(streak, 32)  # 2.0 ** 1024 would overflow; the longest delay is reached far earlier
    return min(timing.first_delay_seconds * 2.0**doublings, timing.longest_delay_seconds)
