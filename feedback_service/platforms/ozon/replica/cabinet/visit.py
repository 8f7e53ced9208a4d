"""One JSON call of the cabinet, checked for what every call needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from feedback_service.platforms.ozon.replica.bodies import DENIED, INVALID, NOT_FOUND, Problem
from feedback_service.platforms.ozon.replica.fields import Fields
from feedback_service.platforms.ozon.replica.items import Item, Reply
from feedback_service.platforms.ozon.replica.seller import Seller
from feedback_service.platforms.ozon.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest

Section = Literal["review", "question"]
T = TypeVar("T")
_COMPANY = {"review": "company_id", "question": "sc_company_id"}
_PAGE = {"review": "review", "question": "questions"}
"""The page type that each section's calls name in their headers."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a method of the cabinet works with."""

    request: ReplicaRequest
    seller: Seller
    fields: Fields

    @property
    def at(self) -> float:
        return self.request.at

    @property
    def shelf(self) -> Shelf:
        return self.seller.shelf

    def review(self, uuid: str) -> Item:
        return _known(self.shelf.reviews.get(uuid))

    def question(self, item: str) -> Item:
        return _known(self.shelf.questions.get(item))

    def own(self, section: Section, reply: str) -> tuple[Item, Reply]:
        """A comment or an answer of this seller, with what it stands below."""
        return _known(self.shelf.find_reply(section, reply))

    def write(self, item: Item, text: str) -> None:
        """Answer an item, unless the fault "swallow" lets the answer vanish."""
        if self.request.imposition("swallow") is not None:
            self.shelf.ignore(item.id, text, self.at)
            return
        self.seller.answer(item, text, self.request)
        self.shelf.process(item.id)


def bad_request() -> Problem:
    return Problem(400, INVALID, "Неверный запрос")


def opened(request: ReplicaRequest, seller: Seller, section: Section) -> Visit:
    """Raises 403 where the headers are not the page's own or name another company, 400 on a wrong body."""
    headers, forbidden = request.headers, Problem(403, DENIED, "Доступ ограничен")
    ours = {"x-o3-company-id": seller.company_id, "x-o3-app-name": "seller-ui", "x-o3-page-type": _PAGE[section]}
    if any(headers.get(name) != value for name, value in ours.items()) or not headers.get("x-o3-language"):
        raise forbidden
    if not headers.get("content-type", "").startswith("application/json"):
        raise forbidden
    fields = Fields.of(request.body, bad_request)
    company = fields.whole(_COMPANY[section])
    if company is None:
        raise bad_request()
    if str(company) != seller.company_id:
        raise forbidden
    return Visit(request, seller, fields)


def _known(found: T | None) -> T:
    if found is None:
        raise Problem(404, NOT_FOUND, "Не найдено")
    return found
