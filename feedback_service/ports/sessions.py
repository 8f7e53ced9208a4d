"""Where the sign-in of an account's browser is kept, so that every machine that drives one finds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Cookie, Session


class Whatever(Enum):
    """Stands for any session or none."""

    IS_THERE = "is there"


WHATEVER: Final = Whatever.IS_THERE
Before = datetime | None | Whatever
"""What a new session replaces: the one of that `saved_at`, None where there is none yet, WHATEVER for a new sign-in."""


class Sessions(Protocol):
    """Sessions at rest, encrypted."""

    async def load(self, account: AccountId) -> Session | None:
        """The account's session; None where nobody signed in yet. Raises Configuration where no key opens it."""
        ...

    async def save(self, account: AccountId, session: Session, instead_of: Before) -> bool:
        """Keep the session where `instead_of` is what is kept now; False, and nothing changes, where it is not.

        It is asked and kept in one step: nobody's sign-in is lost in between.
        """
        ...


class SessionKeeper(Protocol):
    """One account's session: looked up before work, and kept anew where the platform renewed it."""

    async def session(self) -> Session | None:
        """What to be signed in by. Raises AccountFault where nobody is signed in, or the session has run out."""
        ...

    async def keep(self, cookies: Sequence[Cookie]) -> datetime | None:
        """Save renewed cookies, where they are worth it; the new session's time, None where nothing was saved."""
        ...
