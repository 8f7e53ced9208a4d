"""Finds the method that a path belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_service.platforms.yandex_business.replica import answering, companies, pages, reviews
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.ports.replica import ReplicaResponse

Method = Callable[[Call], ReplicaResponse]


@dataclass(frozen=True, slots=True)
class _Route:
    """`writes`: the call may change something; not every POST does."""

    verb: str
    pattern: re.Pattern[str]
    method: Method
    writes: bool = False


_HOME = r"(?P<organisation>[0-9]{1,18})"
_ROUTES = (
    _Route("GET", re.compile(r"/sprav/api/companies/?"), companies.listed),
    _Route("GET", re.compile(r"/sprav/api/chain/(?P<tycoon>[0-9]{1,18})/branches/"), companies.branches),
    _Route("POST", re.compile(r"/sprav/api/view/chain/0/list/"), companies.chain_view),
    _Route("GET", re.compile(rf"/sprav/api/{_HOME}/reviews/?"), reviews.listed),
    _Route("PUT", re.compile(rf"/sprav/api/{_HOME}/reviews/(?P<review>[^/]+)/read"), reviews.mark_read, True),
    _Route("POST", re.compile(r"/sprav/api/ugcpub/business-answer"), answering.answer, True),
    _Route("GET", re.compile(rf"/sprav/{_HOME}/p/edit/main/"), pages.card),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A method, the parts of its path, and whether it may change something."""

    method: Method
    names: Mapping[str, str]
    writes: bool


def find(verb: str, path: str) -> Found | None:
    """The method behind a path, or None."""
    for route in _ROUTES:
        matched = route.pattern.fullmatch(path)
        if matched is not None and route.verb == verb:
            return Found(route.method, matched.groupdict(), route.writes)
    return None
