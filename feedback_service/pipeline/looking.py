"""Looks at the items of several dispatches, kind by kind, as their numbers and the right to see them may differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.redelivery import Redelivery
from feedback_service.pipeline.writing import PAUSE, outcome
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Outcome

UNSEEN = "its item cannot be looked at: out of reach, or of a kind that the account's subscription lacks"

Problem = Retryable | AccountFault


@dataclass(frozen=True, slots=True)
class Around:
    """What a look at several kinds showed, and what kept it from the other kinds; `blind`: from all of them.

    What is neither found nor of a kind with a problem is shown too far down to be reached.
    """

    found: Mapping[DispatchId, Sighting]
    problems: Mapping[Kind, Problem]
    blind: bool = False

    @property
    def outages(self) -> Mapping[Kind, Problem]:
        """Kinds that could be seen again soon: nothing is known of their items, and no look is counted."""
        return {kind: one for kind, one in self.problems.items() if not isinstance(one, Unavailable)}

    @property
    def fault(self) -> AccountFault | None:
        """What is wrong with the whole account: nothing at all could be seen, and not for a subscription's sake."""
        faults = [one for one in self.outages.values() if isinstance(one, AccountFault)]
        return faults[0] if faults and self.blind else None


async def look_around(connector: Collector, dispatches: Sequence[Dispatch]) -> Around:
    """What stands on the platform for each dispatch; what is wrong with one kind leaves the others alone."""
    found: dict[DispatchId, Sighting] = {}
    problems: dict[Kind, Problem] = {}
    kinds = dict.fromkeys(one.ref.kind for one in dispatches)
    for kind in kinds:
        mine = [one for one in dispatches if one.ref.kind is kind]
        try:
            sightings = await connector.sight([one.ref for one in mine])
        except (Retryable, AccountFault) as problem:
            problems[kind] = problem
            continue
        found |= {one.id: sightings[one.ref.item_id] for one in mine if one.ref.item_id in sightings}
    return Around(found, problems, blind=len(problems) == len(kinds))


async def look(connector: Collector, dispatches: Sequence[Dispatch]) -> Mapping[DispatchId, Sighting]:
    """What could be seen. Raises Retryable or AccountFault where that is nothing."""
    around = await look_around(connector, dispatches)
    if around.problems and not around.found:
        raise around.fault or next(iter(around.outages.values()), None) or next(iter(around.problems.values()))
    return around.found


def unseen(dispatch: Dispatch, rules: Redelivery, now: datetime) -> Outcome:
    """What becomes of a dispatch that was left out: it waits, and after `give_up` a person is told."""
    if _waited(dispatch, now) < rules.give_up:
        return outcome(dispatch, None, UNSEEN, delay=PAUSE)
    because = f"for {rules.give_up} {UNSEEN}"
    if dispatch.status is not DispatchStatus.PENDING:
        because = f"see on the platform whether our answer stands there: {because}"
    return outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)


def given_back(dispatch: Dispatch, because: str, delay: timedelta) -> Outcome:
    """A claim given back; no look is counted, as nothing was seen or decided."""
    return Outcome(dispatch=dispatch, to=None, because=because, delay=delay, forgive=True)


def _waited(dispatch: Dispatch, now: datetime) -> timedelta:
    """Since the write; where none was made, by the looks that were in vain."""
    if dispatch.status is DispatchStatus.PENDING or dispatch.sent_at is None:
        return dispatch.looks * PAUSE
    return now - dispatch.sent_at
