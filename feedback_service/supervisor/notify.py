"""systemd's notification protocol, as sd_notify(3) describes it: datagrams to the socket named in the environment."""

import logging
import os
import socket
import time
from collections.abc import Mapping, MutableMapping
from typing import Self

log = logging.getLogger(__name__)

_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class Notifier:
    """Tells systemd how the service is; without a socket every call does nothing."""

    def __init__(self, address: str | None = None, watchdog_seconds: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address and address.startswith("@") else address
        self.watchdog_seconds = watchdog_seconds

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Self:
        """Read the variables, and remove them: children and their browsers must not speak for the service."""
        given = {name: value for name in _VARIABLES if (value := environ.pop(name, ""))}
        return cls(given.get("NOTIFY_SOCKET"), _watchdog_seconds(given))

    def ready(self, status: str) -> None:
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self, status: str) -> None:
        self._send("STOPPING=1", f"STATUS={status}")

    def status(self, status: str) -> None:
        self._send(f"STATUS={status}")

    def watchdog(self) -> None:
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:  # the service matters more than the report about it
            log.warning("systemd could not be told %s: %s", lines[0], error, extra={"action": "notify_failed"})


def _watchdog_seconds(given: Mapping[str, str]) -> float | None:
    """The watchdog's limit in seconds, if it is meant for this process."""
    microseconds = given.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or int(microseconds) == 0:
        return None
    if given.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000
