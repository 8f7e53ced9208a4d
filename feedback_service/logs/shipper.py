"""The thread that sends waiting lines, in batches, to somebody who may be away.

google-cloud-logging's own background transport keeps lines without bound while Google is unreachable and
forgets a batch after one failure; this one repeats, forgets the oldest lines only, and tells how many.
"""

import logging
import threading
from dataclasses import dataclass, field
from typing import Protocol

from feedback_service.logs.backlog import Backlog, Bounds, Line

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShipperLimits:
    """Seconds, besides the backlog's bounds."""

    bounds: Bounds = field(default_factory=Bounds)
    call: float = 10.0  # one attempt
    first_retry: float = 0.5
    last_retry: float = 30.0
    exit: float = 5.0  # for all that waits when the process ends


class Refused(Exception):
    """These lines will never be taken: repeating them would block all later ones."""


class Sender(Protocol):
    def send(self, lines: list[Line], timeout: float) -> None:
        """Raises Refused for good, anything else for now."""

    def close(self) -> None:
        """Let go of the connection: a call under way fails, and so does every later one."""


class Shipper:
    """Starts its thread at once, so it is born after the last fork."""

    def __init__(self, sender: Sender, limits: ShipperLimits) -> None:
        self._sender = sender
        self._limits = limits
        self._backlog = Backlog(limits.bounds)
        self._in_flight: list[Line] = []
        self._away = False
        self._told_dropped = 0
        self._thread = threading.Thread(target=self._run, name="log-shipper", daemon=True)
        self._thread.start()

    def put(self, body: bytes) -> None:
        """Take one line and return at once."""
        self._backlog.put(body)

    def stop(self) -> list[Line]:
        """Send what waits, within the exit limit, and return what could not be sent."""
        self._backlog.close()
        self._thread.join(self._limits.exit)
        self._sender.close()
        self._thread.join(self._limits.first_retry)
        return [*self._in_flight, *self._backlog.remaining()]

    def is_current_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def _run(self) -> None:
        while batch := self._backlog.take():
            self._in_flight = batch
            if not self._deliver(batch):
                return
            self._in_flight = []
            self._tell_what_was_dropped()

    def _deliver(self, batch: list[Line]) -> bool:
        """Repeat until the batch is taken or refused; False when the process ends meanwhile."""
        delay = self._limits.first_retry
        while not self._attempt(batch):
            if self._backlog.closed:
                return False
            self._backlog.wait_until_closed(delay)
            delay = min(2 * delay, self._limits.last_retry)
        return True

    def _attempt(self, batch: list[Line]) -> bool:
        try:
            self._sender.send(batch, self._limits.call)
        except Refused as refusal:
            self._backlog.count_dropped(len(batch))
            log.error("Google Cloud Logging refused log lines: %s", refusal, extra={"action": "logs.refused"})
        except Exception as error:  # noqa: BLE001 the thread outlives whatever the network does
            self._tell_absence(error)
            return False
        return True

    def _tell_absence(self, error: Exception) -> None:
        """Once per outage: every line waits meanwhile, so one more per attempt would only push others out."""
        if self._away:
            return
        self._away = True
        log.warning("Google Cloud Logging cannot be reached, lines wait: %s", error, extra={"action": "logs.away"})

    def _tell_what_was_dropped(self) -> None:
        dropped = self._backlog.count_dropped()
        if self._away or dropped > self._told_dropped:
            log.warning(
                "Google Cloud Logging takes lines, %d were dropped",
                dropped - self._told_dropped,
                extra={"action": "logs.back", "dropped": dropped - self._told_dropped},
            )
        self._away = False
        self._told_dropped = dropped
