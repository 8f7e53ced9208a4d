"""The public API: everybody's reviews of a branch or an organisation, for whoever has the page's key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from feedback_service.platforms.twogis.replica import public_render, query
from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.bodies import absent, as_json, invalid
from feedback_service.platforms.twogis.replica.dates import MOSCOW, NOVOSIBIRSK, written
from feedback_service.platforms.twogis.replica.directory import Directory
from feedback_service.platforms.twogis.replica.items import FLAMP, OURS, Review
from feedback_service.platforms.twogis.replica.reviews import LARGEST_PAGE, Before
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_PAGE = 12
_STRAY_PORT = 8080
_SORTS = ("date_created", "date_edited", "friends")


@dataclass(frozen=True, slots=True)
class PublicCall:
    """One call whose key was accepted."""

    request: ReplicaRequest
    directory: Directory

    @property
    def fields(self) -> frozenset[str]:
        return query.names(self.request.query, "fields")


def reviews(call: PublicCall, version: str, kind: str, place: str) -> ReplicaResponse:
    """GET /2.0/{branches|geo|orgs}/{id}/reviews, GET /3.0/{branches|orgs}/{id}/reviews"""
    account, branches = _found(call, kind, place)
    if account is None:
        return as_json(200, {"meta": {"code": 200}, "reviews": []})
    every, asked = account.shelf.newest_first(branches), call.request.query
    limit = query.whole(asked, "limit", _PAGE, most=LARGEST_PAGE)
    before = Before(query.moment(asked, "offset_date"), account.options.inclusive)
    skipped = 0 if before.instant is not None else query.whole(asked, "offset", 0, least=0)
    rest = [review for review in _sorted(call, every) if before.holds(review)][skipped:]
    shown = [public_render.review(account, review, call.request.at, call.fields) for review in rest[:limit]]
    link = _next_link(call, account, rest, limit) if version == "2.0" else None
    odd = public_render.ODD_REVIEWS if account.options.odd and rest == every else ()
    meta = {**_meta(call, kind, every), **({"next_link": link} if link else {})}
    return as_json(200, {"meta": meta, "reviews": [*odd, *shown]})


def comments(call: PublicCall, item: str) -> ReplicaResponse:
    """GET /2.0/reviews/{reviewId}/comments"""
    found = call.directory.review(item)
    if found is None:
        raise absent("review")
    return as_json(200, {"meta": {"code": 200}, "comments": public_render.comments(found[1], call.request.at)})


def _found(call: PublicCall, kind: str, place: str) -> tuple[Account | None, Sequence[int]]:
    if kind == "orgs":
        org = call.directory.org(place)
        if org is None:
            raise invalid("unknown organisation")
        return org[0], org[0].branches(org[1])
    branch = call.directory.branch(place)
    if branch is None:
        raise invalid("unknown branch")
    return branch[0], [branch[1]]


def _sorted(call: PublicCall, every: Sequence[Review]) -> Sequence[Review]:
    order = call.request.query.get("sort_by", _SORTS[0])
    if order not in _SORTS:
        raise invalid("sort_by")
    if query.flag(call.request.query, "rated") is False:
        return []
    if order != "date_edited":
        return every
    return sorted(every, key=lambda one: one.edited_at or one.customer.created_at, reverse=True)


def _next_link(call: PublicCall, account: Account, rest: Sequence[Review], limit: int) -> str | None:
    """The address of the next page: with a port that nobody listens at, and without the key. Source: a client."""
    asked = {name: value for name, value in call.request.query.items() if name not in ("key", "offset")}
    if len(rest) > limit:
        last = rest[limit - 1]
        asked["offset_date"] = written(last.created, MOSCOW if last.branch % 2 else NOVOSIBIRSK)
    elif not account.options.stuck_link:
        return None
    host = call.request.headers.get("host", "localhost").partition(":")[0]
    return f"http://{host}:{_STRAY_PORT}{call.request.path}?{urlencode(sorted(asked.items()))}"


def _meta(call: PublicCall, kind: str, every: Sequence[Review]) -> Mapping[str, object]:
    """What `fields` asks for, besides the code."""
    ratings = [review.rating for review in every]
    what = "org" if kind == "orgs" else "branch"
    every_field: dict[str, object] = {
        f"{what}_rating": round(sum(ratings) / len(ratings), 1) if ratings else 0.0,
        f"{what}_reviews_count": len(ratings),
        "total_count": len(ratings),
        "providers": [{"tag": tag, "is_reviewable": True} for tag in (FLAMP, OURS)],
    }
    return {"code": 200, **{name: value for name, value in every_field.items() if f"meta.{name}" in call.fields}}
