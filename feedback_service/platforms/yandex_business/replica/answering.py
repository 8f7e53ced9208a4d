"""The call that answers a review, changes the answer, and deletes it."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.yandex_business.replica.bodies import Refusal, as_json, parsed, problem
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.platforms.yandex_business.replica.items import VERDICTS, Answer, Moderation, Review, Verdict
from feedback_service.ports.replica import ReplicaResponse

_DONE = ReplicaResponse(200, {"content-type": "text/plain; charset=utf-8"}, b"OK")


def answer(call: Call) -> ReplicaResponse:
    """POST /sprav/api/ugcpub/business-answer: 200 whatever becomes of it; `OK` means that it was done."""
    document = parsed(call.request.body)
    if not isinstance(document, dict):
        raise Refusal(problem(400, "bad_request"))
    item, text = document.get("reviewId"), document.get("text")
    if not isinstance(item, str) or not isinstance(text, str):
        raise Refusal(problem(400, "bad_request"))
    review = _review(call, item)
    if review is None:
        call.shelf.miss(item, text, call.at)
        return _failed("review_not_found")
    complaint = _complaint(call, review, document)
    return _failed(complaint) if complaint else _written(call, review, text)


def _review(call: Call, item: str) -> Review | None:
    review = call.shelf.find(item)
    home = call.account.roll.find(review.organisation) if review is not None else None
    return review if home is not None and home.accessible else None


def _complaint(call: Call, review: Review, document: Mapping[str, object]) -> str | None:
    of_list, of_item = document.get("reviewsCsrfToken"), document.get("answerCsrfToken")
    if call.account.options.tokenless and of_list == "" and of_item is None:
        of_both = True
    else:
        of_both = call.holds_list_token(of_list, review.organisation) and call.holds_item_token(of_item, review.id)
    if not of_both:
        return "bad_token"
    units = len(str(document["text"]).encode("utf-16-le", "surrogatepass")) // 2
    return "text_too_long" if units > call.account.options.longest else None


def _written(call: Call, review: Review, text: str) -> ReplicaResponse:
    swallowing = call.request.imposition("swallow")
    if swallowing is not None and not swallowing.get("stored"):
        call.shelf.ignore(review, text, call.at)
        return _failed("try_later")
    if text.strip():
        call.shelf.answer(review, Answer(text, call.at, _moderation(call)))
    else:
        call.shelf.retract(review, call.at)
    return _DONE if swallowing is None else _failed("try_later")


def _moderation(call: Call) -> Moderation:
    options = call.request.imposition("moderate")
    usual = call.account.options.moderation_delay
    if options is None:
        return Moderation(delay=usual)
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    word = options.get("word")
    return Moderation(
        verdicts.get(options.get("verdict"), "approve"),
        float(str(options.get("delay", usual))),
        word if isinstance(word, str) else None,
    )


def _failed(code: str) -> ReplicaResponse:
    return as_json(200, {"status": "error", "code": code})
