"""The two transition tables: what may become of a feedback, and of a dispatch."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.domain.dispatch import DispatchStatus as D
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus as F

FEEDBACK: Mapping[F, frozenset[F]] = {
    F.COLLECTED: frozenset({F.CLASSIFIED, F.SKIPPED, F.HELD, F.CLOSED}),
    F.CLASSIFIED: frozenset({F.DRAFTED, F.SKIPPED, F.HELD, F.CLOSED, F.COLLECTED}),
    F.DRAFTED: frozenset({F.APPROVED, F.HELD, F.CLASSIFIED, F.SKIPPED, F.CLOSED, F.COLLECTED}),
    F.HELD: frozenset({F.APPROVED, F.HELD, F.CLASSIFIED, F.SKIPPED, F.CLOSED, F.COLLECTED}),
    F.APPROVED: frozenset({F.ANSWERED, F.HELD, F.CLOSED, F.COLLECTED}),
    F.ANSWERED: frozenset({F.COLLECTED, F.APPROVED, F.HELD, F.CLOSED}),
    F.SKIPPED: frozenset({F.COLLECTED, F.CLASSIFIED, F.HELD, F.CLOSED}),
    F.CLOSED: frozenset({F.COLLECTED}),
}
"""HELD → HELD is a person's new wording that still waits; CLOSED is "somebody else answered" or "the item is gone"."""

DISPATCH: Mapping[D, frozenset[D]] = {
    D.PENDING: frozenset({D.SENDING, D.WITHDRAWN, D.CLOSED, D.REFUSED}),
    D.SENDING: frozenset({D.SENT, D.IN_DOUBT, D.PENDING, D.REFUSED, D.RETRACTING}),
    D.IN_DOUBT: frozenset({D.SENT, D.CONFIRMED, D.PENDING, D.REFUSED, D.CLOSED, D.RETRACTING}),
    D.SENT: frozenset({D.CONFIRMED, D.REFUSED, D.CLOSED, D.RETRACTING}),
    D.CONFIRMED: frozenset({D.RETRACTING}),
    D.RETRACTING: frozenset({D.RETRACTED, D.REFUSED}),
    D.RETRACTED: frozenset(),
    D.REFUSED: frozenset(),
    D.WITHDRAWN: frozenset(),
    D.CLOSED: frozenset(),
}
"""SENDING → PENDING only where the platform itself said that nothing was written; otherwise the road is IN_DOUBT.

RETRACTING is an answer that has to go from the platform again (an edit: back to the text before); the platform may be
asked for it any number of times, as taking away what is gone changes nothing."""

LIVE_DISPATCH = frozenset({D.PENDING, D.SENDING, D.IN_DOUBT, D.SENT, D.RETRACTING})
"""A feedback has at most one dispatch in these states: the database enforces it by a unique index."""


def check_feedback(old: F, new: F) -> None:
    """Raise NotAllowed unless the feedback table has the transition."""
    if new not in FEEDBACK[old]:
        raise NotAllowed(f"a feedback that is {old} cannot become {new}")


def check_dispatch(old: D, new: D) -> None:
    """Raise NotAllowed unless the dispatch table has the transition."""
    if new not in DISPATCH[old]:
        raise NotAllowed(f"a dispatch that is {old} cannot become {new}")
