"""suppliers.yaml from the first line to the last: suppliers with their voices, rules and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.suppliers_file.accounts import Specs, key_of, read_account
from feedback_service.suppliers_file.logins import shared_logins
from feedback_service.suppliers_file.nodes import Reading, Spot, open_document
from feedback_service.suppliers_file.policy import read_policy
from feedback_service.suppliers_file.problems import Problems
from feedback_service.suppliers_file.values import text, texts
from feedback_service.suppliers_file.voice import read_voice


def read_suppliers_file(
    path: Path, specs: Specs, variables: Mapping[str, str], *, allow_plain_secrets: bool = False
) -> tuple[Supplier, ...]:
    """Everything the file declares; raises SuppliersFileError with every problem it has.

    `specs` are the known platforms, `variables` what `${NAME}` may refer to.
    """
    problems = Problems(str(path))
    root = open_document(path, Reading(problems, variables, allow_plain_secrets))
    if not root.present:
        root.fail("the file is empty; see docs/suppliers.example.yaml")
    listed = root.fields("suppliers")["suppliers"]
    if root.present and not listed.present:
        listed.fail("is missing; list the suppliers under it")
    spots = list(listed.items())
    found = tuple(_supplier(spot, specs) for spot in spots)
    _refuse_repeated_suppliers(found, spots)
    _refuse_shared_logins(found, spots, specs)
    problems.raise_if_any()
    return found


def _supplier(spot: Spot, specs: Specs) -> Supplier:
    there = spot.fields("key", "title", "voice", "policy", "stop_words", "accounts")
    key = SupplierKey(key_of(there["key"]))
    if not there["accounts"].present:
        there["accounts"].fail("is missing; list at least one, or write accounts: [] for none")
    spots = list(there["accounts"].items())
    accounts = tuple(read_account(one, key, specs) for one in spots)
    _refuse_repeated_accounts(accounts, spots)
    return Supplier(
        key=key,
        title=text(there["title"], key),
        voice=read_voice(there["voice"]),
        policy=read_policy(there["policy"]),
        stop_words=texts(there["stop_words"]),
        accounts=accounts,
    )


def _refuse_repeated_accounts(accounts: tuple[Account, ...], spots: list[Spot]) -> None:
    first: dict[str, Spot] = {}
    for account, spot in zip(accounts, spots, strict=True):
        if account.key in first:
            spot.fail(f"key {account.key} is taken by {first[account.key].path}; choose another")
        first.setdefault(account.key, spot)


def _refuse_repeated_suppliers(suppliers: tuple[Supplier, ...], spots: list[Spot]) -> None:
    keys: dict[str, Spot] = {}
    for supplier, spot in zip(suppliers, spots, strict=True):
        if supplier.key in keys:
            spot.fail(f"key {supplier.key} is taken by {keys[supplier.key].path}; choose another")
        keys.setdefault(supplier.key, spot)


def _refuse_shared_logins(suppliers: tuple[Supplier, ...], spots: list[Spot], specs: Specs) -> None:
    for shared in shared_logins(suppliers, specs):
        (earlier, before), (later, index) = shared.earlier, shared.later
        other = f"{spots[earlier].path}.accounts[{before}]"
        spots[later].fail(f"accounts[{index}] has the same {shared.what} as {other}; customers would be answered twice")
