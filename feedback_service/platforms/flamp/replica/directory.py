"""All companies of the replica, found by their filials."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.options import AccountOptions


@dataclass
class Directory:
    """Accounts by key, in the order they were opened."""

    accounts: dict[str, Account] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)

    def open(self, key: str, options: AccountOptions) -> Account:
        """A new account, or a known one with other options. Raises ValueError where a filial is somebody else's."""
        known = self.accounts.get(key)
        account = Account(key, known.number if known else len(self.accounts) + 1, options)
        if any(self._owners.get(filial, key) != key for filial in account.filials):
            raise ValueError("filial_ids belong to another account")
        if known:
            known.options, account = options, known
        self._owners = {filial: owner for filial, owner in self._owners.items() if owner != key}
        self._owners |= dict.fromkeys(account.filials, key)
        self.accounts[key] = account
        return account

    def owner(self, filial: str) -> Account | None:
        """Whose filial it is."""
        key = self._owners.get(filial)
        return None if key is None else self.accounts[key]
