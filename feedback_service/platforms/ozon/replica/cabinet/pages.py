"""The pages of the cabinet and what they load."""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import Template

from feedback_service.platforms.ozon.replica.bodies import NOT_FOUND, Problem
from feedback_service.platforms.ozon.replica.seller import Seller
from feedback_service.ports.replica import ReplicaResponse

_HTML = {"content-type": "text/html; charset=utf-8"}
_SCRIPT = {"content-type": "text/javascript; charset=utf-8"}
_PAGES = {
    "/app/reviews": {"page": "reviews", "title": "Отзывы", "up": ".."},
    "/app/reviews/questions": {"page": "questions", "title": "Вопросы", "up": "../.."},
}
_HOME = {"": "cabinet/app/reviews", "/": "app/reviews", "/app": "app/reviews", "/app/": "reviews"}


def page(path: str, seller: Seller) -> ReplicaResponse:
    """The page of a path below the cabinet. Raises Problem where there is none."""
    if path in _HOME:
        return ReplicaResponse(302, {"location": _HOME[path]})
    if path == "/static/cabinet.js":
        return ReplicaResponse(200, _SCRIPT, _file("cabinet.js").encode())
    if path not in _PAGES:
        raise Problem(404, NOT_FOUND, "Не найдено")
    html = Template(_file("page.html")).substitute(_PAGES[path], company=seller.company_id)
    return ReplicaResponse(200, _HTML, html.encode())


@cache
def _file(name: str) -> str:
    return (resources.files(__package__) / "static" / name).read_text(encoding="utf-8")
