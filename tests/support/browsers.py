"""Browser pools for tests: a real Chromium, sessions in memory, and looks at the processes that run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Cookie, Session
from feedback_service.ports.platform import CabinetSpec
from feedback_service.ports.sessions import WHATEVER, Before
from feedback_service.transports.browser import keeper
from feedback_service.transports.browser.config import BrowserConfig, Limits
from feedback_service.transports.browser.pool import BrowserPool
from feedback_service.transports.clock import SystemClock

needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="Chromium and its driver are missing: run scripts/install-system-packages",
)
LIMITS = Limits(start=40, load=10, look=5, margin=1)
CABINET = CabinetSpec(
    url="https://seller.bazaar.example/", sites=("bazaar.example",), cookies=("__Secure-token",), caveat="made up"
)
ACCOUNT = AccountId(7)
LABEL = "acme/bazaar"


@dataclass
class MemorySessions:
    """Fulfils Sessions."""

    session: Session | None = None
    saved: list[Session] = field(default_factory=list)

    async def load(self, account: AccountId) -> Session | None:
        return self.session

    async def save(self, account: AccountId, session: Session, instead_of: Before) -> bool:
        kept = self.session.saved_at if self.session else None
        if instead_of is not WHATEVER and instead_of != kept:
            return False
        self.session = session
        self.saved.append(session)
        return True


def signed_in(value: str = "first-token", **more: object) -> Session:
    """A session with what CABINET needs, for an hour."""
    now = datetime.now(UTC)
    token = Cookie(
        name="__Secure-token",
        value=value,
        domain=".bazaar.example",
        expires_at=now + timedelta(hours=1),
        http_only=True,
    )
    return Session(cookies=(token, *more.get("besides", ())), saved_at=now)  # type: ignore[misc]


def config_for(directory: Path, **changes: object) -> BrowserConfig:
    return BrowserConfig(**{"data_dir": directory, "limits": LIMITS, **changes})  # type: ignore[arg-type]


@asynccontextmanager
async def pool_of(config: BrowserConfig, sessions: MemorySessions) -> AsyncIterator[BrowserPool]:
    """A pool that is closed, and that has left no process."""
    pool = BrowserPool(config, sessions, SystemClock())
    try:
        yield pool
    finally:
        await pool.close()
        assert not running(config.data_dir)


def running(data_dir: Path) -> list[int]:
    """Every process of any browser below the directory."""
    return [
        pid for lock in data_dir.glob("browsers/*/*/*/lock") for pid in keeper.processes(str(lock.parent.resolve()))
    ]
