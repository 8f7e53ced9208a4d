"""The JSON API 2.0 that Flamp's web app reads by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from feedback_service.platforms.flamp.replica import imposing, render
from feedback_service.platforms.flamp.replica.accept import Wish
from feedback_service.platforms.flamp.replica.account import STRANGER, Account
from feedback_service.platforms.flamp.replica.bodies import Problem, absent, success
from feedback_service.platforms.flamp.replica.directory import Directory
from feedback_service.platforms.flamp.replica.items import Review
from feedback_service.platforms.flamp.replica.mint import Mint
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PREFIX = "/api/2.0/"
FILIAL = re.compile(r"/api/2\.0/filials/([0-9]{1,20})(/reviews)?/?")
_USER = re.compile(r"/api/2\.0/users/([0-9]{1,20})/?")
_CITY = "https://novosibirsk.flamp.example"
_PAGE, _LARGEST_PAGE = 5, 50


@dataclass(frozen=True, slots=True)
class Api:
    """The calls; each needs the token that a page has set."""

    directory: Directory
    mint: Mint

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one call."""
        try:
            imposing.check(request)
            self._admit(request)
            return self._answer(request)
        except Problem as problem:
            return problem.told()

    def _admit(self, request: ReplicaRequest) -> None:
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        word = word.strip()
        if scheme.lower() != "bearer" or not word:
            raise Problem(403, "Forbidden")
        if request.imposition("expire") is not None:
            self.mint.end(word)
        if not self.mint.holds(word, request.at) or request.imposition("expire") is not None:
            raise Problem(401, "Unauthorized")

    def _answer(self, request: ReplicaRequest) -> ReplicaResponse:
        user, filial = _USER.fullmatch(request.path), FILIAL.fullmatch(request.path)
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "method not allowed")
        if user:
            return self._user(user[1])
        if not filial:
            raise absent("path")
        account = self.directory.owner(filial[1])
        if account is None and filial[1] != STRANGER:
            raise absent("filial")
        if filial[2]:
            return _reviews(request, account, filial[1])
        count = len(account.shelf.newest_first(filial[1])) if account else 0
        return success(filial={"id": filial[1], "reviews_count": count})

    def _user(self, number: str) -> ReplicaResponse:
        for account in self.directory.accounts.values():
            for one in account.shelf.reviews.values():
                if str(render.user_id(one)) == number:
                    return success(user={"id": int(number), "name": one.customer.author})
        raise absent("user")


def _reviews(request: ReplicaRequest, account: Account | None, filial: str) -> ReplicaResponse:
    wish = Wish.read(request.headers.get("accept", ""))
    limit = min(_number(request, "limit") or _PAGE, _LARGEST_PAGE)
    if account is None:
        return success(reviews=[])
    offset = _number(request, "offset_id")
    rest = _after(account.shelf.newest_first(filial), offset)
    shown = [render.review(account, one, request.at, wish) for one in rest[:limit]]
    above = render.firsts(account, filial) if offset is None else ()
    link: dict[str, object] = {}
    if len(rest) > limit:
        link = {"next_link": _link(request, str(rest[limit - 1].id))}
    elif account.options.stuck_link:
        link = {"next_link": _link(request, None)}
    return success(reviews=[*above, *shown], **link)


def _after(every: Sequence[Review], offset: int | None) -> Sequence[Review]:
    """What follows the review of that number; where it is not there any more, what has a smaller one."""
    if offset is None:
        return every
    place = next((place for place, one in enumerate(every) if one.id == offset), None)
    return [one for one in every if one.id < offset] if place is None else every[place + 1 :]


def _number(request: ReplicaRequest, name: str) -> int | None:
    """A whole number above 0, or None where it is absent; 400 where it is none."""
    text = request.query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text)):
        raise Problem(400, f"{name} must be a whole number")
    return int(text)


def _link(request: ReplicaRequest, offset: str | None) -> str:
    """The next page's address, on the host of a city; without an offset it leads to where one is."""
    asked = {**request.query, **({"offset_id": offset} if offset else {})}
    return f"{_CITY}{request.path}?{urlencode(asked, errors='replace')}"
