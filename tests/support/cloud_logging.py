"""A local stand-in for Google Cloud Logging: the WriteLogEntries call over real gRPC, as a process of its own.

Its own process, because gRPC's threads would stay in the tests' process, and other tests fork there.
It prints `port N`, then every entry it stores as one JSON line. A line on its input changes its mood:
`answer`, `hang` (never reply), `refuse` (INVALID_ARGUMENT), `forbid` (PERMISSION_DENIED).
"""

import json
import queue
import subprocess
import sys
import threading
import time
from concurrent import futures
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]


class CloudLogging:
    """Starts the server's process; a context manager, so that none is left behind."""

    def __init__(self, port: int = 0) -> None:
        self.entries: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        command = [sys.executable, "-m", "tests.support.cloud_logging", str(port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = int(self._next(20).split()[1])

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def mood(self, mood: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(mood + "\n")
        self._process.stdin.flush()
        assert self._next(10) == f"mood {mood}"

    def wait_for(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """The entries stored so far, once there are that many."""
        deadline = time.monotonic() + seconds
        while len(self.entries) < count:
            self.entries.append(json.loads(self._next(deadline - time.monotonic())))
        return self.entries

    def messages(self) -> list[str]:
        return [entry["jsonPayload"]["message"] for entry in self.entries]

    def __enter__(self) -> "CloudLogging":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _next(self, seconds: float) -> str:
        try:
            line = self._lines.get(timeout=max(0.01, seconds))
        except queue.Empty:
            raise AssertionError(f"nothing more came within the time; so far: {self.entries}") from None
        assert line is not None, "the server ended"
        return line


def serve(port: int) -> None:
    import grpc
    from google.cloud.logging_v2.types import LogEntry, WriteLogEntriesRequest, WriteLogEntriesResponse
    from google.protobuf.json_format import MessageToDict

    mood = "answer"
    stopped = threading.Event()
    stored: set[tuple[str, str]] = set()

    def write(request: Any, context: Any) -> Any:
        if mood == "hang":
            stopped.wait(60)
        if mood == "refuse":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "an entry is invalid")
        if mood == "forbid":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "this account may not write logs")
        for entry in request.entries:
            one = MessageToDict(LogEntry.pb(entry))
            identity = (one["timestamp"], one["insertId"])
            if identity not in stored:  # as Google does
                stored.add(identity)
                one["request"] = {
                    "logName": request.log_name,
                    "labels": dict(request.labels),
                    "type": request.resource.type,
                }
                _say(json.dumps(one))
        return WriteLogEntriesResponse()

    method = grpc.unary_unary_rpc_method_handler(
        write, WriteLogEntriesRequest.deserialize, WriteLogEntriesResponse.serialize
    )
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("google.logging.v2.LoggingServiceV2", {"WriteLogEntries": method}),)
    )
    _say(f"port {server.add_insecure_port(f'127.0.0.1:{port}')}")
    server.start()
    for line in sys.stdin:
        mood = line.strip()
        _say(f"mood {mood}")
    stopped.set()
    server.stop(None)


def _say(line: str) -> None:
    """One write per line: the server answers from several threads."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
