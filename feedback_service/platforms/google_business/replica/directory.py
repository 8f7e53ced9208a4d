"""All accounts of the replica, and whether one may touch what a name stands for."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.bodies import Problem, absent, forbidden
from feedback_service.platforms.google_business.replica.items import Review
from feedback_service.platforms.google_business.replica.places import (
    STRANGER,
    UNVERIFIED,
    Place,
    group_of,
    location_of,
)


@dataclass
class Directory:
    """Accounts by key, in the order they were opened."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def by_client(self, client_id: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.client_id == client_id), None)

    def group(self, account: Account, group_id: str) -> int:
        """The number of a group of this account. Raises 403, 404."""
        place = group_of(group_id)
        if place is None or not self._exists(place):
            raise absent()
        if place.person != account.number:
            raise forbidden()
        return place.number

    def location(self, account: Account, group_id: str, location_id: str) -> int:
        """The number of a verified location that this group shows. Raises 400, 403, 404."""
        group, place = self.group(account, group_id), location_of(location_id)
        if place is None:
            raise absent()
        if place.person != account.number:
            raise forbidden() if place in account.listed(group) else absent()
        if not account.shows(group, place.number):
            raise absent()
        if place.number >= UNVERIFIED:
            raise _unverified(place)
        return place.number

    def review(self, account: Account, ids: tuple[str, str, str]) -> Review:
        """A review by the ids of its group, its location and its own. Raises 400, 403, 404."""
        location = self.location(account, ids[0], ids[1])
        review = account.shelf.reviews.get(ids[2])
        if review is None or review.gone or review.location != location:
            raise absent()
        return review

    def _exists(self, group: Place) -> bool:
        if group.person == STRANGER:
            return True
        owner = next((one for one in self.accounts.values() if one.number == group.person), None)
        return owner is not None and group.number < owner.options.groups


def _unverified(place: Place) -> Problem:
    """Nothing public says which of the two it is, so both are met with."""
    if place.number % 2:
        return Problem(400, "Location is not verified.", word="FAILED_PRECONDITION")
    return Problem(403, "The caller does not have permission: the location is not verified.")
