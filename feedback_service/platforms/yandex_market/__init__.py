"""Yandex.Market in one table: reviews and questions of a seller, by the Partner API or by the seller's cabinet."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms.yandex_market.cabinet import YandexMarketCabinet
from feedback_service.platforms.yandex_market.connector import YandexMarketConnector
from feedback_service.ports.platform import (
    Access,
    CabinetSpec,
    Connector,
    CredentialField,
    PlatformSpec,
    Redelivery,
    TextLimit,
)

SETTLE = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Nothing is known to stop a second comment of the same shop, so a doubt is looked at for longer than elsewhere."""

SPEC = PlatformSpec(
    key=PlatformKey("yandex_market"),
    title="Yandex.Market",
    base_url="https://api.partner.market.yandex.ru",
    kinds=frozenset({Kind.REVIEW, Kind.QUESTION}),
    reply_limits={Kind.REVIEW: TextLimit(1, 4096), Kind.QUESTION: TextLimit(1, 5000)},
    credentials=(
        CredentialField(
            "api_key",
            "Api-Key token with the access «Общение с покупателями», from the cabinet: Настройки → API и модули",
        ),
        CredentialField(
            "business_id",
            "number of the cabinet (businessId), from the cabinet: Настройки → API и модули; "
            "it also stands in the address of every page of the cabinet, after /business/",
            ways=frozenset({Way.API, Way.BROWSER}),
            secret=False,
            identifies=True,
        ),
    ),
    edit_window=timedelta(days=3650),
    moderates=frozenset(Kind),
    finds="by its id; questions by id where the API takes it, else by their dates",
    limits="2 to 4 requests at once; 500 to 5 000 an hour for each method, up to 5 times that with a subscription",
    redelivery=Redelivery(settle=SETTLE),
    terms="The Partner API is the documented way. No terms for working the seller's cabinet by a program are known: "
    "that is at the seller's own risk.",
    deliveries=(Delivery.BROWSER, Delivery.API, Delivery.QUEUE),
    cabinet=CabinetSpec(
        url="https://partner.market.yandex.ru",
        sites=("yandex.ru", "market.yandex.ru"),
        cookies=("Session_id", "sessionid2"),
        caveat="no call of the cabinet is publicly described: its addresses and the marks on its pages are our guess, "
        "not verified against the real one, and an antibot may end the session",
    ),
    retracts=True,
)
"""Lengths: OpenAPI of the Partner API, 2026-07. No limit in time or number is stated there for editing an answer, so
the window is one that nobody reaches (the answer's own `canModify` counts), and the number is 0: without end."""


def connect(access: Access) -> Connector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    if access.way is Way.BROWSER:
        return YandexMarketCabinet.open(SPEC, access)
    return YandexMarketConnector.open(SPEC, access)
