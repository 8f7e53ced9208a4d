"""Writes one answer, once, and says what its end means for the dispatch and for the whole account."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.confirmation import BY_HAND
from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Receipt
from feedback_service.domain.errors import AccountFault, InDoubt, MustRetract, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.redelivery import redelivery_delay
from feedback_service.pipeline.closures import wait_of
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector, PlatformSpec
from feedback_service.ports.storage import Outcome

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=5)
LONG = timedelta(seconds=30)
"""A wait beyond this that one write is told concerns the account: others are not tried meanwhile."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one write: its outcome, the wait that concerns the whole account, and the account's fault.

    Of a fault that is Unavailable only the dispatch's kind is concerned: the outcome's delay is that kind's wait.
    """

    outcome: Outcome
    halt: timedelta = timedelta(0)
    fault: AccountFault | None = None


async def write(connector: Connector, dispatch: Dispatch, clock: Clock) -> Written:
    """Publish the SENDING dispatch by one call, and turn whatever comes of it into an outcome."""
    spec = connector.spec
    left = time_left(dispatch, spec.send_window, clock)
    if left <= timedelta(0):
        log.warning("This process stood still; nothing was sent.", extra=about(dispatch, "stood_still"))
        return Written(outcome(dispatch, DispatchStatus.PENDING, "not sent in its time"))
    try:
        async with asyncio.timeout(left.total_seconds()):
            receipt = await connector.publish(dispatch)
    except (InDoubt, TimeoutError) as problem:
        because = str(problem) or f"the write was broken off after {spec.send_window}"
        log.warning("It is not known whether an answer arrived: %s", because, extra=about(dispatch, "in_doubt"))
        settle = connector.spec.redelivery.settle  # another way may have been taken meanwhile, with longer waits
        return Written(outcome(dispatch, DispatchStatus.IN_DOUBT, because, delay=settle[0]))
    except Refused as problem:
        log.warning("The platform refused an answer: %s", problem, extra=about(dispatch, "refused"))
        return Written(outcome(dispatch, DispatchStatus.REFUSED, f"refused: {problem}", FeedbackStatus.HELD))
    except MustRetract as problem:
        log.error("What was published is not what was approved: %s", problem, extra=about(dispatch, "retracting"))
        receipt = Receipt(clock.now(), problem.platform_id)
        return Written(retracting(dispatch, str(problem), receipt) if spec.retracts else _by_hand(dispatch, problem))
    except Unavailable as problem:
        return Written(_pending(dispatch, problem, wait_of(problem)), fault=problem)
    except AccountFault as problem:
        wait = wait_of(problem, PAUSE)
        return Written(_pending(dispatch, problem, wait), wait, problem)
    except Retryable as problem:
        return _again(spec, dispatch, problem)
    log.info("Sent an answer.", extra=about(dispatch, "sent"))
    return Written(
        Outcome(
            dispatch=dispatch,
            to=DispatchStatus.SENT,
            because="the platform took the answer",
            delay=connector.spec.redelivery.confirm[0],
            receipt=receipt,
        )
    )


def time_left(dispatch: Dispatch, window: timedelta, clock: Clock) -> timedelta:
    """How much of its window the write still has, by the time of day: a process may have stood still after `begin`.

    Whoever finds the window over may have given the delivery to somebody else. A clock set back adds no time.
    """
    return window if dispatch.sent_at is None else min(window, window - (clock.now() - dispatch.sent_at))


def _pending(dispatch: Dispatch, problem: AccountFault, wait: timedelta) -> Outcome:
    return outcome(dispatch, DispatchStatus.PENDING, str(problem), delay=wait)


def _by_hand(dispatch: Dispatch, problem: MustRetract) -> Outcome:
    """Where the platform takes no answer back."""
    return outcome(dispatch, DispatchStatus.REFUSED, f"{BY_HAND}: {problem}", FeedbackStatus.HELD)


def _again(spec: PlatformSpec, dispatch: Dispatch, problem: Retryable) -> Written:
    """Attempts count only where nothing says when to come back: a limit is not the answer's fault."""
    rules = spec.redelivery
    asked = timedelta(seconds=problem.retry_after or 0)
    counted = min(dispatch.attempts, rules.attempts - 1) if asked else dispatch.attempts
    delay = redelivery_delay(counted, rules, asked)
    if delay is None:
        because = f"given up after {dispatch.attempts} attempts: {problem}"
        return Written(outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD))
    halt = asked if asked > LONG else timedelta(0)
    return Written(outcome(dispatch, DispatchStatus.PENDING, str(problem), delay=delay), halt)


def retracting(dispatch: Dispatch, because: str, receipt: Receipt | None = None) -> Outcome:
    """The answer has to go from the platform again; the stage Retract sees to it."""
    return Outcome(dispatch=dispatch, to=DispatchStatus.RETRACTING, because=because, receipt=receipt)


def outcome(
    dispatch: Dispatch,
    to: DispatchStatus | None,
    because: str,
    feedback_to: FeedbackStatus | None = None,
    delay: timedelta = timedelta(0),
) -> Outcome:
    return Outcome(dispatch=dispatch, to=to, because=because, feedback_to=feedback_to, delay=delay)


def about(dispatch: Dispatch, action: str) -> dict[str, object]:
    """What a log line about one dispatch carries."""
    return {"action": action, "item": dispatch.ref.item_id, "feedback": dispatch.feedback_id}
