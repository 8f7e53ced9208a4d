"""The methods on reviews."""

from __future__ import annotations

from dataclasses import replace

from feedback_service.platforms.wildberries.replica import filters, render
from feedback_service.platforms.wildberries.replica.bodies import bad_request, refusal, success
from feedback_service.platforms.wildberries.replica.shelf import Shelf
from feedback_service.platforms.wildberries.replica.writing import answer_of, moderation_of, parsed
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_WRITTEN = ReplicaResponse(204)


def listed(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/feedbacks"""
    answered = filters.flag(request.query.get("isAnswered"), bad_request)
    page = filters.page(request.query, filters.REVIEWS)
    reviews = shelf.reviews.values()
    chosen = page.of(filters.selected(reviews, request.query, answered))
    waiting = sum(not one.answered for one in reviews)
    payload = {"countUnanswered": waiting, "countArchive": len(reviews) - waiting}
    return success({**payload, "feedbacks": [render.review(one, request.at) for one in chosen]})


def archived(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/feedbacks/archive"""
    page = filters.page(request.query, filters.ARCHIVE)
    old = [one for one in filters.of_article(shelf.reviews.values(), request.query) if one.archived(request.at)]
    return success({"feedbacks": [render.review(one, request.at) for one in page.of(old)]})


def one(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/feedback"""
    review = shelf.reviews.get(request.query.get("id", ""))
    if review is None:
        raise refusal(422, "Невозможно получить отзыв по id")
    return success(render.review(review, request.at))


def counted(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/feedbacks/count"""
    return success(filters.counted(shelf.reviews.values(), request.query))


def unanswered(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/feedbacks/count-unanswered"""
    return success(filters.unanswered(shelf.reviews.values(), request.at))


def answer(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """POST /api/v1/feedbacks/answer: 204 even for an id that does not exist."""
    item, text = answer_of(request)
    if item not in shelf.reviews:
        shelf.miss(item, text, request.at)
    else:
        shelf.answer_review(item, text, request.at, moderation_of(request))
    return _WRITTEN


def edit(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """PATCH /api/v1/feedbacks/answer: 204 whatever becomes of it."""
    item, text = answer_of(request)
    if item not in shelf.reviews:
        shelf.miss(item, text, request.at)
    else:
        shelf.edit_review_answer(item, text, request.at, moderation_of(request))
    return _WRITTEN


def give_back(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """POST /api/v1/feedbacks/order/return"""
    document = parsed(request.body)
    if not isinstance(document, dict):
        raise refusal(400, "failed to decode JSON request.")
    item = document.get("feedbackId")
    if not isinstance(item, str) or not item:
        raise refusal(400, "Неправильный id в запросе")
    review = shelf.reviews.get(item)
    if review is None:
        raise refusal(400, "Не удалось получить отзыв")
    if review.return_asked_at is not None:
        raise refusal(422, "Не удалось выполнить запрос на возврат покупок")
    if not review.returnable:
        raise refusal(422, "Запрос на возврат покупок недоступен")
    shelf.reviews[item] = replace(review, return_asked_at=request.at)
    return success({})


def unseen(request: ReplicaRequest, shelf: Shelf) -> ReplicaResponse:
    """GET /api/v1/new-feedbacks-questions"""
    return success(
        {
            "hasNewQuestions": any(not question.viewed for question in shelf.questions.values()),
            "hasNewFeedbacks": any(not review.viewed for review in shelf.reviews.values()),
        }
    )
