"""The methods on questions, answers and the comments below them."""

from __future__ import annotations

from feedback_service.platforms.yandex_market.replica import render
from feedback_service.platforms.yandex_market.replica.bodies import Refusal, refusal, success
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.items import Comment, Item
from feedback_service.platforms.yandex_market.replica.moderating import wording
from feedback_service.platforms.yandex_market.replica.paging import now, paged, period
from feedback_service.platforms.yandex_market.replica.reading import Fields, fields_of
from feedback_service.platforms.yandex_market.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

# Source: Partner API OpenAPI, 2026-07: 50 ids, 1 month, 5000 characters, 100 comments below an answer.
_MOST_IDS, _MONTHS, LONGEST, _MOST_COMMENTS = 50, 1, 5000, 100
_ANY_NUMBER = 1_000_000
_DESCENDING, _ASCENDING = "CREATED_AT_DESC", "CREATED_AT_ASC"
_QUESTION, _ANSWER, _COMMENT = "QUESTION", "ANSWER", "COMMENT"


def listed(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v1/businesses/{businessId}/goods-questions"""
    fields, shelf = fields_of(request, required=False), business.shelf
    found = _selected(fields, shelf, request.at)
    newest_first = fields.choice("sort", (_DESCENDING, _ASCENDING), _DESCENDING) == _DESCENDING
    chosen, paging = paged(found, request.query, newest_first=newest_first)
    shown = [render.question(one, business.id) for one in chosen]
    return success({"questions": shown, "paging": paging, "totalCount": len(found)})


def answers(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v1/businesses/{businessId}/goods-questions/answers"""
    fields, shelf = fields_of(request), business.shelf
    question, ids = fields.whole_or_none("questionId"), fields.wholes("answerIds", _MOST_IDS)
    if question is None and ids is None:
        raise refusal(400, "Missing field questionId")
    if question is not None and shelf.question(question) is None:
        raise _missing("Question", question)
    found = [
        one
        for one in shelf.comments.values()
        if shelf.question(one.item)
        and one.parent is None
        and not one.deleted
        and question in (None, one.item)
        and (ids is None or one.id in ids)
    ]
    chosen, paging = paged(found, request.query)
    shown = [render.answer(one, _below(shelf, one), request.at) for one in chosen]
    return success({"answers": shown, "paging": paging})


def update(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v1/businesses/{businessId}/goods-questions/update"""
    fields = fields_of(request)
    operation = fields.choice("operationType", ("CREATE", "UPDATE", "DELETE"))
    if operation == "CREATE":
        return _create(request, business, fields)
    comment = _own(business.shelf, fields.inner("entityId"))
    if operation == "DELETE":
        business.shelf.retract(comment, request.at)
    else:
        business.shelf.rewrite(comment, wording(request, business, fields.text("text", LONGEST)))
    return success()


def _create(request: ReplicaRequest, business: Business, fields: Fields) -> ReplicaResponse:
    parent, shelf = fields.inner("parentEntityId"), business.shelf
    number, kind = parent.whole("id"), parent.choice("type", (_QUESTION, _ANSWER))
    text = fields.text("text", LONGEST)
    if kind == _ANSWER:
        answer = shelf.comments.get(number)
        if answer is None or answer.deleted or answer.parent is not None or shelf.question(answer.item) is None:
            raise _missing("Answer", number)
        written = shelf.comment(answer.item, wording(request, business, text, number))
        return success({"entity": {"id": written.id, "type": _COMMENT}})
    if shelf.question(number) is None:
        shelf.miss(number, text, request.at)
        raise _missing("Question", number)
    written = shelf.comment(number, wording(request, business, text))
    return success({"entity": {"id": written.id, "type": _ANSWER}})


def _own(shelf: Shelf, entity: Fields) -> Comment:
    number, kind = entity.whole("id"), entity.choice("type", (_ANSWER, _COMMENT))
    found = shelf.own(number)
    if found is None or shelf.question(found.item) is None or (found.parent is None) != (kind == _ANSWER):
        raise _missing(kind.capitalize(), number)
    return found


def _selected(fields: Fields, shelf: Shelf, at: float) -> list[Item]:
    ids, categories = fields.wholes("questionIds", _MOST_IDS), fields.wholes("categoryIds", _ANY_NUMBER)
    waiting, today = fields.flag("needAnswer") or False, now(at).date()
    dated = fields.given("dateFrom") or fields.given("dateTo")
    since, until = period(fields.day("dateFrom"), fields.day("dateTo"), today, _MONTHS)
    return [
        one
        for one in shelf.questions()
        if (ids is None or one.id in ids)
        and (categories is None or render.category_id(one.customer) in categories)
        and not (waiting and shelf.answered(one.id, at))
        and ((ids is not None and not dated) or since <= now(one.created_at).date() <= until)
    ]


def _below(shelf: Shelf, answer: Comment) -> list[Comment]:
    return [one for one in shelf.thread(answer.item) if one.parent == answer.id][:_MOST_COMMENTS]


def _missing(what: str, number: int) -> Refusal:
    return refusal(404, f"{what} not found: {number}")
