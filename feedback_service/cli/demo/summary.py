"""Judges a run: what our database says beside what the platforms' ledger shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.ports.views import Standing

OPEN = frozenset({FeedbackStatus.COLLECTED, FeedbackStatus.CLASSIFIED, FeedbackStatus.DRAFTED, FeedbackStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of a run, or of one platform in it.

    `twice`: customers who saw more than one answer. `lost`: customers whose item never reached our database, and those
    whom we hold for answered though the platform shows no answer. `open`: still on their way.
    """

    customers: int = 0
    collected: int = 0
    answered: int = 0
    held: int = 0
    skipped: int = 0
    closed: int = 0
    open: int = 0
    twice: int = 0
    lost: int = 0

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.twice or self.lost)


def tally(standings: Iterable[Standing], entries: Sequence[Mapping[str, Any]]) -> Tally:
    """Count; `entries` are the ledger's."""
    ours: dict[tuple[str, str], FeedbackStatus] = {(one.platform, one.item_id): one.status for one in standings}
    statuses = list(ours.values())
    seen = {(entry["platform"], entry["item"]): entry for entry in entries}
    missing = sum(key not in ours for key in seen)
    unshown = sum(
        status is FeedbackStatus.ANSWERED and not seen.get(key, {}).get("answers") for key, status in ours.items()
    )
    return Tally(
        customers=len(seen),
        collected=len(ours),
        answered=statuses.count(FeedbackStatus.ANSWERED),
        held=statuses.count(FeedbackStatus.HELD),
        skipped=statuses.count(FeedbackStatus.SKIPPED),
        closed=statuses.count(FeedbackStatus.CLOSED),
        open=sum(status in OPEN for status in statuses),
        twice=sum(entry["answers"] > 1 for entry in entries),
        lost=missing + unshown,
    )


def summarise(standings: Sequence[Standing], entries: Sequence[Mapping[str, Any]], seconds: float) -> dict[str, Any]:
    """The summary that `--json` writes: all figures, in all and by platform."""
    platforms = sorted({str(entry["platform"]) for entry in entries})
    whole = tally(standings, entries)
    return {
        **asdict(whole),
        "seconds": round(seconds, 1),
        "platforms": {
            name: asdict(
                tally(
                    [one for one in standings if one.platform == name],
                    [entry for entry in entries if entry["platform"] == name],
                )
            )
            for name in platforms
        },
    }
