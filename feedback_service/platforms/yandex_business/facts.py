"""What `check` reports about a login of Yandex Business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedback_service.domain.feedback import Product
from feedback_service.domain.session import MOMENT
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.refusals import ACCESS, Closed
from feedback_service.ports.facts import told_in_turn
from feedback_service.ports.platform import Fact
from feedback_service.transports.retry import Patience

TWICE = Patience(tries=2)
MOST_LOOKS = 10
"""Lists of reviews that are tried at most: each takes a second."""
NEEDED = ("Session_id", "sessionid2")


async def of_account(client: YandexBusinessClient, organisations: Organisations) -> Sequence[Fact]:
    """The session's end, the organisations, and whether their reviews can be read; the first trouble ends it."""
    client = replace(client, patience=TWICE)
    places: list[Product] = []

    async def listed() -> Fact:
        places.extend(await replace(organisations, client=client).all())
        named = "named by permanent_id" if organisations.named else "open to the login"
        return Fact("organisations", True, f"{len(places)} {named}")

    return await told_in_turn(
        ("session", lambda: _session(client)),
        ("organisations", listed),
        ("reviews", lambda: _reviews(client, places)),
    )


async def _session(client: YandexBusinessClient) -> Fact:
    until = (await client.jar.session()).expires_at(NEEDED)
    lasts = f"until {until:{MOMENT}}" if until else "until Yandex ends it (its cookies name no date)"
    return Fact("session", True, f"kept {lasts}")


async def _reviews(client: YandexBusinessClient, places: Sequence[Product]) -> Fact:
    """The first page of up to MOST_LOOKS organisations."""
    shown, closed = 0, []
    for one in places[:MOST_LOOKS]:
        try:
            page = await client.reviews(one, 1, client.clock.now())
        except Closed:
            closed.append(one.sku)
        else:
            shown += page.came if page.total is None else page.total
    if closed:
        return Fact("reviews", False, f"not open to the login: {', '.join(closed)}", ACCESS)
    tried = min(len(places), MOST_LOOKS)
    return Fact("reviews", True, f"accepted; {shown} reviews of {tried} of {len(places)} organisation(s)")
