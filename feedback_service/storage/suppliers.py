"""The suppliers' configuration in the database: declared as a whole, changed only where it differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Configuration
from feedback_service.domain.identity import AccountId, SupplierKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.suppliers import SupplierChange
from feedback_service.storage.configuration import from_account, from_supplier, to_supplier
from feedback_service.storage.differences import supplier_lines
from feedback_service.storage.engine import transaction
from feedback_service.storage.scope import SUPPLIERS_CHANNEL
from feedback_service.storage.secrets import Vault
from feedback_service.storage.sessions import rotate_sessions
from feedback_service.storage.tables import account, closed_way, dispatch, supplier

ONE_AT_A_TIME = 0x73757070
"""The advisory lock under which configurations are applied."""
UNREADABLE = {"": "unreadable"}
"""Stands for stored credentials that no key decrypts: unlike any real ones, so that applying writes them anew."""


@dataclass(frozen=True, slots=True)
class PostgresSuppliers:
    """Fulfils the port Suppliers."""

    engine: AsyncEngine
    vault: Vault

    async def plan(self, wanted: Sequence[Supplier]) -> Sequence[SupplierChange]:
        async with transaction(self.engine) as connection:
            return _changes(await self._stored(connection), wanted)

    async def apply(self, wanted: Sequence[Supplier]) -> Sequence[SupplierChange]:
        async with transaction(self.engine) as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            stored = await self._stored(connection)
            changes = _changes(stored, wanted)
            touched = {change.supplier for change in changes}
            for one in wanted:
                if one.key in touched:
                    await self._write(connection, one, stored.get(one.key))
            await _switch_off(connection, touched - {one.key for one in wanted})
            for key in sorted(touched):
                await connection.execute(sa.select(sa.func.pg_notify(SUPPLIERS_CHANNEL, key)))
        return changes

    async def load(self, key: SupplierKey) -> Supplier:
        async with transaction(self.engine) as connection:
            row = await _row(connection, key)
            if row is None:
                raise Configuration(f"supplier {key!r} is not in the database; run `suppliers apply`")
            return to_supplier(row, await _account_rows(connection, row["id"]), self.vault)

    async def keys_and_fingerprints(self) -> Mapping[SupplierKey, str]:
        found = sa.select(supplier.c.key, supplier.c.revision).where(supplier.c.active).order_by(supplier.c.key)
        async with transaction(self.engine) as connection:
            return {SupplierKey(row.key): str(row.revision) for row in await connection.execute(found)}

    async def renew(self, key: SupplierKey, one: AccountId) -> None:
        """An account of the supplier was signed in anew: its worker starts afresh, and what waited is due at once."""
        pending = sa.and_(dispatch.c.account_id == one, dispatch.c.status == DispatchStatus.PENDING)
        async with transaction(self.engine) as connection:
            await connection.execute(sa.update(dispatch).where(pending).values(not_before=sa.func.now()))
            await connection.execute(_ask_again(one))
            await connection.execute(_unproven(one))
            touched = sa.update(supplier).where(supplier.c.key == key).values(revision=supplier.c.revision + 1)
            await connection.execute(touched)
            await connection.execute(sa.select(sa.func.pg_notify(SUPPLIERS_CHANNEL, key)))

    async def rotate(self) -> int:
        async with transaction(self.engine) as connection:
            found = sa.select(account.c.id, account.c.credentials).order_by(account.c.id).with_for_update()
            rows = (await connection.execute(found)).all()
            for row in rows:
                fresh = self.vault.rotate(row.credentials)
                await connection.execute(sa.update(account).where(account.c.id == row.id).values(credentials=fresh))
            await rotate_sessions(connection, self.vault)
        return len(rows)

    async def _stored(self, connection: AsyncConnection) -> dict[SupplierKey, Supplier]:
        """What is switched on, also where its credentials cannot be read."""
        rows = (await connection.execute(sa.select(supplier).where(supplier.c.active))).mappings().all()
        found = {}
        for row in rows:
            accounts = await _account_rows(connection, row["id"])
            found[SupplierKey(row["key"])] = to_supplier(row, accounts, _Lenient(self.vault))
        return found

    async def _write(self, connection: AsyncConnection, one: Supplier, old: Supplier | None) -> None:
        values = {**from_supplier(one), "active": True}
        upsert = insert(supplier).values(key=one.key, **values)
        upsert = upsert.on_conflict_do_update(
            index_elements=["key"], set_={**values, "revision": supplier.c.revision + 1}
        )
        supplier_id = await connection.scalar(upsert.returning(supplier.c.id))
        assert supplier_id is not None
        before = {was.key: was for was in old.accounts} if old else {}
        for each in one.accounts:
            if before.get(each.key) != _as_stored(each, before.get(each.key)):
                await self._write_account(connection, supplier_id, each)
        gone = account.c.key.not_in([each.key for each in one.accounts])
        await connection.execute(
            sa.update(account).where(account.c.supplier_id == supplier_id, gone).values(active=False)
        )

    async def _write_account(self, connection: AsyncConnection, supplier_id: int, one: Account) -> None:
        """A pause stays until a worker has tried the new credentials: then it ends, and its end is said."""
        values = {**from_account(one), "credentials": self.vault.seal(one.credentials), "active": True}
        upsert = insert(account).values(supplier_id=supplier_id, key=one.key, **values)
        upsert = upsert.on_conflict_do_update(
            index_elements=["supplier_id", "key"], set_=values, where=account.c.platform == one.platform
        )
        written = await connection.scalar(upsert.returning(account.c.id))
        if written is None:
            raise Configuration(f"account {one.supplier}/{one.key} was on another platform before; give it another key")
        await connection.execute(_ask_again(AccountId(written)))
        await connection.execute(_unproven(AccountId(written)))


class _Lenient(Vault):
    """Lets a plan be made where the keys were lost: the stored credentials then count as changed."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def open(self, sealed: bytes) -> dict[str, str]:
        try:
            return self._vault.open(sealed)
        except Configuration:
            return UNREADABLE


def _ask_again(one: AccountId) -> sa.Update:
    """What was closed to the login before may be open to this one."""
    return sa.update(closed_way).where(closed_way.c.account_id == one).values(ask_at=sa.func.now())


def _unproven(one: AccountId) -> sa.Update:
    """Whoever paused it may have no part in the account any more: the first success of any work ends the pause."""
    return sa.update(account).where(account.c.id == one).values(paused_by="")


def _as_stored(wanted: Account, stored: Account | None) -> Account:
    return replace(wanted, id=stored.id if stored else AccountId(0))


def _changes(stored: Mapping[SupplierKey, Supplier], wanted: Sequence[Supplier]) -> list[SupplierChange]:
    lines = [(one.key, line) for one in wanted for line in supplier_lines(stored.get(one.key), one)]
    kept = {one.key for one in wanted}
    lines += [(key, f"{key}: switched off; its feedback is kept") for key in stored if key not in kept]
    return [SupplierChange(key, line) for key, line in lines]


async def _switch_off(connection: AsyncConnection, keys: set[SupplierKey]) -> None:
    if keys:
        await connection.execute(
            sa.update(supplier).where(supplier.c.key.in_(keys)).values(active=False, revision=supplier.c.revision + 1)
        )


async def _row(connection: AsyncConnection, key: SupplierKey) -> sa.RowMapping | None:
    found = sa.select(supplier).where(supplier.c.key == key, supplier.c.active)
    return (await connection.execute(found)).mappings().one_or_none()


async def _account_rows(connection: AsyncConnection, supplier_id: int) -> Sequence[sa.RowMapping]:
    found = sa.select(account).where(account.c.supplier_id == supplier_id, account.c.active).order_by(account.c.id)
    return (await connection.execute(found)).mappings().all()
