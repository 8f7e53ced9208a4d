"""How much of Wildberries' request limit a backlog uses: our connector against the replica in a process of its own."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from feedback_service import platforms
from feedback_service.cli.demo.processes import running, wait_for_line
from feedback_service.cli.demo.sandbox_control import OpenedAccount, SandboxControl
from feedback_service.cli.sandbox import READY
from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.feedback import Item, Kind, fingerprint
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.transports.clock import SystemClock

PLATFORM = "wildberries"
PER_SECOND = 3.0
BURST = 6
"""The documented budget of a personal token, which the replica enforces."""
TARGET = 0.95


def run(reviews: int = 300, at_once: int = 4) -> dict[str, object]:
    """Answer `reviews` reviews, `at_once` at a time, and count what the server saw."""
    with tempfile.TemporaryDirectory(prefix="feedback-bench-") as directory:
        log = Path(directory) / "sandbox.log"
        with running(["sandbox"], log, os.environ, Path.cwd()) as sandbox:
            control = SandboxControl(wait_for_line(sandbox, log, READY))
            account = _backlog(control, reviews)
            seconds = asyncio.run(_answer_all(account, at_once))
            summary = control.ledger(entries=False)["summary"]
    return _result(summary, seconds, reviews)


def _backlog(control: SandboxControl, reviews: int) -> OpenedAccount:
    account = control.open(PLATFORM, "rate", {})
    oldest = time.time() - reviews
    customers = [
        SandboxCustomer(kind="review", created_at=oldest + number, text=f"Отзыв {number}", rating=5)
        for number in range(reviews)
    ]
    control.write(PLATFORM, account.key, customers)
    return account


async def _answer_all(account: OpenedAccount, at_once: int) -> float:
    """Seconds from the first request to the last answer, reading the backlog included."""
    access = Access(label="rate", base_url=account.base_url, credentials=account.credentials, clock=SystemClock())
    connector = platforms.find(PLATFORM).connect(access)
    began = time.monotonic()
    try:
        items = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]
        gate = asyncio.Semaphore(at_once)
        await asyncio.gather(*(_answer(connector, gate, number, item) for number, item in enumerate(items)))
        return time.monotonic() - began
    finally:
        await connector.close()


async def _answer(connector: Connector, gate: asyncio.Semaphore, number: int, item: Item) -> None:
    dispatch = Dispatch(
        id=DispatchId(number),
        feedback_id=FeedbackId(number),
        account_id=AccountId(1),
        ref=ItemRef(item.item_id, item.kind, item.created_at),
        action=Action.ANSWER,
        text="Спасибо за отзыв!",
        fingerprint=fingerprint(item),
        status=DispatchStatus.SENDING,
        revision=1,
    )
    async with gate:
        await connector.publish(dispatch)


def _result(summary: dict[str, object], seconds: float, reviews: int) -> dict[str, object]:
    statuses = summary["requests"]
    assert isinstance(statuses, dict)
    refused = int(statuses.get("429", 0))
    served = sum(statuses.values()) - refused
    share = served / (BURST + PER_SECOND * seconds)
    answered_once = summary["answered"] == reviews and summary["twice"] == 0
    return {
        "name": "rate",
        "value": round(share, 4),
        "unit": "share of all requests that the limit allows in that time, its burst included",
        "target": TARGET,
        "ok": share >= TARGET and refused == 0 and answered_once,
        "refused_429": refused,
        "requests": served,
        "seconds": round(seconds, 2),
        "answered": summary["answered"],
        "twice": summary["twice"],
        "limit": f"{PER_SECOND:g}/s, burst {BURST}",
    }
