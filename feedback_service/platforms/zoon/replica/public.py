"""What anybody may read: the list of reviews of an organisation, and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.platforms.zoon.replica import listing, org_page
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.listing import Sight
from feedback_service.platforms.zoon.replica.markup import HTML, moved, page, problem
from feedback_service.platforms.zoon.replica.shelf import PLATFORM
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

LIST = "/js.php"
_PAGE = re.compile(r"(?P<place>/[^/]+/[^/]+)(?:/reviews)?(?P<end>/?)")
_ASKED = {"area": "service", "action": "CommentList"}
_USUAL_LIMIT = 10
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Public:
    """The public site over all accounts."""

    accounts: Mapping[str, Account]

    def owner(self, request: ReplicaRequest) -> tuple[Account, Organization] | None:
        """Whose organisation is asked for."""
        if request.path == LIST:
            asked = request.query.get("organization")
            return next((pair for pair in self._pairs() if pair[1].id == asked), None)
        match = _PAGE.fullmatch(request.path)
        place = f"{match['place']}/" if match else None
        return next((pair for pair in self._pairs() if pair[1].path == place), None)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """The list, the page, or that there is none."""
        if request.imposition("expire") is not None:
            return problem(403, "Доступ запрещён")
        is_list = request.path == LIST
        gone = is_list and request.imposition("list_gone") is not None
        if request.method not in ("GET", "HEAD") or gone:
            return problem(404, "Страница не найдена")
        owner = self.owner(request)
        if is_list:
            return _list(request, owner)
        if owner is None:
            return problem(404, "Страница не найдена")
        if not request.path.endswith("/"):
            return moved(301, f"/{PLATFORM}{request.path}/")
        return page(200, org_page.rendered(Sight(*owner, request.at)))

    def _pairs(self) -> list[tuple[Account, Organization]]:
        return [(account, one) for account in self.accounts.values() for one in account.organizations]


def _list(request: ReplicaRequest, owner: tuple[Account, Organization] | None) -> ReplicaResponse:
    if any(request.query.get(name) != value for name, value in _ASKED.items()):
        return problem(404, "Страница не найдена")
    shown = _shown(request, Sight(*owner, request.at)) if owner else ""
    return ReplicaResponse(200, HTML, json.dumps({"list": shown}).encode())


def _shown(request: ReplicaRequest, sight: Sight) -> str:
    options = sight.account.options
    skip, limit = _number(request.query.get("skip"), 0), _number(request.query.get("limit"), _USUAL_LIMIT)
    limit = min(limit, options.most or limit)
    reviews = sight.account.shelf.newest_first(sight.organization.id)[skip : skip + limit]
    odd = "".join(listing.ODD) if options.odd and skip == 0 else ""
    return odd + listing.listed(sight, reviews)


def _number(text: str | None, usual: int) -> int:
    """What cannot be read is as if it were not there."""
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if text and is_number else usual
