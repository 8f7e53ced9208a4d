"""A server of a few lines that answers bytes exactly as told, or breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext


def response(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A complete HTTP/1.1 response that keeps the connection open."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class RawServer:
    """Plays its script, one entry per request that it has read: bytes to send, None to hang up, "wait" for silence."""

    script: Sequence[bytes | str | None]
    requests: list[bytes] = field(default_factory=list)
    port: int = 0
    tls: bool = False

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                self.requests.append(await _request(reader))
                line = self.script[len(self.requests) - 1]
                if line == "wait":
                    await reader.read()
                if not isinstance(line, bytes):
                    return
                writer.write(line)
                await writer.drain()
                if b"X-Hang-Up" in line:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return head + await reader.readexactly(int(fields.get(b"Content-Length", b"0")))


@asynccontextmanager
async def raw_server(*script: bytes | str | None, tls: SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Listen on a free port of 127.0.0.1 while the block runs."""
    played = RawServer(script, tls=tls is not None)
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0, ssl=tls)
    played.port = server.sockets[0].getsockname()[1]
    try:
        yield played
    finally:
        server.close()
        await server.wait_closed()
