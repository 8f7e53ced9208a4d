"""All accounts of the replica, found by whatever names them."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.items import Review
from feedback_service.platforms.twogis.replica.places import STRANGER, branch_of, org_of


@dataclass
class Directory:
    """Accounts by key, in the order they were opened."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def by_login(self, login: object) -> Account | None:
        return next((one for one in self.accounts.values() if one.login == login), None)

    def owns(self, account: Account, branch: int) -> bool:
        """Whether it has a branch of that number now."""
        return branch < account.options.branches

    def branch(self, branch_id: str) -> tuple[Account | None, int] | None:
        """The owner of a branch and its number there; the stranger's has no account. None where there is no such."""
        place = branch_of(branch_id)
        if place is None:
            return None
        owner = self._numbered(place.account)
        if owner is None:
            return (None, place.number) if place.account == STRANGER else None
        return (owner, place.number) if self.owns(owner, place.number) else None

    def org(self, org_id: str) -> tuple[Account, int] | None:
        """The owner of an organisation and its number there."""
        place = org_of(org_id)
        owner = self._numbered(place.account) if place else None
        return (owner, place.number) if place and owner and place.number < owner.options.orgs else None

    def review(self, item: str) -> tuple[Account, Review] | None:
        """The owner of a review that stands; one on a branch that was given up is nobody's."""
        for account in self.accounts.values():
            review = account.shelf.reviews.get(item)
            if review is not None and not review.gone and self.owns(account, review.branch):
                return account, review
        return None

    def _numbered(self, number: int) -> Account | None:
        return next((one for one in self.accounts.values() if one.number == number), None)
