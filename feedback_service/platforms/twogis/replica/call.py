"""One call of the cabinet's API whose token was accepted."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.bodies import absent, forbidden, invalid
from feedback_service.platforms.twogis.replica.directory import Directory
from feedback_service.platforms.twogis.replica.items import Review
from feedback_service.platforms.twogis.replica.numbering import Numbering
from feedback_service.platforms.twogis.replica.query import Query
from feedback_service.ports.replica import ReplicaRequest


@dataclass(frozen=True, slots=True)
class Call:
    """`numbering` gives an id to what the call may write."""

    request: ReplicaRequest
    account: Account
    directory: Directory
    numbering: Numbering

    @property
    def at(self) -> float:
        return self.request.at

    @property
    def query(self) -> Query:
        return self.request.query

    def org(self, org_id: str) -> int:
        """The number of an organisation of this account. Raises 400, 403."""
        found = self.directory.org(org_id)
        if found is None:
            raise invalid("orgId")
        if found[0] is not self.account:
            raise forbidden("organisation")
        return found[1]

    def branch(self, branch_id: str) -> int:
        """The number of a branch of this account. Raises 403, 404."""
        found = self.directory.branch(branch_id)
        if found is None:
            raise absent("branch")
        if found[0] is not self.account:
            raise forbidden("branch")
        return found[1]

    def review(self, item: str, catalog: str) -> Review:
        """A review of this account in that catalogue. Raises 403, 404."""
        found = self.directory.review(item)
        if found is None or found[1].catalog != catalog:
            raise absent("review")
        if found[0] is not self.account:
            raise forbidden("review")
        return found[1]
