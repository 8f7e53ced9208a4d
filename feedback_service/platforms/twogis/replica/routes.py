"""Which method answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from feedback_service.platforms.twogis.replica import comments, holdings, public, reviews
from feedback_service.platforms.twogis.replica.bodies import absent
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

Method = TypeVar("Method")

_ID = "([^/]+)"
_PRESENCE = "/api/1.0/presence"
_OF_BRANCH = f"{_PRESENCE}/branch/{_ID}/reviews"
_OF_ORG = f"{_PRESENCE}/org/{_ID}/reviews"
_REVIEW = f"{_PRESENCE}/reviews/{_ID}"
_COMMENT = f"{_REVIEW}/comments/{_ID}"

CABINET: Mapping[tuple[str, str], Callable[..., object]] = {
    ("GET", "/api/1.0/users"): holdings.user,
    ("GET", "/api/1.0/orgs"): holdings.orgs,
    ("GET", "/api/1.0/branches"): holdings.branches,
    ("GET", _OF_BRANCH): reviews.of_branch,
    ("GET", _OF_ORG): reviews.of_org,
    ("GET", _REVIEW): reviews.one,
    ("GET", f"{_REVIEW}/comments"): comments.listed,
    ("POST", f"{_REVIEW}/comments"): comments.create,
    ("DELETE", _COMMENT): comments.delete,
}
PUBLIC: Mapping[tuple[str, str], Callable[..., ReplicaResponse]] = {
    ("GET", f"/(2\\.0)/(branches|geo|orgs)/{_ID}/reviews"): public.reviews,
    ("GET", f"/(3\\.0)/(branches|orgs)/{_ID}/reviews"): public.reviews,
    ("GET", f"/2\\.0/reviews/{_ID}/comments"): public.comments,
}
PUBLIC_BRANCH = re.compile(f"/[23]\\.0/(?:branches|geo)/{_ID}/reviews")


def found(table: Mapping[tuple[str, str], Method], request: ReplicaRequest) -> tuple[Method, Sequence[str]]:
    """The method with the ids that stand in the path. Raises 404."""
    for (verb, pattern), method in table.items():
        match = re.fullmatch(pattern, request.path)
        if match and verb == request.method:
            return method, match.groups()
    raise absent("path")


def is_public(path: str) -> bool:
    """Whether it belongs to the public API; all else is the cabinet's."""
    return path.startswith(("/2.0/", "/3.0/"))


def writes(method: str, path: str) -> bool:
    """Whether a call may change something a customer sees; signing in does not."""
    return method not in ("GET", "HEAD", "OPTIONS") and path.startswith(_PRESENCE)
