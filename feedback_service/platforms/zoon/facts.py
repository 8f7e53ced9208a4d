"""What `check` reports of reading Zoon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from feedback_service.domain.errors import AccountFault, FeedbackServiceError
from feedback_service.platforms.zoon.client import PIECE, ZoonClient
from feedback_service.ports.platform import Fact

LATER = "try again later; see that base_url is right"
WRONG = "see in the source text of each organisation's page that data-owner-id is one of organization_ids"
NO_PAGE = "add the address of each organisation's page to site, for the day on which the list fails"
MOST_LOOKS = 5
"""Organisations that are tried at most: each takes a second."""


async def of_reading(client: ZoonClient) -> Sequence[Fact]:
    """Whether the list answers, and whether the pages given are the organisations'."""
    reviews = await told("reviews", lambda: _reviews(client))
    return [reviews, *([await told("pages", lambda: _pages(client))] if reviews.ok else [])]


async def told(subject: str, look: Callable[[], Awaitable[Fact]]) -> Fact:
    """What the look found, or what kept it from looking."""
    try:
        return await look()
    except AccountFault as problem:
        return Fact(subject, False, problem.reason, problem.remedy)
    except FeedbackServiceError as problem:
        return Fact(subject, False, str(problem), LATER)


async def _reviews(client: ZoonClient) -> Fact:
    tried = client.login.organisations[:MOST_LOOKS]
    shown = [len(await client.reviews(one, 0)) for one in tried]
    more = " or more" if PIECE in shown else ""
    empty = ", ".join(one for one, rows in zip(tried, shown, strict=True) if not rows)
    finding = f"{sum(shown)}{more} of {len(tried)} of {len(client.login.organisations)} organisation(s)"
    if empty:
        return Fact("reviews", True, f"{finding}; none of {empty}, which may be unknown to Zoon", WRONG)
    return Fact("reviews", True, finding)


async def _pages(client: ZoonClient) -> Fact:
    pages = client.login.pages[:MOST_LOOKS]
    if not pages:
        return Fact("pages", True, "none given: where the list fails, nothing can be read", NO_PAGE)
    for place in pages:
        if not (await client.page(place)).owners & set(client.login.organisations):
            return Fact("pages", False, f"{place.path} is of none of organization_ids", WRONG)
    return Fact("pages", True, f"{len(pages)} open, of organisations in organization_ids")
