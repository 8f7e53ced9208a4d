"""A demo whose answers do not get through ends by its deadline: a real sandbox and database, a service that hangs."""

from __future__ import annotations

import asyncio
import io
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.command import Wishes
from feedback_service.cli.demo.run import report
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.demo.shops import Market
from feedback_service.cli.demo.watch import Scene, watch
from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import AccountId, AccountKey, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.world import World
from feedback_service.settings import Settings
from tests.support.service import sandbox

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]
WILDBERRIES, ACME = PlatformKey("wildberries"), SupplierKey("acme")


@pytest.fixture
def control(tmp_path: Path, mark: str) -> Iterator[SandboxControl]:
    """A sandbox of its own: whose customers are counted there must be nobody else's."""
    with sandbox(tmp_path, mark) as control:
        yield control


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> bootstrap.Site:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
        data_dir=tmp_path,
        database_url=SecretStr(database_url),
    )
    return bootstrap.prepare(settings)


@pytest.fixture
def hanging() -> Iterator[subprocess.Popen[bytes]]:
    """A service that does nothing."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def test_what_hangs_is_ended_by_the_deadline_and_told(
    tmp_path: Path, control: SandboxControl, site: bootstrap.Site, hanging: subprocess.Popen[bytes]
) -> None:
    control.open(WILDBERRIES, "acme-main", {})
    customer = SandboxCustomer("review", time.time() - 60, "Чашка дошла целой", rating=5)
    (item,) = control.write(WILDBERRIES, "acme-main", [customer])
    asyncio.run(_collected(site, item))
    scene = Scene(Market(control, World(), {}), hanging, site, time.monotonic())
    console = Console(file=io.StringIO(), width=120)

    summary = watch(scene, Wishes(tmp_path, once=True, deadline=1.0), console)
    report(summary, console)

    assert (summary["in_time"], summary["open"], summary["lost"]) == (False, 1, 0)
    assert hanging.poll() is not None
    assert isinstance(console.file, io.StringIO)
    assert "demo: the deadline passed; still open: acme/main: 1 collected" in console.file.getvalue()


async def _collected(site: bootstrap.Site, item: str) -> None:
    """The customer as our database has it after a collection."""
    account = Account(
        id=AccountId(0), key=AccountKey("main"), supplier=ACME, platform=WILDBERRIES, credentials={"token": "made-up"}
    )
    async with bootstrap.database(site) as db:
        await db.suppliers.apply([Supplier(key=ACME, title="Acme", accounts=(account,))])
        kept = (await db.suppliers.load(ACME)).accounts[0]
        review = Review(item_id=ItemId(item), created_at=db.clock.now(), rating=5, text="Чашка дошла целой")
        await db.for_supplier(ACME, None).feedback.record(kept.id, [review], reopen_edited=True)
