"""A running sandbox, and a desk whose supplier sells there: the whole service as its users have it, on one machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feedback_service.cli.demo.processes import running, wait_for_line
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.sandbox import READY
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.model import SANDBOX_KEY
from feedback_service.storage import embedded
from tests.support import postgres
from tests.support.commanding import ROOT, Desk

PLATFORM = "wildberries"
SUPPLIERS = """
suppliers:
  - key: lapka
    title: Лапка и Ко
    voice: {{signature: Команда «Лапка»}}
    policy: {{reviews: {{1: approve, 2: approve, 3: approve, 4: auto, 5: auto}}, questions: approve}}
    stop_words: [бракованный]
    accounts:
      - {{key: main, platform: wildberries, base_url: "{base_url}", credentials: {{token: "${{WB_TOKEN}}"}}}}
"""


@dataclass(frozen=True)
class Marketplace:
    """The sandbox's control, and a desk that is set up to answer there."""

    control: SandboxControl
    desk: Desk
    account: str = "lapka-main"
    options: dict[str, object] = field(default_factory=lambda: {"rate": 1e6, "burst": 1_000_000})

    def open(self, **options: object) -> None:
        """Open the account anew, with these options of the replica, and write the desk's files for it."""
        opened = self.control.open(PLATFORM, self.account, {**self.options, **options})
        settings = {
            "URL_PROXY_OPENAI": f"{self.control.url}/openai/v1",
            "OPENAI_API_KEY": SANDBOX_KEY,
            "OPENAI_CLASSIFIER_MODEL": "sandbox-small",
            "OPENAI_DRAFTER_MODEL": "sandbox-large",
            "OPENAI_REQUESTS_PER_MINUTE": "5000",
            "OPENAI_TOKENS_PER_MINUTE": "2000000",
            "WB_TOKEN": opened.credentials["token"],
        }
        self.desk.write(".env", "".join(f"{name}={value}\n" for name, value in settings.items()))
        self.desk.write("suppliers.yaml", SUPPLIERS.format(base_url=opened.base_url))

    def customer(self, text: str, rating: int | None = 5, **more: Any) -> str:
        """Let a customer write; a question where there is no rating. Returns the item's id."""
        kind = "review" if rating else "question"
        written = SandboxCustomer(kind, time.time() - 60, text, rating=rating, **more)
        return self.control.write(PLATFORM, self.account, [written])[0]

    def seen(self, item: str) -> dict[str, Any]:
        """What the sandbox's ledger says of one item."""
        entry: dict[str, Any] = next(one for one in self.control.ledger()["entries"] if one["item"] == item)
        return entry


@contextmanager
def open_marketplace(folder: Path, blank_cluster: Path) -> Iterator[Marketplace]:
    """Start the sandbox; the desk's embedded database stays up between its commands, which saves their starts."""
    log = folder / "sandbox.log"
    desk = Desk(folder / "desk")
    desk.folder.mkdir()
    data_dir = desk.folder / "data"
    postgres.copy(blank_cluster, data_dir / "postgres")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with running(["sandbox"], log, environment, folder) as process:
        marketplace = Marketplace(SandboxControl(wait_for_line(process, log, READY)), desk)
        embedded.start(data_dir)
        try:
            yield marketplace
        finally:
            embedded.release(data_dir)
