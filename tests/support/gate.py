"""A gate between the service and the sandbox: it can hold writes back, and change what comes back."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Change = Callable[[str, bytes], bytes]
"""From a request line like "GET /api/v1/feedbacks?…" and the body that the sandbox answered to what is passed on."""
HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


class Gate(ThreadingHTTPServer):
    """Passes requests on to the sandbox; while `held` is set, writes wait before it and are then dropped."""

    daemon_threads = True

    def __init__(self, base_url: str, change: Change | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = urlsplit(base_url)
        self.change = change
        self.held = threading.Event()
        self.opened = threading.Event()
        self.waiting = threading.Event()
        """A write has come and is not passed on."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.target.path}"

    def open(self) -> None:
        """Let everything pass from now on; what waited is dropped."""
        self.held.clear()
        self.opened.set()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed hangs up: that is what this is for."""


class _Passing(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.held.is_set():
            self.server.waiting.set()
            self.server.opened.wait(300)
            self.close_connection = True
            return
        self._pass_on(body)

    do_PATCH = do_POST  # noqa: N815  the name is that of the method

    def _pass_on(self, body: bytes | None = None) -> None:
        target = self.server.target
        upstream = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        upstream.request(self.command, self.path, body, headers)
        answer = upstream.getresponse()
        passed = answer.read()
        upstream.close()
        if self.server.change:
            passed = self.server.change(f"{self.command} {self.path.removeprefix(target.path)}", passed)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(passed)))
        self.end_headers()
        self.wfile.write(passed)

    def log_message(self, *_: object) -> None:
        """Tests need no access log."""


@contextmanager
def gate(base_url: str, change: Change | None = None) -> Iterator[Gate]:
    """A gate before this base URL, in threads of its own."""
    server = Gate(base_url, change)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.open()
        server.shutdown()
        server.server_close()
        thread.join(10)
