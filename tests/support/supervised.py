"""A supervisor to be run as a process of its own: its roster reads a file, its workers behave as other files say.

`python -m tests.support.supervised FOLDER`, where FOLDER holds
settings.json  {"timing": {...}, "subreaper": bool, "before": see _before, "attendants": [name, ...]}
roster.json    the whole set, as [[supplier, epoch, fingerprint], ...]
<name>.does    what the worker of that supplier, the attendant of that name, or `roster`, does when it starts
events.jsonl   what the children did (written)
"""

import _thread
import asyncio
import contextlib
import ctypes
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from feedback_service.ports.roster import Assignment, Heartbeat, RosterWriter
from feedback_service.supervisor import Attendant, Notifier, Supervisor, Timing

_PR_SET_CHILD_SUBREAPER = 36
_POLL_SECONDS = 0.01


class Stage:
    """The folder through which a test and the children it watches talk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def settings(self) -> dict[str, object]:
        settings: dict[str, object] = json.loads((self._folder / "settings.json").read_text())
        return settings

    def roster(self) -> list[Assignment]:
        return [Assignment(*row) for row in json.loads((self._folder / "roster.json").read_text())]

    def does(self, name: str) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self._folder / f"{name}.does").read_text()
        return "live"

    def tell(self, event: str, supplier: str, **more: object) -> None:
        line = {"event": event, "supplier": supplier, "pid": os.getpid(), "at": time.monotonic(), **more}
        with (self._folder / "events.jsonl").open("ab", buffering=0) as events:
            events.write(json.dumps(line).encode() + b"\n")


class Worker:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, assignment: Assignment, heartbeat: Heartbeat) -> int:
        does = self._stage.does(
            assignment.supplier
        )  # before it is told: then the test may write what the next one does
        self._stage.tell("started", assignment.supplier, epoch=assignment.epoch, fingerprint=assignment.fingerprint)
        match does.split():
            case ["exit", code]:
                return int(code)
            case ["crash"]:
                raise ValueError("made to crash")
            case ["hang"]:
                hang_in_this_line()
            case ["hang", "stubborn"]:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                hang_in_this_line()
            case ["stop"]:
                os.kill(os.getpid(), signal.SIGSTOP)
            case ["leave", "stranger"]:
                self._leave_a_stranger(assignment.supplier)
            case ["stubborn"]:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                self._stage.tell("ignores SIGTERM", assignment.supplier)
                return asyncio.run(self._live(assignment, heartbeat, stubborn=True))
        return asyncio.run(self._live(assignment, heartbeat))

    async def _live(self, assignment: Assignment, heartbeat: Heartbeat, *, stubborn: bool = False) -> int:
        told = asyncio.Event()
        if not stubborn:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        self._stage.tell("ready", assignment.supplier, pipes=_pipes(), frozen=gc.get_freeze_count())
        while not told.is_set():
            heartbeat.beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), heartbeat.every_seconds)
        self._stage.tell("drained", assignment.supplier)
        return 0

    def _leave_a_stranger(self, supplier: str) -> None:
        """A grandchild that is orphaned at once, and ends."""
        if os.fork() == 0:
            if os.fork() == 0:
                while os.getppid() != int(os.environ["SUPERVISOR_PID"]):
                    time.sleep(_POLL_SECONDS)
                self._stage.tell("stranger", supplier)
            os._exit(0)
        os.wait()


class Roster:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._told: set[int] = set()

    def __call__(self, writer: RosterWriter, heartbeat: Heartbeat) -> int:
        for signum in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, lambda number, _frame: self._told.add(number))
        does = self._stage.does("roster")
        self._stage.tell("started", "roster", pipes=_pipes())
        match does.split(maxsplit=1):
            case ["exit", code]:
                return int(code)
            case ["fatal", reason]:
                writer.fail(reason, 78)
                return 1
            case ["hang"]:
                hang_in_this_line()
        return self._live(writer, heartbeat)

    def _live(self, writer: RosterWriter, heartbeat: Heartbeat) -> int:
        published: list[Assignment] | None = None
        while signal.SIGTERM not in self._told:
            heartbeat.beat()
            reread = signal.SIGHUP in self._told
            self._told.discard(signal.SIGHUP)
            if reread or self._stage.roster() != published:
                published = self._stage.roster()
                writer.publish(published)
                self._stage.tell("reread" if reread else "published", "roster")
            time.sleep(_POLL_SECONDS)
        self._stage.tell("drained", "roster")
        return 0


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {name: getattr(record, name, None) for name in ("action", "supplier", "pid")}
        return json.dumps({"text": record.getMessage(), "level": record.levelname, **fields})


def _attendant(stage: Stage, name: str) -> Attendant:
    """It lives like a worker, and is told of under its own name."""
    return Attendant(name, lambda heartbeat: Worker(stage)(Assignment(name, 0, ""), heartbeat))


def hang_in_this_line() -> None:
    while True:
        time.sleep(3600)


def _pipes() -> list[str]:
    """The pipes this process holds an end of."""
    targets = [os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()]
    return [Path(target).name for target in targets if "/pipe:" in target]


def _before(kind: object) -> Callable[[], object]:
    """What a careless program could have done before it starts its supervisor."""
    match kind:
        case "thread":
            return _start_thread
        case "native thread":
            return _start_native_thread
        case "open loop":
            return lambda: _KEPT.append(asyncio.new_event_loop())
        case "closed loop":
            return lambda: asyncio.run(asyncio.sleep(0))
        case "thread on SIGUSR2":
            return lambda: signal.signal(signal.SIGUSR2, lambda *_: _start_thread())
    return lambda: None


def _start_thread() -> None:
    threading.Thread(target=hang_in_this_line, name="careless", daemon=True).start()


def _start_native_thread() -> None:
    """A thread that Python's own list of threads does not know."""
    _thread.start_new_thread(hang_in_this_line, ())


_KEPT: list[asyncio.AbstractEventLoop] = []


def main(folder: str) -> int:
    stage = Stage(Path(folder))
    settings = stage.settings()
    logs = logging.StreamHandler()
    logs.setFormatter(JsonLines())
    logging.basicConfig(handlers=[logs], level=logging.INFO)
    os.environ["SUPERVISOR_PID"] = str(os.getpid())
    if settings.get("subreaper"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    timing = Timing(**settings["timing"])  # type: ignore[arg-type]  # written by the test
    attendants = [_attendant(stage, str(name)) for name in settings.get("attendants", ())]  # type: ignore[attr-defined]
    supervisor = Supervisor(Worker(stage), Roster(stage), timing, Notifier.from_environment(), attendants)
    _before(settings.get("before"))()
    if settings.get("before") == "loop":

        async def careless() -> int:
            return supervisor.run()

        return asyncio.run(careless())
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
