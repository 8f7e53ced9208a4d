"""The cabinet's calls on questions."""

from __future__ import annotations

from feedback_service.platforms.ozon.replica.cabinet import render
from feedback_service.platforms.ozon.replica.cabinet.visit import Visit, bad_request
from feedback_service.platforms.ozon.replica.items import NEW, STATUSES
from feedback_service.platforms.ozon.replica.paging import Cut
from feedback_service.platforms.ozon.replica.questions import LONGEST, SHORTEST
from feedback_service.platforms.ozon.replica.render import counts, utc

_ALL = "ALL"
_EDGE = "0"  # as `pagination_last_id`: the beginning in a request, the end in an answer


def listed(visit: Visit) -> object:
    """POST /api/v1/question-list: newest first."""
    status = visit.fields.part("filter").one_of("status", (_ALL, *STATUSES), _ALL)
    after = visit.fields.text("pagination_last_id")
    questions = visit.shelf.questions
    cut = Cut("" if after == _EDGE else after, visit.seller.options.cabinet_page, ascending=False)
    try:
        page = cut.of((one for one in questions.values() if status in (_ALL, one.status)), questions)
    except KeyError:
        raise bad_request() from None
    return {
        "result": [render.question(visit.seller, item, visit.at) for item in page.items],
        "pagination_last_id": page.last_id if page.has_next else _EDGE,
        "last_published_at": utc(page.items[-1].created_at) if page.items else None,
    }


def shown(visit: Visit) -> object:
    """POST /api/v1/question-info: one question as the list has it."""
    question = visit.question(visit.fields.needed("question_id"))
    return {"result": render.question(visit.seller, question, visit.at)}


def answer(visit: Visit) -> object:
    """POST /api/v1/create-answer: true even where nothing is stored."""
    names = {name for key in ("question_id", "questionId") if (name := visit.fields.text(key))}
    text = visit.fields.text("text")
    if len(names) != 1 or not SHORTEST <= len(text) <= LONGEST:
        raise bad_request()
    item = names.pop()
    if item not in visit.shelf.questions:
        visit.shelf.miss(item, text, visit.at)
    visit.write(visit.question(item), text)
    return {"result": True}


def answers(visit: Visit) -> object:
    """POST /api/v1/answer-list: oldest first, all on one page."""
    question = visit.question(visit.fields.needed("question_id"))
    return {"result": [render.answer(question, reply, visit.at) for reply in question.replies]}


def delete(visit: Visit) -> object:
    """POST /api/v1/delete-answer"""
    item, reply = visit.own("question", visit.fields.needed("answer_id"))
    visit.shelf.retract(item.id, reply, visit.at)
    return {"result": True}


def counted_new(visit: Visit) -> object:
    """POST /api/v1/get-new-question-counter"""
    return {"result": counts(list(visit.shelf.questions.values()))[NEW]}


def counted(visit: Visit) -> object:
    """POST /api/v1/question-counter"""
    questions = list(visit.shelf.questions.values())
    return {"result": {_ALL: len(questions), **counts(questions)}}
