"""The seller's cabinet for a browser: finds the page that is asked for. All of it is invented."""

from __future__ import annotations

import re

from feedback_service.platforms.yandex_market.replica import feedback, markup, questions
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.forms import Form, Rejected, Stale, apply
from feedback_service.platforms.yandex_market.replica.items import Item
from feedback_service.platforms.yandex_market.replica.seal import Seal
from feedback_service.platforms.yandex_market.replica.sections import QUESTIONS, REVIEWS, ListView, Section, listing
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_PATH = re.compile(
    r"/cabinet/business/(?P<business>[0-9]{1,18})/(?P<section>reviews|questions)(?:/(?P<item>[0-9]{1,18}))?"
)
_START = re.compile(r"/cabinet(?:/|/business/?)?")
_FAILURES = {"server_error": 500, "unavailable": 503, "too_many_requests": 429}
_LONGEST = {REVIEWS: feedback.LONGEST, QUESTIONS: questions.LONGEST}


class Pages:
    """The pages of every cabinet; the sandbox has checked already whose browser asks."""

    def __init__(self) -> None:
        self._seal = Seal()

    def respond(self, request: ReplicaRequest, business: Business | None) -> ReplicaResponse:
        """One page, or where to go next."""
        for kind, status in _FAILURES.items():
            failing = request.imposition(kind)
            if failing is not None:
                return _page(int(str(failing.get("status", status))), markup.problem("Сервис временно недоступен"))
        if business is None:
            return _forbidden()
        if _START.fullmatch(request.path):
            return _moved(f"/{markup.MOUNT}/cabinet/business/{business.id}/reviews?status=need_reaction")
        match = _PATH.fullmatch(request.path)
        if match is None:
            return _not_found()
        if int(match["business"]) != business.id or business.options.inactive:
            return _forbidden()
        section = REVIEWS if match["section"] == REVIEWS.name else QUESTIONS
        if match["item"] is None:
            return self._list(request, business, section)
        item = business.shelf.items.get(int(match["item"]))
        if item is None or item.is_question != section.asks:
            return _not_found()
        return self._item(request, business, item)

    def _list(self, request: ReplicaRequest, business: Business, section: Section) -> ReplicaResponse:
        if request.method != "GET":
            return _not_found()
        view: ListView = listing(business.shelf, section, request)
        return _page(200, markup.listed(business, view, request.at))

    def _item(self, request: ReplicaRequest, business: Business, item: Item) -> ReplicaResponse:
        if request.method == "POST":
            return self._sent(request, business, item)
        business.shelf.see(item.id)
        return self._shown(200, request, business, item)

    def _sent(self, request: ReplicaRequest, business: Business, item: Item) -> ReplicaResponse:
        form = Form.of(request)
        if not self._seal.holds(form.seal, business.key, request.at):
            return _page(403, markup.problem("Форма устарела. Обновите страницу и отправьте ещё раз."))
        longest = _LONGEST[QUESTIONS if item.is_question else REVIEWS]
        try:
            apply(form, request, (business, item), longest)
        except Stale:
            return _not_found()
        except Rejected as rejected:
            return self._shown(400, request, business, item, rejected)
        return _moved(str(item.id))

    def _shown(
        self, status: int, request: ReplicaRequest, business: Business, item: Item, rejected: Rejected | None = None
    ) -> ReplicaResponse:
        seal = self._seal.made(business.key, request.at)
        view = markup.ItemView(business, business.shelf.items[item.id], request.at, seal, rejected)
        return _page(status, markup.one(view))


def _page(status: int, text: str) -> ReplicaResponse:
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return ReplicaResponse(status, headers, text.encode("utf-8", "replace"))


def _moved(where: str) -> ReplicaResponse:
    return ReplicaResponse(303, {"location": where, "cache-control": "no-store"})


def _forbidden() -> ReplicaResponse:
    return _page(403, markup.problem("Нет доступа к этому кабинету"))


def _not_found() -> ReplicaResponse:
    return _page(404, markup.problem("Такой страницы нет"))
