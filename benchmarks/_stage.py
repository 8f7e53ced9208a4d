"""What every benchmark that runs the real service needs: a sandbox, a database, suppliers, an environment."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from feedback_service import bootstrap
from feedback_service.cli.demo.processes import running, wait_for_line
from feedback_service.cli.demo.sandbox_control import OpenedAccount, SandboxControl
from feedback_service.cli.sandbox import READY
from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Account, AnswerPolicy, Decision, Supplier
from feedback_service.sandbox.model import SANDBOX_KEY
from feedback_service.settings import Settings

PLATFORM = PlatformKey("wildberries")
EVERYTHING_AUTO = AnswerPolicy(
    reviews=dict.fromkeys(range(1, 6), Decision.AUTO), questions=Decision.AUTO, stars_only=Decision.AUTO
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox that listens, a migrated database, and a directory for logs."""

    control: SandboxControl
    site: bootstrap.Site
    directory: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What `feedback-service run` is to be given."""
        settings = self.site.settings
        return {
            **os.environ,
            "DATABASE_URL": "",
            "DATA_DIR": str(settings.data_dir),
            "URL_PROXY_OPENAI": settings.url_proxy_openai,
            "OPENAI_API_KEY": SANDBOX_KEY,
            "OPENAI_CLASSIFIER_MODEL": settings.openai_classifier_model,
            "OPENAI_DRAFTER_MODEL": settings.openai_drafter_model,
            "OPENAI_REQUESTS_PER_MINUTE": str(settings.openai_requests_per_minute),
            "OPENAI_TOKENS_PER_MINUTE": str(settings.openai_tokens_per_minute),
            "OPENAI_PRICES": settings.openai_prices,
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "WARNING",
        }

    def apply(self, suppliers: Sequence[Supplier]) -> None:
        """Store the suppliers."""

        async def store() -> None:
            async with bootstrap.database(self.site) as db:
                await db.suppliers.apply(suppliers)

        asyncio.run(store())


@contextmanager
def stage() -> Iterator[Stage]:
    """Set up, and tear down again; nothing is left."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedback-bench-")))
        log = directory / "sandbox.log"
        words = ["sandbox", "--model-limit", "10000000"]
        sandbox = stack.enter_context(running(words, log, os.environ, directory))
        control = SandboxControl(wait_for_line(sandbox, log, READY))
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
            data_dir=directory / "data",
            url_proxy_openai=f"{control.url}/openai/v1",
            openai_api_key=SANDBOX_KEY,
            openai_classifier_model="sandbox-small",
            openai_drafter_model="sandbox-large",
            openai_requests_per_minute=10_000_000,
            openai_tokens_per_minute=10_000_000_000,
            openai_prices="sandbox-small=0.25/2, sandbox-large=0.25/2",
            lease_seconds=3600,
        )
        site = bootstrap.prepare(settings)
        stack.callback(bootstrap.put_away, site)
        yield Stage(control, site, directory)


def supplier(key: str, opened: OpenedAccount, policy: AnswerPolicy = EVERYTHING_AUTO) -> Supplier:
    """A supplier with one account."""
    account = Account(
        id=AccountId(0),
        key=AccountKey("main"),
        supplier=SupplierKey(key),
        platform=PLATFORM,
        base_url=opened.base_url,
        credentials=opened.credentials,
    )
    return Supplier(key=SupplierKey(key), title=key, policy=policy, accounts=(account,))


def wait_until(what: str, condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Poll the condition; raises TimeoutError naming what did not come about."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
