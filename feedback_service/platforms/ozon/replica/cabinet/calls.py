"""The JSON calls of the cabinet by their paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_service.platforms.ozon.replica.bodies import NOT_FOUND, Problem
from feedback_service.platforms.ozon.replica.cabinet import questions, reviews
from feedback_service.platforms.ozon.replica.cabinet.visit import Section, Visit, opened
from feedback_service.platforms.ozon.replica.seller import Seller
from feedback_service.ports.replica import ReplicaRequest


@dataclass(frozen=True, slots=True)
class Route:
    """`section`: what `x-o3-page-type` must say."""

    method: Callable[[Visit], object]
    section: Section
    writes: bool = False


ROUTES: Mapping[str, Route] = {
    "/api/v4/review/list": Route(reviews.listed_v4, "review"),
    "/api/v3/review/list": Route(reviews.listed_v3, "review"),
    "/api/review/list": Route(reviews.listed_by_number, "review"),
    "/api/review/info": Route(reviews.shown, "review"),
    "/api/review/counter": Route(reviews.counted, "review"),
    "/api/v2/review/change-interaction-status": Route(reviews.change, "review", writes=True),
    "/api/review/comment/list": Route(reviews.comments, "review"),
    "/api/review/comment/create": Route(reviews.comment, "review", writes=True),
    "/api/review/comment/delete": Route(reviews.delete, "review", writes=True),
    "/api/v1/question-list": Route(questions.listed, "question"),
    "/api/v1/question-info": Route(questions.shown, "question"),
    "/api/v1/question-counter": Route(questions.counted, "question"),
    "/api/v1/get-new-question-counter": Route(questions.counted_new, "question"),
    "/api/v1/create-answer": Route(questions.answer, "question", writes=True),
    "/api/v1/answer-list": Route(questions.answers, "question"),
    "/api/v1/delete-answer": Route(questions.delete, "question", writes=True),
}


def writes(path: str) -> bool:
    """Whether a call of this path (below the cabinet) may change something."""
    return path in ROUTES and ROUTES[path].writes


def answered(path: str, request: ReplicaRequest, seller: Seller) -> object:
    """The call's JSON. Raises Problem."""
    route = ROUTES.get(path)
    if route is None or request.method != "POST":
        raise Problem(404, NOT_FOUND, "Не найдено")
    return route.method(opened(request, seller, route.section))
