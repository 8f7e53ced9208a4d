"""The methods that list an account's reviews, and the one that shows a single one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feedback_service.platforms.twogis.replica import query, render
from feedback_service.platforms.twogis.replica.bodies import invalid
from feedback_service.platforms.twogis.replica.call import Call
from feedback_service.platforms.twogis.replica.items import FLAMP, OURS, Review

_PAGE, LARGEST_PAGE = 20, 50
_POSITIVE = 4


def of_branch(call: Call, branch_id: str) -> object:
    """GET /presence/branch/{branchId}/reviews"""
    return _listed(call, [call.branch(branch_id)])


def of_org(call: Call, org_id: str) -> object:
    """GET /presence/org/{orgId}/reviews"""
    return _listed(call, call.account.branches(call.org(org_id)))


def one(call: Call, item: str) -> object:
    """GET /presence/reviews/{reviewId}"""
    return render.one_review(call.account, call.review(item, catalog(call)), call.at)


def catalog(call: Call) -> str:
    """The catalogue that a call about one review names. Raises 400."""
    named = call.query.get("catalog", "")
    if not named:
        raise invalid("catalog")
    return named


@dataclass(frozen=True, slots=True)
class Before:
    """Reviews older than `instant` (microseconds, None: all); `inclusive` repeats those of the instant itself."""

    instant: int | None
    inclusive: bool

    def holds(self, review: Review) -> bool:
        if self.instant is None:
            return True
        return review.created < self.instant or (self.inclusive and review.created == self.instant)


def _listed(call: Call, branches: Sequence[int]) -> object:
    limit = query.whole(call.query, "limit", _PAGE, most=LARGEST_PAGE)
    offset = query.moment(call.query, "offsetDate")
    before, chosen = Before(offset, call.account.options.inclusive), _chosen(call)
    every = call.account.shelf.newest_first(branches)
    page = [review for review in every if before.holds(review) and chosen(review)][:limit]
    ratings = [review.rating for review in every if review.catalog == OURS]
    odd = render.ODD_REVIEWS if call.account.options.odd and offset is None else ()
    return {
        "2gisReviewsCount": len(ratings),
        "2gisRating": round(sum(ratings) / len(ratings), 1) if ratings else 0.0,
        "rdReviewsCount": sum(review.catalog == FLAMP for review in every),
        "items": [*odd, *(render.review(call.account, review, call.at) for review in page)],
    }


def _chosen(call: Call) -> Callable[[Review], bool]:
    """The filters of a list. Raises 400."""
    unanswered, catalogs = query.flag(call.query, "withoutAnswer"), query.names(call.query, "catalogs")
    query.flag(call.query, "pinRequestedFirst")  # nothing is ever pinned here
    rating = call.query.get("rating", "")
    if rating not in ("", "positive", "negative"):
        raise invalid("rating must be positive or negative")

    def chosen(review: Review) -> bool:
        good = "positive" if review.rating >= _POSITIVE else "negative"
        answered = review.first_answer(call.at) is not None
        return rating in ("", good) and not (unanswered and answered) and (not catalogs or review.catalog in catalogs)

    return chosen
