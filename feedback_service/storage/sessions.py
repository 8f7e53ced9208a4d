"""Keeps the sign-in of each account's browser, encrypted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Cookie, Session
from feedback_service.ports.sessions import WHATEVER, Before
from feedback_service.storage.engine import transaction
from feedback_service.storage.scope import WORK_CHANNEL
from feedback_service.storage.secrets import Vault
from feedback_service.storage.tables import account, account_session, supplier

COOKIES = "cookies"
"""The name under which the vault holds them all as one secret."""


@dataclass(frozen=True, slots=True)
class PostgresSessions:
    """Fulfils the port Sessions."""

    engine: AsyncEngine
    vault: Vault

    async def load(self, account: AccountId) -> Session | None:
        found = sa.select(account_session).where(account_session.c.account_id == account)
        async with transaction(self.engine) as connection:
            row = (await connection.execute(found)).mappings().one_or_none()
        if row is None:
            return None
        cookies = json.loads(self.vault.open(row["sealed"])[COOKIES])
        return Session(cookies=tuple(_to_cookie(one) for one in cookies), saved_at=row["saved_at"])

    async def save(self, account: AccountId, session: Session, instead_of: Before) -> bool:
        """The supplier's worker hears of it where it was saved."""
        sealed = self.vault.seal({COOKIES: json.dumps([_from_cookie(one) for one in session.cookies])})
        values = {"sealed": sealed, "saved_at": session.saved_at}
        async with transaction(self.engine) as connection:
            saved = (await connection.execute(_saving(account, values, instead_of))).rowcount > 0
            if saved:
                await connection.execute(sa.select(sa.func.pg_notify(WORK_CHANNEL, _supplier_of(account))))
        return saved


async def rotate_sessions(connection: AsyncConnection, vault: Vault) -> None:
    """Seal every session under the first key. Raises Configuration where none of the keys fits one."""
    rows = (await connection.execute(sa.select(account_session).with_for_update())).all()
    for row in rows:
        fresh = sa.update(account_session).where(account_session.c.account_id == row.account_id)
        await connection.execute(fresh.values(sealed=vault.rotate(row.sealed)))


def _saving(one: AccountId, values: dict[str, object], instead_of: Before) -> sa.Insert | sa.Update:
    """The one statement that keeps the session, or changes no row."""
    if isinstance(instead_of, datetime):
        known = (account_session.c.account_id == one) & (account_session.c.saved_at == instead_of)
        return sa.update(account_session).where(known).values(values)
    first = insert(account_session).values(account_id=one, **values)
    if instead_of is WHATEVER:
        return first.on_conflict_do_update(index_elements=["account_id"], set_=values)
    return first.on_conflict_do_nothing(index_elements=["account_id"])


def _supplier_of(one: AccountId) -> sa.ScalarSelect[str]:
    joined = sa.select(supplier.c.key).join(account, account.c.supplier_id == supplier.c.id)
    return joined.where(account.c.id == one).scalar_subquery()


def _from_cookie(cookie: Cookie) -> dict[str, Any]:
    expires_at = cookie.expires_at.isoformat() if cookie.expires_at else None
    return {**asdict(cookie), "expires_at": expires_at}


def _to_cookie(json: dict[str, Any]) -> Cookie:
    expires_at = datetime.fromisoformat(json["expires_at"]) if json["expires_at"] else None
    return Cookie(**{**json, "expires_at": expires_at})
