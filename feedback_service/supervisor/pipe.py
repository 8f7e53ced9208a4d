"""The roster pipe: whole lines from the roster child to its supervisor."""

import logging
import os
from collections.abc import Iterable

from feedback_service.ports.roster import Assignment, Fatal, RosterMessage, WholeSet, decode, encode

log = logging.getLogger(__name__)

_CHUNK = 65_536


class PipeRosterWriter:
    """The roster child's end; a set is written whole, also when it is larger than the pipe."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def publish(self, assignments: Iterable[Assignment]) -> None:
        self._write(WholeSet(tuple(assignments)))

    def fail(self, reason: str, exit_code: int) -> None:
        self._write(Fatal(reason, exit_code))

    def _write(self, message: RosterMessage) -> None:
        rest = memoryview(encode(message))
        while rest:
            rest = rest[os.write(self._fd, rest) :]


class RosterReader:
    """The supervisor's end; never waits."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self.fd: int | None = fd
        self._rest = b""

    def take(self) -> list[RosterMessage]:
        """The messages that have arrived whole; lines that are none are logged and passed over."""
        *lines, self._rest = (self._rest + self._read()).split(b"\n")
        return [message for line in lines if (message := _understood(line)) is not None]

    def close(self) -> None:
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def _read(self) -> bytes:
        chunks: list[bytes] = []
        while self.fd is not None:
            try:
                chunk = os.read(self.fd, _CHUNK)
            except BlockingIOError:
                break
            chunks.append(chunk)
            if not chunk:  # the writer is gone; an open end would wake the loop for ever
                self.close()
        return b"".join(chunks)


def _understood(line: bytes) -> RosterMessage | None:
    try:
        return decode(line)
    except ValueError as error:
        log.error("The roster wrote something unreadable: %s", error, extra={"action": "roster_line_unreadable"})
        return None
