"""Where the sign-in of an account's browser is kept, so that every machine that drives one finds it."""

from __future__ import annotations

from typing import Protocol

from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Session


class Sessions(Protocol):
    """Sessions at rest, encrypted."""

    async def load(self, account: AccountId) -> Session | None:
        """The account's session; None where nobody signed in yet. Raises Configuration where no key opens it."""
        ...

    async def save(self, account: AccountId, session: Session) -> None:
        """Keep the session instead of the one before."""
        ...
