"""The cookies by which a browser is signed in to a seller's cabinet, and how long they last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SOON = timedelta(days=1)
"""How long before its end a person is told of it."""
MOMENT = "%Y-%m-%d %H:%M UTC"
"""How an end is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie; its value never shows itself. `expires_at` None lasts as long as the browser runs."""

    name: str
    value: str = field(repr=False)
    domain: str
    path: str = "/"
    expires_at: datetime | None = None
    secure: bool = True
    http_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What signs an account in, as it was at `saved_at`; a newer one replaces it as a whole."""

    cookies: tuple[Cookie, ...]
    saved_at: datetime

    def expires_at(self, names: Collection[str]) -> datetime | None:
        """When the first of the named cookies runs out; None where none of them says."""
        moments = [one.expires_at for one in self.cookies if one.name in names and one.expires_at is not None]
        return min(moments, default=None)

    def ends_soon(self, names: Collection[str], now: datetime) -> datetime | None:
        """When the session ends, where that is soon; None where it lasts longer or its cookies name no date."""
        until = self.expires_at(names)
        return until if until is not None and until - now < SOON else None

    def missing(self, names: Collection[str], now: datetime) -> list[str]:
        """The named cookies that are not there, or have run out, in the order of the names."""
        alive = {one.name for one in self.cookies if one.expires_at is None or one.expires_at > now}
        return [name for name in names if name not in alive]
