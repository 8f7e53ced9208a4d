"""The methods on the comments below a review."""

from __future__ import annotations

from feedback_service.platforms.twogis.replica import query, render
from feedback_service.platforms.twogis.replica.bodies import Problem, absent, forbidden, invalid
from feedback_service.platforms.twogis.replica.call import Call
from feedback_service.platforms.twogis.replica.items import VERDICTS, Comment, Moderation, Review, Verdict
from feedback_service.platforms.twogis.replica.reviews import catalog
from feedback_service.platforms.twogis.replica.sign_in import document
from feedback_service.ports.replica import ReplicaRequest

_PAGE = 200


def create(call: Call, item: str) -> object:
    """POST /presence/reviews/{reviewId}/comments: nothing prevents a second reply."""
    body = document(call.request.body)
    text, named, official = body.get("text"), body.get("catalog"), body.get("isOfficialAnswer", False)
    if not (isinstance(text, str) and isinstance(named, str) and isinstance(official, bool)):
        raise invalid("text, catalog and isOfficialAnswer are text, text and true or false")
    review = _answerable(call, item, named, text)
    if not text.strip() or len(text) > call.account.options.text_limit:
        raise invalid(f"text must have 1 to {call.account.options.text_limit} characters")
    reply = _reply(call, review, text, official)
    if call.request.imposition("swallow") is not None:
        call.account.shelf.note(item, text, call.at, "ignored")
    else:
        call.account.shelf.comment(item, reply)
    return render.comment(review, reply, call.at)


def listed(call: Call, item: str) -> object:
    """GET /presence/reviews/{reviewId}/comments, oldest first."""
    limit = query.whole(call.query, "limit", _PAGE, most=_PAGE)
    review = call.review(item, catalog(call))
    return {"items": [render.comment(review, one, call.at) for one in review.seen(call.at)[:limit]]}


def delete(call: Call, item: str, comment_id: str) -> object:
    """DELETE /presence/reviews/{reviewId}/comments/{commentId}"""
    named = catalog(call)
    if call.query.get("type") != "reply":
        raise invalid("type")
    comment = next((one for one in call.review(item, named).comments if one.id == comment_id), None)
    if comment is None:
        raise absent("comment")
    if comment.author != "company":
        raise forbidden("comment")
    call.account.shelf.retract(item, comment, call.at)
    return None


def _answerable(call: Call, item: str, named: str, text: str) -> Review:
    try:
        review = call.review(item, named)
    except Problem:
        call.account.shelf.miss(item, text, call.at)
        raise
    if not render.may_reply(call.account, review):
        raise forbidden("reply")
    return review


def _reply(call: Call, review: Review, text: str, official: bool) -> Comment:
    account = call.account
    ours = (one for one in review.comments if one.author == "company" and one.state(call.at) != "declined")
    stands = any(one.official for one in ours)
    return Comment(
        id=call.numbering.comment(),
        author="company",
        name=account.org_name(account.org_of(review.branch)),
        text=text,
        sent_at=call.at,
        seen_from=call.at + account.options.lag,
        official=official or not stands,
        moderation=_moderation(call.request),
    )


def _moderation(request: ReplicaRequest) -> Moderation:
    """Yes at once, or what the fault "moderate" says."""
    options = request.imposition("moderate")
    if options is None:
        return Moderation()
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    return Moderation(verdict, float(str(options.get("delay", 0))), str(options.get("reason") or Moderation().reason))
