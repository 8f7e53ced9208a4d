"""One embedded PostgreSQL per test session, shared by all its processes, and a fresh database for whoever asks."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from feedback_service.storage import embedded, migrate
from feedback_service.storage.cluster import Cluster

TEMPLATE = "feedback_template"


def session_dir() -> Path:
    """Where the session's server lives: not below pytest's own folder, whose rights every new session tightens."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    return Path(tempfile.gettempdir()) / f"feedback-tests-{session}"


def blank_of(shared_dir: Path) -> Path:
    """The data directory, on which no server ever ran, of which the session's own is a copy."""
    return shared_dir / "blank"


def copy(blank: Path, to: Path) -> None:
    """What initdb would make there, in a tenth of the time."""
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(blank), str(to)], check=True)


@contextmanager
def data_dir(blank: Path | None = None) -> Iterator[Path]:
    """A folder for an embedded server of one's own, with a path short enough for its socket; empty without `blank`."""
    with tempfile.TemporaryDirectory(prefix="feedback-data-") as made:
        if blank is not None:
            copy(blank, Path(made) / "postgres")
        yield Path(made)
        embedded.release(Path(made))


def start(shared_dir: Path) -> str:
    """Start or join the session's server, with migrated tables in its template database; return the server's URL."""
    shared_dir.mkdir(parents=True, exist_ok=True)
    with (shared_dir / "template.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        blank = blank_of(shared_dir)
        if not blank.exists():
            Cluster(blank).make()
            copy(blank, shared_dir / "postgres")
        url = embedded.start(shared_dir)
        if not asyncio.run(_has_template(url)):
            asyncio.run(execute(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))
            asyncio.run(execute(url, "CREATE DATABASE half_made"))
            migrate.upgrade(named(url, "half_made"))
            asyncio.run(execute(url, f"ALTER DATABASE half_made RENAME TO {TEMPLATE}"))
    return url


def leave(shared_dir: Path) -> None:
    """Stop using the session's server; the last one stops and removes it."""
    if embedded.release(shared_dir):
        shutil.rmtree(shared_dir, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str, template: str = TEMPLATE) -> Iterator[str]:
    """The URL of a database of one's own, dropped at the end."""
    name = f"test_{uuid.uuid4().hex}"
    asyncio.run(execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield named(server_url, name)
    finally:
        asyncio.run(execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


def named(url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def execute(url: str, *statements: str) -> None:
    """Run statements outside of any transaction."""
    connection = await _connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def fetch(url: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    """The rows of one query."""
    connection = await _connect(url)
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    parsed = make_url(url)
    return await asyncpg.connect(user=parsed.username, database=parsed.database, host=str(parsed.query["host"]))


async def _has_template(url: str) -> bool:
    return bool(await fetch(url, "SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE))
