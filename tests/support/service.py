"""The whole service as a black box: the installed command in its own processes, judged by the sandbox's ledger."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import yaml

from benchmarks._daemon import Daemon
from benchmarks._daemon import forget_faults as forget_faults
from benchmarks._daemon import until as until
from feedback_service.cli.demo.processes import wait_for_line
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.sandbox import READY
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.model import SANDBOX_KEY
from tests.support import postgres
from tests.support.commanding import ROOT, Desk, Ended, command

PLATFORM = "wildberries"
MARK = "FEEDBACK_TEST_MARK"
"""In the environment of every process that a test starts, so that what was left behind can be found."""
ALL_AUTO = {"reviews": dict.fromkeys(range(1, 6), "auto"), "questions": "auto", "stars_only": "auto"}
ALL_BY_HAND = {"reviews": dict.fromkeys(range(1, 6), "approve"), "questions": "approve", "stars_only": "approve"}
UNLIMITED = {"rate": 1e6, "burst": 1_000_000}


@dataclass
class Service:
    """A folder with its settings and suppliers file, a place on the sandbox, and everything that runs there."""

    folder: Path
    control: SandboxControl
    database_url: str
    mark: str
    settings: dict[str, str] = field(default_factory=dict)
    suppliers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def supplier(self, key: str, policy: object = None, accounts: Sequence[str] = ("main",), **options: object) -> None:
        """Add a supplier to the file, its accounts opened on the sandbox with these options of the replica."""
        self.suppliers[key] = {
            "key": key,
            "title": f"Магазин {key}",
            "policy": policy or ALL_AUTO,
            "accounts": [self._account(key, account, options) for account in accounts],
        }

    def _account(self, key: str, account: str, options: dict[str, object]) -> dict[str, object]:
        opened = self.control.open(PLATFORM, self.place(key, account), {**UNLIMITED, **options})
        self.settings[_variable(key, account)] = opened.credentials["token"]
        return {
            "key": account,
            "platform": PLATFORM,
            "base_url": opened.base_url,
            "poll_seconds": 1,
            "quiet_poll_seconds": 1,
            "credentials": {"token": f"${{{_variable(key, account)}}}"},
        }

    def renew(self, key: str, account: str = "main", **options: object) -> None:
        """Another token for an account; the suppliers file then has to be applied again."""
        self._account(key, account, options)

    def place(self, key: str, account: str = "main") -> str:
        """The account's name on the sandbox, which other tests use, too."""
        return f"{self.folder.name}-{key}-{account}"

    def apply(self, *words: str) -> Ended:
        """`suppliers apply` of the file as it is now."""
        text = yaml.safe_dump({"suppliers": list(self.suppliers.values())}, allow_unicode=True)
        self.desk.write("suppliers.yaml", text)
        ended = self.run("suppliers", "apply", "suppliers.yaml", "--yes", *words)
        assert ended.code == 0, ended.err
        return ended

    def write(self, key: str, *texts: str, rating: int | None = 5, account: str = "main") -> list[str]:
        """Let customers write; a question where there is no rating. Returns the items' ids."""
        kind = "review" if rating else "question"
        customers = [SandboxCustomer(kind, time.time() - 60, text, rating=rating, product="Чашка") for text in texts]
        return self.control.write(PLATFORM, self.place(key, account), customers)

    def backlog(self, key: str, count: int, account: str = "main") -> list[str]:
        """So many customers with words of their own."""
        return self.write(
            key, *(f"Спасибо, чашка номер {number} дошла целой" for number in range(count)), account=account
        )

    def fault(self, kind: str, key: str, account: str = "main", **fields: object) -> None:
        """Plan a misfortune of one account."""
        self.control.play({"kind": kind, "account": self.place(key, account), **fields})

    def forget_faults(self) -> None:
        """Let nothing go wrong any more."""
        forget_faults(self.control)

    def entries(self, key: str | None = None) -> list[dict[str, Any]]:
        """What the ledger says of this service's customers."""
        prefix = f"{self.folder.name}-{key or ''}"
        return [one for one in self.control.ledger()["entries"] if one["account"].startswith(prefix)]

    def entry(self, item: str) -> dict[str, Any]:
        return next(one for one in self.entries() if one["item"] == item)

    def answered(self, key: str | None = None) -> bool:
        """Whether every customer has an answer."""
        return all(one["answers"] for one in self.entries(key))

    def until_answered(self, key: str | None = None, seconds: float = 60.0) -> None:
        """Wait until every customer has an answer; raises TimeoutError telling what became of the others."""
        try:
            until("every customer is answered", lambda: self.answered(key), seconds)
        except TimeoutError as problem:
            waiting = {one["item"] for one in self.entries(key) if not one["answers"]}
            query = "SELECT item_id, status, note, text FROM feedback"
            rows = asyncio.run(postgres.fetch(self.database_url, query))
            told = [(row["status"], row["note"], row["text"][:60]) for row in rows if row["item_id"] in waiting]
            raise TimeoutError(f"{problem}: {told or waiting}") from None

    def answers(self, key: str | None = None) -> list[int]:
        """How many answers each customer would have noticed."""
        return [one["answers"] for one in self.entries(key)]

    @property
    def environment(self) -> dict[str, str]:
        return {
            MARK: self.mark,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
            "HOST_NAME": self.folder.name,
            "URL_PROXY_OPENAI": f"{self.control.url}/openai/v1",
            "OPENAI_API_KEY": SANDBOX_KEY,
            "OPENAI_CLASSIFIER_MODEL": "sandbox-small",
            "OPENAI_DRAFTER_MODEL": "sandbox-large",
            "OPENAI_REQUESTS_PER_MINUTE": "100000",
            "OPENAI_TOKENS_PER_MINUTE": "100000000",
            "LOG_FORMAT": "json",
            "IDLE_SECONDS": "0.5",
            **self.settings,
        }

    @property
    def desk(self) -> Desk:
        return Desk(self.folder, self.environment)

    def run(self, *words: str, **environment: str) -> Ended:
        """Run a command to its end."""
        return self.desk.run(*words, **environment)

    @contextmanager
    def started(self, *words: str, name: str = "service", **environment: str) -> Iterator[Daemon]:
        """A command in a session of its own; killed with all its children at the end, if it still runs."""
        log = self.folder / f"{name}.log"
        with started([*command(), *words], log, self.folder, {**self.environment, **environment}) as daemon:
            yield daemon

    @contextmanager
    def daemon(self, name: str = "service", **environment: str) -> Iterator[Daemon]:
        """`feedback-service run` with a worker for every supplier of the file; stopped in good order at the end."""
        with self.started("run", name=name, **environment) as daemon:
            until("every worker runs", lambda: daemon.workers().keys() >= self.suppliers.keys() or _ended(daemon))
            yield daemon
            assert daemon.stop() == 0

    def feedback(self, *words: str) -> list[dict[str, Any]]:
        """`feedback list --json`."""
        found: list[dict[str, Any]] = json.loads(self.run("feedback", "list", "--json", "--limit", "500", *words).out)
        return found

    def statuses(self) -> dict[str, str]:
        """Every item's status, straight from the table: for waiting, where a command each time would take too long."""
        found = asyncio.run(postgres.fetch(self.database_url, "SELECT item_id, status FROM feedback"))
        return {row["item_id"]: row["status"] for row in found}

    def number(self, item: str) -> str:
        """Our number of a platform's item."""
        return next(str(one["id"]) for one in self.feedback() if one["item"]["item_id"] == item)

    def story(self, item: str) -> dict[str, Any]:
        """`feedback show --json` of a platform's item."""
        told: dict[str, Any] = json.loads(self.run("feedback", "show", self.number(item), "--json").out)
        return told


@contextmanager
def started(words: Sequence[str], log: Path, folder: Path, environment: dict[str, str]) -> Iterator[Daemon]:
    """A process in a session of its own, its log a file; nothing of the tester's environment leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    with log.open("ab") as sink:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            cwd=folder,
            env={**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **environment},
            start_new_session=True,
        )
    try:
        yield Daemon(process, log)
    finally:
        if process.poll() is None:
            _kill_family(process)


@contextmanager
def sandbox(folder: Path, mark: str) -> Iterator[SandboxControl]:
    """A sandbox process of one's own."""
    log = folder / "sandbox.log"
    words = [*command(), "sandbox", "--model-limit", "10000000"]
    with ExitStack() as stack:
        daemon = stack.enter_context(started(words, log, folder, {MARK: mark}))
        yield SandboxControl(wait_for_line(daemon.process, log, READY))
        daemon.stop()


def left_behind(mark: str) -> list[str]:
    """The living processes that carry the mark, or one that begins with it."""
    return [f"{one.pid} {' '.join(one.cmdline())}" for one in psutil.process_iter() if _carries(one, mark)]


def end_what_is_left(mark: str) -> None:
    """Kill them."""
    for one in psutil.process_iter():
        if _carries(one, mark):
            with suppress(psutil.NoSuchProcess):
                one.kill()


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started, also in other sessions."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in family:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK, "").startswith(mark) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _ended(daemon: Daemon) -> bool:
    """Fail at once where the daemon ended by itself."""
    if daemon.process.poll() is not None:
        raise AssertionError(daemon.log.read_text("utf-8", "replace")[-2000:])
    return False


def _variable(key: str, account: str) -> str:
    return f"TOKEN_{key}_{account}".replace("-", "_").upper()
