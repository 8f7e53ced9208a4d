"""Makes the lines of `check` out of looks at an account, whatever keeps a look from its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from feedback_service.domain.errors import AccountFault, FeedbackServiceError
from feedback_service.ports.platform import Fact

Look = Callable[[], Awaitable[Fact]]
LATER = "try again later; see that base_url is right"
LATER_IN_CABINET = "try again later; see that cabinet_url is right"


def trouble(subject: str, problem: FeedbackServiceError, later: str = LATER) -> Fact:
    """What kept us from looking. `later` is the remedy where the error names none of its own."""
    if isinstance(problem, AccountFault):
        return Fact(subject, False, problem.reason, problem.remedy)
    return Fact(subject, False, str(problem), later)


async def told(subject: str, look: Look, later: str = LATER) -> Fact:
    """What the look found, or what kept it from looking."""
    try:
        return await look()
    except FeedbackServiceError as problem:
        return trouble(subject, problem, later)


async def told_in_turn(*looks: tuple[str, Look]) -> Sequence[Fact]:
    """Looks by subject, each of which needs the one before: the first trouble ends it."""
    found: list[Fact] = []
    for subject, look in looks:
        found.append(await told(subject, look))
        if not found[-1].ok:
            break
    return found
