"""Tells the logs every secret as soon as this process knows it."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service import logs, platforms
from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Session
from feedback_service.domain.supplier import Account
from feedback_service.ports.sessions import Before, Sessions

SHORTEST = 12
"""Characters of a cookie's value that can be a secret; settings such as a language are shorter."""


@dataclass(frozen=True, slots=True)
class HushedSessions:
    """The sessions of another adapter, no cookie of which ever shows in a log."""

    sessions: Sessions

    async def load(self, account: AccountId) -> Session | None:
        session = await self.sessions.load(account)
        if session is not None:
            _hush(session)
        return session

    async def save(self, account: AccountId, session: Session, instead_of: Before) -> bool:
        _hush(session)
        return await self.sessions.save(account, session, instead_of)


def _hush(session: Session) -> None:
    for cookie in session.cookies:
        if len(cookie.value) >= SHORTEST:
            logs.register_secret(cookie.value)


def register_secrets(account: Account) -> None:
    """Keep the account's secrets out of every log line."""
    public = {field.name for field in platforms.find(account.platform).SPEC.credentials if not field.secret}
    for name, value in account.credentials.items():
        if name not in public:
            logs.register_secret(value)
