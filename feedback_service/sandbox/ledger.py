"""Sums up what replicas recorded and what requests they saw, as JSON that tests and people read."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from feedback_service.ports.replica import LedgerEntries, LedgerEntry

DROPPED = "dropped"
LIMITED = ("420", "429")
"""The statuses by which platforms say that there were too many requests."""
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request: when (epoch seconds), whose, what, and the status as text, or "dropped"."""

    at: float
    platform: str
    account: str | None
    method: str
    path: str
    status: str


@dataclass
class RequestLog:
    """The last requests, and counts of all by platform, account and status."""

    _kept: deque[SeenRequest] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _counts: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)

    def note(self, request: SeenRequest) -> None:
        self._kept.append(request)
        self._counts[request.platform, request.account, request.status] += 1

    def seen(self, platform: str | None = None, account: str | None = None) -> list[SeenRequest]:
        """What is kept, oldest first."""
        return [one for one in self._kept if platform in (None, one.platform) and account in (None, one.account)]

    def statuses(self, platform: str | None = None, account: str | None = None) -> dict[str, int]:
        """How often each status was given, of all requests ever seen."""
        found: Counter[str] = Counter()
        for (its_platform, its_account, status), times in self._counts.items():
            if platform in (None, its_platform) and account in (None, its_account):
                found[status] += times
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures that decide whether the promise was kept.

    `answered`: customers with at least one answer; `twice`: with more than one; `rejected`: questions turned
    away; `limited`: responses 429, or 420 where the
    platform says so.
    """

    customers: int
    answered: int
    twice: int
    rejected: int
    unanswered: int
    unknown_writes: int
    limited: int
    requests: dict[str, int]


def narrowed(ledger: LedgerEntries, platform: str | None, account: str | None) -> LedgerEntries:
    """The part of a ledger that belongs to a platform, an account, or both."""
    return LedgerEntries(
        tuple(one for one in ledger.entries if platform in (None, one.platform) and account in (None, one.account)),
        tuple(
            one for one in ledger.unknown_writes if platform in (None, one.platform) and account in (None, one.account)
        ),
    )


def joined(ledgers: Iterable[LedgerEntries]) -> LedgerEntries:
    """Several replicas' ledgers as one."""
    each = list(ledgers)
    return LedgerEntries(
        tuple(entry for one in each for entry in one.entries),
        tuple(write for one in each for write in one.unknown_writes),
    )


def summed(ledger: LedgerEntries, statuses: dict[str, int]) -> Summary:
    """The figures of a ledger."""
    answered = sum(entry.answers > 0 for entry in ledger.entries)
    rejected = sum(entry.answers == 0 and _last_effect(entry) == "reject" for entry in ledger.entries)
    return Summary(
        customers=len(ledger.entries),
        answered=answered,
        twice=sum(entry.answers > 1 for entry in ledger.entries),
        rejected=rejected,
        unanswered=len(ledger.entries) - answered - rejected,
        unknown_writes=len(ledger.unknown_writes),
        limited=sum(statuses.get(status, 0) for status in LIMITED),
        requests=statuses,
    )


def rendered(ledger: LedgerEntries) -> Iterator[dict[str, object]]:
    """Entries as JSON objects: the customer's fields stand beside the entry's own."""
    for entry in ledger.entries:
        yield {
            "platform": entry.platform,
            "account": entry.account,
            "item": entry.item,
            **asdict(entry.customer),
            "writes": [asdict(write) for write in entry.writes],
            "answers": entry.answers,
            "visible": entry.visible,
            "state": entry.state,
        }


def _last_effect(entry: LedgerEntry) -> str | None:
    return entry.writes[-1].effect if entry.writes else None
