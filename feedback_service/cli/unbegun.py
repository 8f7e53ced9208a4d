"""What `check` and `health` say of approved answers that wait for a publisher."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.supplier import Delivery
from feedback_service.pipeline.unbegun import NOBODY, REMEDY
from feedback_service.ports.platform import Fact
from feedback_service.ports.views import Overdue, Views

if TYPE_CHECKING:
    from feedback_service.settings import Settings

SUBJECT = "publishers"
LONG = timedelta(minutes=30)
"""A publisher begins what is announced within seconds, and with a long backlog within minutes."""
LOOK_SECONDS = 4.0
"""How long `health` waits for the database: container engines give it ten seconds in all."""


async def publisher_facts(views: Views, now: datetime) -> Sequence[Fact]:
    """One fact for each account whose answers wait for longer than LONG, or that none does. Raises Retryable."""
    late = [one for one in await views.overdue(now, LONG) if _by_queue(one)]
    if late:
        return [Fact(f"{one.supplier}/{one.account} {SUBJECT}", False, finding(one, now), remedy(one)) for one in late]
    return [Fact(SUBJECT, True, f"no approved answer waits for one longer than {LONG // timedelta(minutes=1)} min")]


def warnings(settings: Settings) -> Sequence[str]:
    """The same in lines, for `health`; none where the queue is not used or the database does not tell in time."""
    if not settings.pubsub_project:
        return ()
    try:
        facts = asyncio.run(asyncio.wait_for(_look(settings), LOOK_SECONDS))
    except (FeedbackServiceError, TimeoutError):
        return ()
    return [f"WARNING: {one.subject}: {one.finding}; {one.remedy}" for one in facts if not one.ok]


async def _look(settings: Settings) -> Sequence[Fact]:
    from feedback_service.bootstrap.looks import views

    async with views(settings) as opened:
        return await publisher_facts(opened, datetime.now(UTC))


def finding(one: Overdue, now: datetime) -> str:
    answers = "answer waits" if one.count == 1 else "answers wait"
    return f"{one.count} approved {answers} for a publisher, the oldest for {_age(now - one.since)}"


def remedy(one: Overdue) -> str:
    """An account that is out of order for a reason of its own has to be mended first."""
    told = one.paused_reason
    return told if told and not told.startswith(NOBODY) else REMEDY


def _age(age: timedelta) -> str:
    hours, minutes = divmod(age // timedelta(minutes=1), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _by_queue(one: Overdue) -> bool:
    from feedback_service import platforms

    usual = platforms.find(one.platform).SPEC.deliveries[0]
    return (one.delivery or usual) is Delivery.QUEUE
