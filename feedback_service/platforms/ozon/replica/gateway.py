"""The gateway of the seller API: finds the method, checks key, rate and role, and lets the method answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from feedback_service.platforms.ozon.replica import comments, products, questions, refusals, render, reviews
from feedback_service.platforms.ozon.replica.bodies import JSON_TYPE, Problem, as_json, invalid, page_not_found
from feedback_service.platforms.ozon.replica.call import Call
from feedback_service.platforms.ozon.replica.fields import Fields
from feedback_service.platforms.ozon.replica.options import SellerOptions
from feedback_service.platforms.ozon.replica.seller import Grant, Seller
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

Method = Callable[[Call], object]
Section = Literal["Review", "Question", "Product", ""]

V1, V2, QUESTION = "/v1/review/", "/v2/review/", "/v1/question/"
_ROLES = "/v1/roles"


@dataclass(frozen=True, slots=True)
class Route:
    """`section`: the role a key needs; `operation`: the method's name in the text of 403; `closes`: goes with v1."""

    method: Method
    section: Section
    operation: str = ""
    writes: bool = False
    closes: bool = False


def _roles(call: Call) -> object:
    """POST /v1/roles"""
    held = call.grant.roles
    roles = [{"name": role, "methods": _methods_of(role)} for role in held]
    return {"expires_at": render.utc(call.grant.expires_at), "roles": roles}


def _methods_of(role: str) -> list[str]:
    return [path for path, route in ROUTES.items() if role in ("Admin", route.section)]


ROUTES: Mapping[str, Route] = {
    _ROLES: Route(_roles, ""),
    f"{V2}list": Route(reviews.listed, "Review", "ReviewList"),
    f"{V2}info": Route(reviews.shown, "Review", "ReviewInfo"),
    f"{V2}count": Route(reviews.counted, "Review", "ReviewCount"),
    f"{V2}change-status": Route(reviews.change, "Review", "ReviewChangeStatus", writes=True),
    f"{V2}comment/delete": Route(comments.delete, "Review", "CommentDelete", writes=True),
    f"{V1}list": Route(reviews.listed_v1, "Review", "ReviewList", closes=True),
    f"{V1}info": Route(reviews.shown_v1, "Review", "ReviewInfo", closes=True),
    f"{V1}count": Route(reviews.counted_v1, "Review", "ReviewCount", closes=True),
    f"{V1}change-status": Route(reviews.change_v1, "Review", "ReviewChangeStatus", writes=True, closes=True),
    f"{V1}comment/delete": Route(comments.delete_v1, "Review", "CommentDelete", writes=True, closes=True),
    f"{V1}comment/create": Route(comments.create, "Review", "CommentCreate", writes=True),
    f"{V1}comment/list": Route(comments.listed, "Review", "CommentList"),
    f"{QUESTION}list": Route(questions.listed, "Question", "QuestionList"),
    f"{QUESTION}info": Route(questions.shown, "Question", "QuestionInfo"),
    f"{QUESTION}count": Route(questions.counted, "Question", "QuestionCount"),
    f"{QUESTION}change-status": Route(questions.change, "Question", "QuestionChangeStatus", writes=True),
    f"{QUESTION}top-sku": Route(questions.top_skus, "Question", "QuestionTopSku"),
    f"{QUESTION}answer/create": Route(questions.answer, "Question", "QuestionAnswerCreate", writes=True),
    f"{QUESTION}answer/list": Route(questions.answers, "Question", "QuestionAnswerList"),
    f"{QUESTION}answer/delete": Route(questions.delete, "Question", "QuestionAnswerDelete", writes=True),
    "/v3/product/info/list": Route(products.listed, "Product"),
}


def writes(path: str) -> bool:
    """Whether a call of this path may change something."""
    return path in ROUTES and ROUTES[path].writes


def respond(request: ReplicaRequest, sellers: Mapping[str, Seller]) -> ReplicaResponse:
    """Answer one request; `sellers` by their Client-Id."""
    route = ROUTES.get(request.path)
    if route is None or request.method != "POST":
        return page_not_found()
    seller = sellers.get(request.headers.get("client-id", ""))
    try:
        refusals.check_server(request)
        grant = refusals.granted(request, seller)
        assert seller is not None  # granted() has raised otherwise
        return _answered(request, seller, grant, route)
    except Problem as problem:
        details: object = "" if request.path.startswith(QUESTION) else []
        return problem.response(details, seller is not None and seller.options.string_code)


def _answered(request: ReplicaRequest, seller: Seller, grant: Grant, route: Route) -> ReplicaResponse:
    refusals.check_rate(request, seller)
    if _closed(request.path, route, seller.options):
        return page_not_found()
    if route.section:
        refusals.check_role(request, grant, route.section)
    fields = Fields.of(request.body, invalid)
    denial = _denial(request.path, route.operation)
    call = Call(request, seller, grant, fields, _subscribed(route.section, seller.options), denial)
    document = route.method(call)
    if document is None:
        return as_json(200, {}) if seller.options.empty_object else ReplicaResponse(200, JSON_TYPE)
    return as_json(200, document)


def _closed(path: str, route: Route, options: SellerOptions) -> bool:
    if path.startswith(V2):
        return not (options.v2 and options.october)
    return route.closes and not options.v1


def _subscribed(section: Section, options: SellerOptions) -> bool:
    return {"Review": options.reviews, "Question": options.questions}.get(section, True)


def _denial(path: str, operation: str) -> str:
    """How the text of 403 begins; those of v1 and v2 list and of create were seen, the others are alike."""
    if operation == "CommentCreate":
        return "failed to create comment, error: CommentCreate error: "
    if path.startswith(V2):
        return f"i.service.ReviewInfoV2: {operation}V2 s.CheckSellerReviewAccess: "
    return f"Implementation.{operation}: {operation} error: "
