"""Knows which passages of one account are closed, as storage keeps it: whichever process met one, it is said once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.identity import AccountId
from feedback_service.domain.passage import Closure, Passage
from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import Accounts

ASK_AGAIN = timedelta(hours=1)
"""Until a closed passage is tried again, where the platform names no time: a subscription may have been bought."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Closures:
    """Without `accounts` nothing is kept beyond the process; without a clock a closure lasts as long as that.

    `met` are all that were ever known to this process: what was written by another way meanwhile may still be in doubt.
    """

    account: AccountId | None = None
    accounts: Accounts | None = None
    clock: Clock | None = None
    known: dict[Passage, Closure] = field(default_factory=dict)
    met: set[Passage] = field(default_factory=set)
    loaded: bool = False

    async def load(self) -> None:
        """Learn what earlier processes met; asks once. Raises Retryable where the database is away."""
        if self.loaded or self.accounts is None or self.account is None:
            return
        for closure in await self.accounts.closed_ways(self.account):
            self.known.setdefault(closure.passage, closure)
            self.met.add(closure.passage)
        self.loaded = True

    def unkept(self) -> Closures:
        """The same for a look that must change nothing: what it meets is not kept."""
        return replace(self, account=None, accounts=None, known=dict(self.known), met=set(self.met))

    def is_shut(self, passage: Passage) -> bool:
        """Whether it is closed, and not yet worth another try."""
        closure = self.known.get(passage)
        return closure is not None and (self.clock is None or self.clock.now() < closure.ask_at)

    def left(self, passage: Passage) -> timedelta:
        """How long until a passage that is shut is worth another try."""
        closure = self.known.get(passage)
        if closure is None or self.clock is None:
            return timedelta(0)
        return max(timedelta(0), closure.ask_at - self.clock.now())

    async def close(self, passage: Passage, problem: AccountFault) -> bool:
        """Note that the platform does not open the passage; True where that is news."""
        wait, now = wait_of(problem), self.clock.now() if self.clock else LONG_AGO
        before = self.known.get(passage)
        since = before.since if before else now
        self.known[passage] = Closure(passage=passage, reason=str(problem), since=since, ask_at=now + wait)
        self.met.add(passage)
        if self.accounts is None or self.account is None:
            return before is None
        return await self.accounts.close_way(self.account, passage, str(problem), wait)

    async def open(self, passage: Passage) -> bool:
        """Note that the passage is open; True where that is news. Costs nothing where it was not known to be closed."""
        if passage not in self.known:
            return False
        news = True
        if self.accounts is not None and self.account is not None:
            news = await self.accounts.open_way(self.account, passage)
        self.known.pop(passage, None)
        return news


def wait_of(problem: AccountFault, usual: timedelta = ASK_AGAIN) -> timedelta:
    """When it is worth asking again."""
    return usual if problem.retry_after is None else timedelta(seconds=problem.retry_after)
