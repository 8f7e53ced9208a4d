"""What `check` reports about an Ozon account that is worked with in the cabinet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.ozon.cabinet.desk import Desk
from feedback_service.ports.facts import LATER_IN_CABINET, trouble
from feedback_service.ports.platform import Fact, PlatformSpec

T = TypeVar("T")
SECONDS = 50.0


class Run(Protocol):
    """Runs a piece of work on the browser's page."""

    def __call__(self, work: Callable[[Desk], T], seconds: float) -> Awaitable[T]: ...


async def of_cabinet(spec: PlatformSpec, run: Run) -> Sequence[Fact]:
    """Enter the cabinet once, and count what waits."""
    caveat = spec.cabinet.caveat if spec.cabinet else ""
    known = Fact("cabinet", True, caveat)
    try:
        unseen = await run(_count, SECONDS)
    except FeedbackServiceError as problem:
        return [known, trouble("session", problem, LATER_IN_CABINET)]
    return [known, Fact("session", True, f"signed in; {unseen} reviews have not been opened yet")]


def _count(desk: Desk) -> int:
    desk.enter(Kind.REVIEW)
    return desk.calls.unseen()
