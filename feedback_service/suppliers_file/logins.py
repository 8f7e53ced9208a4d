"""Finds one login behind two accounts: both would answer the same customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback_service.domain.supplier import Supplier

Place = tuple[int, int]
"""An account by the index of its supplier and its own within it."""


def shared_logins(suppliers: Sequence[Supplier]) -> Iterator[tuple[Place, Place]]:
    """Each account whose platform and credentials an earlier one has already, after that earlier one.

    The address does not count: the same token by way of a proxy is the same seller.
    """
    first: dict[tuple[object, ...], Place] = {}
    for number, supplier in enumerate(suppliers):
        for index, account in enumerate(supplier.accounts):
            login = (account.platform, *sorted(account.credentials.items()))
            if any(account.credentials.values()) and login in first:
                yield first[login], (number, index)
            first.setdefault(login, (number, index))
