"""The owner's cabinet for a browser: finds the page or the form that is asked for. All of it is invented."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from feedback_service.platforms.zoon.replica import cabinet_markup
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.cabinet_markup import PAGE, ROOT, View, reviews_address
from feedback_service.platforms.zoon.replica.forms import Desk, Form, Rejected, Stale
from feedback_service.platforms.zoon.replica.markup import moved, page, problem
from feedback_service.platforms.zoon.replica.seal import Seal
from feedback_service.platforms.zoon.replica.shelf import PLATFORM
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_START = re.compile(r"/cabinet/?")
_PATH = re.compile(
    r"/cabinet/organizations/(?P<organization>[^/]+)/reviews"
    r"(?:/(?P<review>[^/]+)/answers(?:/(?P<answer>[^/]+)/delete)?)?"
)
_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of every owner; the sandbox has checked already whose browser asks."""

    _seal: Seal = field(default_factory=Seal)

    def respond(self, request: ReplicaRequest, account: Account | None) -> ReplicaResponse:
        """One page, or where to go next."""
        if request.imposition("expire") is not None:
            back = urlencode({"next": f"/{PLATFORM}{request.path}"}, errors="replace")
            return moved(303, f"{ROOT}/__gate/sign-in?{back}")
        match = _PATH.fullmatch(request.path)
        if account is None:
            return _forbidden()
        if _START.fullmatch(request.path) and request.method == "GET":
            return page(200, cabinet_markup.organizations(account))
        if match is None:
            return _not_found()
        organization = account.owned(match["organization"])
        if request.method == "POST" and match["review"]:
            return self._sent(request, account, organization, match)
        if organization is None:
            return _forbidden()
        if request.method != "GET" or match["review"]:
            return _not_found()
        number = _number(request.query.get("page", ""))
        return page(200, cabinet_markup.reviews(self._view(request, Desk(account, organization)), number))

    def _sent(
        self, request: ReplicaRequest, account: Account, organization: Organization | None, match: re.Match[str]
    ) -> ReplicaResponse:
        form = Form.of(request)
        if not self._seal.holds(form.seal, account.key, request.at):
            return problem(403, "Форма устарела. Обновите страницу и отправьте ещё раз.")
        review = account.shelf.standing(organization.id, match["review"]) if organization else None
        if organization is None or review is None:
            account.shelf.miss(match["review"], form.text, request.at)
            return _forbidden() if organization is None else _not_found()
        desk = Desk(account, organization)
        number = account.shelf.newest_first(organization.id).index(review) // PAGE + 1
        try:
            desk.carry_out(request, review, form, match["answer"])
        except Stale:
            return _not_found()
        except Rejected as rejected:
            return page(400, cabinet_markup.reviews(self._view(request, desk, rejected), number))
        return moved(303, f"{reviews_address(organization)}?page={number}#review-{review.id}")

    def _view(self, request: ReplicaRequest, desk: Desk, rejected: Rejected | None = None) -> View:
        seal = self._seal.made(desk.account.key, request.at)
        return View(desk.account, desk.organization, request.at, seal, rejected)


def _number(text: str) -> int:
    """The page that is asked for; what cannot be read means the first."""
    readable = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return max(1, int(text)) if readable else 1


def _forbidden() -> ReplicaResponse:
    return problem(403, "Нет доступа к этой организации")


def _not_found() -> ReplicaResponse:
    return problem(404, "Такой страницы нет")
