"""One admitted call: who asks, for what, and the checks that several methods share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.platforms.yandex_business.replica.account import Account
from feedback_service.platforms.yandex_business.replica.bodies import Refusal, problem
from feedback_service.platforms.yandex_business.replica.organisations import Organisation
from feedback_service.platforms.yandex_business.replica.seal import Seal
from feedback_service.platforms.yandex_business.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest


@dataclass(frozen=True, slots=True)
class Call:
    """`names` are the parts of the path that vary."""

    request: ReplicaRequest
    account: Account
    seal: Seal
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> float:
        return self.request.at

    @property
    def shelf(self) -> Shelf:
        return self.account.shelf

    def organisation(self) -> Organisation:
        """The organisation in the path, if its reviews may be worked with. Raises Refusal (404, 403)."""
        found = self.account.roll.find(int(self.names["organisation"]))
        if found is None or found.kind == "chain":
            raise Refusal(problem(404, "not_found"))
        if not found.accessible:
            raise Refusal(problem(403, "no_access"))
        return found

    def list_token(self, organisation: int) -> str:
        """`csrf_token` of a list of reviews."""
        return self.seal.issue(self._list_subject(organisation), self.at)

    def item_token(self, review: str) -> str:
        """`business_answer_csrf_token` of one review."""
        return self.seal.issue(self._item_subject(review), self.at)

    def holds_list_token(self, token: object, organisation: int) -> bool:
        return self.seal.holds(token, self._list_subject(organisation), self.at, self.account.options.answer_lasts)

    def holds_item_token(self, token: object, review: str) -> bool:
        return self.seal.holds(token, self._item_subject(review), self.at, self.account.options.answer_lasts)

    def _list_subject(self, organisation: int) -> str:
        return f"list {self.account.key} {organisation}"

    def _item_subject(self, review: str) -> str:
        return f"item {self.account.key} {review}"


def whole(text: str | None, otherwise: int) -> int:
    """A number of a query, at least 1; what cannot be read counts as the other value."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 9:
        return otherwise
    return max(1, int(text))
