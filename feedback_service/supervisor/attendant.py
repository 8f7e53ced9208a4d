"""What runs beside the workers without belonging to one supplier, as it is handed in."""

from collections.abc import Callable
from dataclasses import dataclass

from feedback_service.ports.roster import Heartbeat


@dataclass(frozen=True, slots=True)
class Attendant:
    """One process per host; `entry` is its whole life in the fork and gives the exit code.

    `name` is one lower-case word: it stands in log lines ("The publisher runs …") and begins their actions.
    """

    name: str
    entry: Callable[[Heartbeat], int]
