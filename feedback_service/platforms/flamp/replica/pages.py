"""The pages by which a company's representative answers, for a browser that the sandbox has let in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from feedback_service.platforms.flamp.replica import imposing, markup
from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.directory import Directory
from feedback_service.platforms.flamp.replica.forms import REPLY, Complaint, Desk, Filled
from feedback_service.platforms.flamp.replica.items import FLAMP, Review
from feedback_service.platforms.flamp.replica.seal import Seal
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

CABINET = "/cabinet"
REVIEW = re.compile(r"/cabinet/r/(?P<filial>[0-9]{1,20})/(?P<number>[0-9]{1,18})")
_COMPANY = re.compile(r"/cabinet/firm/(?P<filial>[0-9]{1,20})/?")
_FORM = "application/x-www-form-urlencoded"
_PAGE = 20


@dataclass(frozen=True, slots=True)
class _Visit:
    """`looking` asks for a review that stands and that is of `owner`'s company."""

    request: ReplicaRequest
    looking: Account
    owner: Account
    review: Review

    @property
    def may_write(self) -> bool:
        return _may_answer(self.looking, self.owner) and self.review.provider == FLAMP


@dataclass(frozen=True, slots=True)
class Pages:
    """Every representative's pages; `number` gives an id to an answer."""

    directory: Directory
    seal: Seal
    number: Callable[[], int]

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """One page, or where to go after a form."""
        failed = imposing.failure(request)
        if failed is not None and failed.wait is not None:
            return _page(failed.status, markup.too_often(failed.wait))
        if failed is not None:
            return _page(failed.status, markup.problem("Что-то сломалось, мы уже чиним"))
        looking = self.directory.accounts.get(request.signed_in or "")
        if looking is None or request.imposition("expire") is not None:
            return _page(401, markup.signed_out())
        if request.path in (CABINET, f"{CABINET}/"):
            return _page(200, markup.companies(looking, [] if looking.options.unconfirmed else looking.filials))
        one, company = REVIEW.fullmatch(request.path), _COMPANY.fullmatch(request.path)
        if one:
            return self._of_review(request, looking, one["filial"], one["number"])
        owner = self.directory.owner(company["filial"]) if company else None
        if company is None or owner is None or request.method != "GET":
            return _lost()
        leaf = _leaf(owner, company["filial"], request.query.get("page", ""))
        return _page(200, markup.company(owner, leaf, request.at, may_answer=_may_answer(looking, owner)))

    def _of_review(self, request: ReplicaRequest, looking: Account, filial: str, number: str) -> ReplicaResponse:
        owner = self.directory.owner(filial)
        review = owner.shelf.standing(filial, number) if owner else None
        visit = _Visit(request, looking, owner, review) if owner and review else None
        if request.method == "POST":
            return self._sent(request, looking, visit)
        return _lost() if visit is None else self._shown(visit)

    def _sent(self, request: ReplicaRequest, looking: Account, visit: _Visit | None) -> ReplicaResponse:
        is_form = request.headers.get("content-type", "").split(";")[0].strip().lower() == _FORM
        form = Filled.read(request.body) if is_form else Filled()
        if not self.seal.unbroken(form.csrf, looking.key, request.at):
            return _page(403, markup.problem("Форма устарела, обновите страницу"))
        if visit is None or not visit.may_write:
            if form.action == REPLY:
                looking.shelf.miss(request.path.removeprefix(f"{CABINET}/r/"), form.text, request.at)
            return _lost() if visit is None else _page(403, markup.problem("Здесь отвечаете не вы"))
        try:
            Desk(request, visit.owner, self.number).take(form, visit.review)
        except Complaint as complaint:
            return self._shown(visit, str(complaint), form)
        where = f"{markup.ROOT}/r/{visit.review.item}"
        return ReplicaResponse(303, {"location": where, "cache-control": "no-store"})

    def _shown(self, visit: _Visit, complaint: str = "", form: Filled | None = None) -> ReplicaResponse:
        scene = markup.Scene(
            account=visit.owner,
            review=visit.review,
            at=visit.request.at,
            csrf=self.seal.set(visit.looking.key, visit.request.at),
            may_answer=_may_answer(visit.looking, visit.owner),
            complaint=complaint,
            form=form or Filled(),
        )
        return _page(422 if complaint else 200, markup.review(scene))


def _may_answer(looking: Account, owner: Account) -> bool:
    return looking is owner and not looking.options.unconfirmed


def _leaf(owner: Account, filial: str, page: str) -> markup.Leaf:
    """The page of that number; the first where it is none."""
    every = owner.shelf.newest_first(filial)
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) <= 9 and int(page) else 1
    last = max(1, -(-len(every) // _PAGE))
    return markup.Leaf(filial, every[(number - 1) * _PAGE : number * _PAGE], number, last)


def _page(status: int, text: str) -> ReplicaResponse:
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return ReplicaResponse(status, headers, text.encode("utf-8", "replace"))


def _lost() -> ReplicaResponse:
    return _page(404, markup.problem("Отзыв не найден"))
