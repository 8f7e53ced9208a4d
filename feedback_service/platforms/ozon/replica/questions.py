"""The methods on questions and on answers to them."""

from __future__ import annotations

from collections import Counter

from feedback_service.platforms.ozon.replica import render
from feedback_service.platforms.ozon.replica.bodies import Problem, absent, invalid
from feedback_service.platforms.ozon.replica.call import Call
from feedback_service.platforms.ozon.replica.items import NEW, PROCESSED, STATUSES, VIEWED, Item
from feedback_service.platforms.ozon.replica.paging import Cut, Span

# Source: Ozon Seller API, /v1/question/list, /v1/question/answer/create, /v1/question/top-sku.
MOST = 100
SHORTEST, LONGEST = 2, 3000
ANSWERS_PER_PAGE = 10
_ALL, _UNPROCESSED = "ALL", "UNPROCESSED"


def listed(call: Call) -> object:
    """POST /v1/question/list: a page may be shorter than `limit`, even where more follow."""
    filters, limit = call.fields.part("filter"), call.fields.whole("limit") or call.options.question_page
    status = filters.one_of("status", (_ALL, *STATUSES, _UNPROCESSED), _ALL)
    span = Span(filters.moment("date_from"), filters.moment("date_to"))
    ascending = call.fields.one_of("sort_dir", ("ASC", "DESC"), "DESC") == "ASC"
    if not 1 <= limit <= MOST:
        raise invalid()
    call.admit()
    chosen = [one for one in call.shelf.questions.values() if _is(one, status) and one.created_at in span]
    cut = Cut(call.fields.text("last_id"), min(limit, call.options.question_page), ascending)
    try:
        page = cut.of(chosen, call.shelf.questions)
    except KeyError:
        raise invalid() from None
    found = {"questions": [render.question(call, one) for one in page.items], "last_id": page.last_id}
    return {**found, "has_next": page.has_next} if call.options.october else found


def shown(call: Call) -> object:
    """POST /v1/question/info"""
    item = call.fields.needed("question_id")
    call.admit()
    return render.question(call, call.question(item))


def counted(call: Call) -> object:
    """POST /v1/question/count"""
    call.admit()
    questions = list(call.shelf.questions.values())
    counts = render.counts(questions)
    found = {
        "all": len(questions),
        "new": counts[NEW],
        "processed": counts[PROCESSED],
        "unprocessed": len(questions) - counts[PROCESSED],
        "viewed": counts[VIEWED],
    }
    return {name: render.int64(call, number) for name, number in found.items()}


def change(call: Call) -> object:
    """POST /v1/question/change-status: 200 without a body."""
    items, status = call.fields.texts("question_ids"), call.fields.one_of("status", STATUSES, "")
    if not items:
        raise invalid()
    call.admit()
    for item in items:
        call.question(item)
    for item in items:
        call.shelf.set_status(item, status, call.at)
    return None


def top_skus(call: Call) -> object:
    """POST /v1/question/top-sku: the products that are asked about most. April's description has them as text."""
    limit = call.fields.within("limit", 1, MOST)
    call.admit()
    asked = Counter(one.sku for one in call.shelf.questions.values())
    skus = [sku for sku, _ in asked.most_common(limit)]
    return {"sku": [render.int64(call, sku) if call.options.october else str(sku) for sku in skus]}


def answer(call: Call) -> object:
    """POST /v1/question/answer/create: nothing prevents a second answer."""
    item, text, sku = call.fields.needed("question_id"), call.fields.needed("text"), call.fields.whole("sku")
    if sku is None or not SHORTEST <= len(text) <= LONGEST:
        raise invalid()
    call.admit()
    try:
        question = _of_product(call.question(item), sku)
    except Problem:
        call.shelf.miss(item, text, call.at)
        raise
    answered = call.seller.answer(question, text, call.request)
    call.shelf.process(item)
    return {"answer_id": answered}


def answers(call: Call) -> object:
    """POST /v1/question/answer/list: the waiting and the declined are among them, each with its state."""
    item, sku, after = call.fields.needed("question_id"), call.fields.whole("sku"), call.fields.text("last_id")
    if sku is None:
        raise invalid()
    call.admit()
    question = _of_product(call.question(item), sku)
    ids = [reply.id for reply in question.replies]
    if after and after not in ids:
        raise invalid()
    left = question.replies[ids.index(after) + 1 :] if after else question.replies
    page = left[:ANSWERS_PER_PAGE]
    last = page[-1].id if page else ""
    return {"answers": [render.answer(call, question, reply) for reply in page], "last_id": last}


def delete(call: Call) -> object:
    """POST /v1/question/answer/delete: 200 without a body."""
    reply, sku = call.fields.needed("answer_id"), call.fields.whole("sku")
    if sku is None:
        raise invalid()
    call.admit()
    item, found = call.answer(reply, sku)
    call.shelf.retract(item.id, found, call.at)
    return None


def _is(item: Item, status: str) -> bool:
    return status in (_ALL, item.status) or (status == _UNPROCESSED and item.status != PROCESSED)


def _of_product(question: Item, sku: int) -> Item:
    if question.sku != sku:
        raise absent("question")
    return question
