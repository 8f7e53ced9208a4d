"""What `check` reports about a Yandex.Market account that works by the API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.refusals import BUSINESS, SCOPE
from feedback_service.platforms.yandex_market.rights import READS, WRITES
from feedback_service.ports.facts import told
from feedback_service.ports.platform import Fact


async def of_account(client: YandexMarketClient) -> Sequence[Fact]:
    """Three reads: the token's accesses, the cabinets it sees, and the list that we live on."""
    looks = (("token rights", _rights), ("cabinet", _cabinet), ("reviews", _reviews))
    return [await told(subject, partial(look, client)) for subject, look in looks]


async def _rights(client: YandexMarketClient) -> Fact:
    scopes = await client.scopes()
    if not scopes & READS:
        return Fact("token rights", False, "the token may not read reviews and questions", SCOPE)
    if not scopes & WRITES:
        return Fact("token rights", False, "the token may only read", SCOPE)
    return Fact("token rights", True, "the token may read and answer reviews and questions")


async def _cabinet(client: YandexMarketClient) -> Fact:
    """Only the first page of shops is read, so a cabinet that is not on it is not called wrong where there are many."""
    seen = await client.businesses()
    if client.business in seen:
        name = seen[client.business]
        return Fact("cabinet", True, f"{client.business}{f' ({name})' if name else ''} is the token's")
    known = ", ".join(str(number) for number in sorted(seen)[:5]) or "none"
    return Fact("cabinet", False, f"{client.business} is not among the token's cabinets: {known}", BUSINESS)


async def _reviews(client: YandexMarketClient) -> Fact:
    async for page in client.reviews(all_of_them=False):
        more = "" if len(page) < 50 else " or more"
        return Fact("reviews", True, f"accepted; {len(page)}{more} reviews wait for a reaction")
    return Fact("reviews", True, "accepted")
