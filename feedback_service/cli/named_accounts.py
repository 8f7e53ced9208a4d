"""Finds the accounts that people name on the command line as SUPPLIER/ACCOUNT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.supplier import Account

if TYPE_CHECKING:
    from feedback_service.storage import Database


async def account_named(db: Database, name: str) -> Account:
    """The account. Raises NotAllowed where there is none of that name."""
    supplier, _, key = name.partition("/")
    known = await db.suppliers.keys_and_fingerprints()
    accounts = (await db.suppliers.load(SupplierKey(supplier))).accounts if supplier in known else ()
    account = next((one for one in accounts if one.key == key), None)
    if account is None:
        raise NotAllowed(f"{name}: no such account; see: feedback-service suppliers list")
    return account


async def accounts_named(db: Database, names: Sequence[str]) -> Sequence[Account]:
    """The accounts in the order of their names; all there are where none is named. Raises NotAllowed."""
    if names:
        return [await account_named(db, name) for name in dict.fromkeys(names)]
    suppliers = [await db.suppliers.load(key) for key in await db.suppliers.keys_and_fingerprints()]
    return [account for supplier in suppliers for account in supplier.accounts]


def label_of(account: Account) -> str:
    return f"{account.supplier}/{account.key}"
