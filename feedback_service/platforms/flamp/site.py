"""Asks Flamp's hosts, no faster than a careful person would: no limit of it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from feedback_service.platforms.flamp.refusals import retry_after, status_of
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http, Limits
from feedback_service.transports.throttle import Budget, Throttle

DOMAIN = "flamp.ru"
HOME = f"https://{DOMAIN}"
LIMITS = Limits(connect=10.0, silence=20.0, total=25.0, at_once=4)
BUDGET = Budget(1.0, 6)
"""One public client waits for seven seconds between pages of one filial; one of six calls is kept in reserve."""
QUEUE = 12.0
"""Seconds that a call may wait for its turn."""


@dataclass(slots=True)
class Site:
    """Every host of flamp.ru that is asked for one account; where `home` is another address, all of them lie below it.

    Pages of a company lie on its city's host, the API on the domain's own.
    """

    home: str
    clock: Clock
    _doors: dict[str, Http] = field(default_factory=dict)
    _throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self._throttle = Throttle(BUDGET, self.clock)

    async def exchange(self, call: Call, host: str = "") -> Answer:
        """Send the call once, when it is its turn, to `host` (empty: home). Raises Retryable."""
        await self._throttle.acquire(QUEUE)
        answer = await self._door(host or self.home).exchange(call)
        if status_of(answer) == 429:
            self._throttle.penalise(retry_after(answer))
        else:
            # The limit is our own, so nobody tells what is left of it: the first answer opens it, later ones nothing.
            self._throttle.synchronise(float(BUDGET.burst - 1))
        return answer

    def target(self, host: str, path: str, location: str) -> tuple[str, str] | None:
        """The host and path to which a redirect leads from a page; None where that is not Flamp any more."""
        try:
            url = urljoin(f"{host}{path}", location)
            parts = urlsplit(url)
            name, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        if url.startswith(f"{self.home}/"):
            return self.home, url.removeprefix(self.home)
        if port is not None or not (name == DOMAIN or name.endswith(f".{DOMAIN}")):
            return None
        place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return (f"https://{name}" if self.home == HOME else self.home), place

    async def close(self) -> None:
        for door in self._doors.values():
            await door.close()
        self._doors.clear()

    def _door(self, host: str) -> Http:
        if host not in self._doors:
            self._doors[host] = Http(host, {}, LIMITS)
        return self._doors[host]
