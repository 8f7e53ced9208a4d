"""The methods of v4 that write and delete the reply to a review."""

from __future__ import annotations

from feedback_service.platforms.google_business.replica import asking, render
from feedback_service.platforms.google_business.replica.bodies import Problem, absent, as_json, empty, invalid
from feedback_service.platforms.google_business.replica.call import Call
from feedback_service.platforms.google_business.replica.items import VERDICTS, Moderation, Reply, Review, Verdict
from feedback_service.ports.replica import ReplicaResponse

# Source: Google Business Profile API v4, accounts.locations.reviews, ReviewReply.comment.
_MOST_BYTES = 4096
_FIELDS = frozenset({"comment", "updateTime", "reviewReplyState", "policyViolation"})


def put(call: Call, *ids: str) -> ReplicaResponse:
    """PUT /v4/accounts/{account}/locations/{location}/reviews/{review}/reply: creates or replaces."""
    asking.check(call.request)
    text = asking.document(call.request.body, _FIELDS).get("comment")
    review = _review(call, ids, text if isinstance(text, str) else "")
    reply = _reply(call, review, _fitting(text))
    shelf = call.account.shelf
    if call.request.imposition("swallow") is not None:
        shelf.note(review, reply.text, call.at, "ignored")
    else:
        shelf.reply(review, reply)
    return as_json(200, render.received(reply))


def delete(call: Call, *ids: str) -> ReplicaResponse:
    """DELETE of the same: the answer has no body."""
    asking.check(call.request)
    group_id, location_id, review_id = ids
    review = call.directory.review(call.account, (group_id, location_id, review_id))
    if not review.replies:
        raise absent()
    call.account.shelf.retract(review, call.at)
    return empty()


def _review(call: Call, ids: tuple[str, ...], text: str) -> Review:
    group_id, location_id, review_id = ids
    try:
        return call.directory.review(call.account, (group_id, location_id, review_id))
    except Problem:
        name = f"accounts/{group_id}/locations/{location_id}/reviews/{review_id}"
        call.account.shelf.miss(name, text, call.at)
        raise


def _fitting(text: object) -> str:
    """The text, if it can be a reply. Raises 400; half of an emoji has no bytes and is none."""
    try:
        size = len(text.encode()) if isinstance(text, str) else 0
    except UnicodeEncodeError:
        size = 0
    if not isinstance(text, str) or not text.strip() or not 1 <= size <= _MOST_BYTES:
        raise invalid("comment", f"must have 1 to {_MOST_BYTES} bytes of UTF-8")
    return text


def _reply(call: Call, review: Review, text: str) -> Reply:
    """A new text over a standing one of ours is an edit; the same text again, or over the owner's, is a second answer.

    The platform makes no difference between these. The ledger does, for nobody edits a text into itself.
    """
    before = review.replies[-1] if review.replies and review.replies[-1].stands(call.at) else None
    return Reply(
        text=text,
        sent_at=call.at,
        seen_from=call.at + call.account.options.lag,
        edits=before is not None and not before.by_hand and before.text != text,
        moderation=_moderation(call),
    )


def _moderation(call: Call) -> Moderation:
    """Yes, after the option's delay, or what the fault "moderate" says."""
    usual = Moderation(delay=call.account.options.moderation_delay)
    options = call.request.imposition("moderate")
    if options is None:
        return usual
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    delay = float(str(options.get("delay", usual.delay)))
    return Moderation(verdict, delay, str(options.get("reason") or usual.reason))
