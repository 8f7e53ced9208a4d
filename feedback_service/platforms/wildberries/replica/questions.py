"""The methods on questions."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.wildberries.replica import filters, render
from feedback_service.platforms.wildberries.replica.bodies import bad_request, refusal, success
from feedback_service.platforms.wildberries.replica.items import QUESTION_ANSWERED, QUESTION_REJECTED
from feedback_service.platforms.wildberries.replica.shelf import Shelf
from feedback_service.platforms.wildberries.replica.writing import fits, parsed
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse


def listed(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/questions"""
    answered = filters.flag(request.query.get("isAnswered"), bad_request)
    page = filters.page(request.query, filters.QUESTIONS)
    questions = shelf.questions.values()
    chosen = page.of(filters.selected(questions, request.query, answered))
    waiting = sum(not one.answered for one in questions)
    payload = {"countUnanswered": waiting, "countArchive": len(questions) - waiting}
    return success({**payload, "questions": [render.question(one, request.at) for one in chosen]})


def one(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/question"""
    question = shelf.questions.get(request.query.get("id", ""))
    if question is None:
        raise refusal(422, "Невозможно получить вопрос по id")
    return success(render.question(question, request.at))


def counted(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/questions/count"""
    return success(filters.counted(shelf.questions.values(), request.query))


def unanswered(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/questions/count-unanswered"""
    return success(filters.unanswered(shelf.questions.values(), request.at))


def change(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """PATCH /api/v1/questions: view, reject, answer or edit the answer, told apart by the body."""
    document = parsed(request.body)
    if not isinstance(document, dict) or not isinstance(document.get("id"), str):
        raise bad_request()
    if "answer" in document:
        _reply(document, shelf, request.at)
    elif isinstance(document.get("wasViewed"), bool):
        _known(document["id"], shelf)
        shelf.view_question(document["id"], document["wasViewed"], request.at)
    else:
        raise bad_request()
    return success(None)


def _reply(document: Mapping[str, object], shelf: Shelf, at: float) -> None:
    item, state, text = str(document["id"]), document.get("state"), _text(document["answer"])
    if item not in shelf.questions:
        shelf.miss(item, text, at)
    _known(item, shelf)
    if state == QUESTION_ANSWERED:
        done = shelf.answer_question(item, text, at)
    elif state == QUESTION_REJECTED:
        done = shelf.reject_question(item, text, at)
    else:
        raise bad_request()
    if not done:
        raise refusal(422, "Не удалось отредактировать вопрос")


def _text(answer: object) -> str:
    text = answer.get("text") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not fits(text):
        raise bad_request()
    return text


def _known(item: str, shelf: Shelf) -> None:
    if item not in shelf.questions:
        raise refusal(404, "Не найден отзыв")
