"""Ozon in one table: reviews and questions of a seller, by the Seller API or in the seller's cabinet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.redelivery import Redelivery
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms.ozon.cabinet.connector import CabinetConnector
from feedback_service.platforms.ozon.connector import OzonConnector
from feedback_service.ports.platform import Access, CabinetSpec, Connector, CredentialField, PlatformSpec, TextLimit

SPEC = PlatformSpec(
    key=PlatformKey("ozon"),
    title="Ozon",
    base_url="https://api-seller.ozon.ru",
    kinds=frozenset({Kind.REVIEW, Kind.QUESTION}),
    reply_limits={Kind.REVIEW: TextLimit(2, 1000), Kind.QUESTION: TextLimit(2, 3000)},
    credentials=(
        CredentialField(
            "client_id",
            "Client ID of the seller, from the cabinet: Настройки → Seller API",
            ways=frozenset({Way.API}),
            secret=False,
            identifies=True,
        ),
        CredentialField(
            "api_key",
            "API key that may read and answer reviews and questions, from the cabinet: Настройки → Seller API",
            ways=frozenset({Way.API}),
        ),
        CredentialField(
            "company_id",
            "number of the company in the seller's cabinet (also the value of its cookie sc_company_id)",
            ways=frozenset({Way.BROWSER}),
            secret=False,
            identifies=True,
        ),
    ),
    redelivery=Redelivery(
        settle=(timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5)),
        confirm=(timedelta(seconds=2), timedelta(minutes=1), timedelta(minutes=10)),
    ),
    terms="Reviews by API need «Управление отзывами» or Premium Pro, questions Premium Plus. For automating the "
    "seller's cabinet no permission was found in Ozon's terms: who chooses it bears that risk.",
    deliveries=(Delivery.QUEUE, Delivery.API, Delivery.BROWSER),
    cabinet=CabinetSpec(
        url="https://seller.ozon.ru",
        sites=("ozon.ru",),
        cookies=("__Secure-access-token", "__Secure-refresh-token"),
        caveat="the cabinet's calls are known from other people's programs only, may change any day, and no "
        "permission to automate them was found",
    ),
    retracts=True,
    moderates=frozenset(Kind),
    finds="by its id",
    limits="50 requests/s for a Client-Id (we keep to half), and unpublished ones for each method",
)
"""Lengths and hosts: Ozon Seller API, 2026-10; cabinet: observed by others, undocumented.

No maximum is stated for a comment on a review. Programs of others cut at 2 000 characters; we keep to half of that,
because a text that the platform cut would read like a mistake. An answer cannot be edited: there is no such method.
`settle` is long because Ozon does not refuse a second comment: one that lands late would show twice.
"""

CABINET_SPEC = replace(
    SPEC,
    batch=10,
    send_window=timedelta(seconds=60),
    redelivery=replace(
        SPEC.redelivery,
        settle=(timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)),
        confirm=(timedelta(seconds=5), timedelta(minutes=2), timedelta(minutes=10)),
        doubt_ends_with_a_person=True,
    ),
)
"""The same account in a browser: slower, and told less of what became of a write.

What its lists show of an answer that waits for moderation is INVENTED, and Ozon takes a second comment: a doubt that
no look ends is a person's.
"""


def connect(access: Access) -> Connector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    if access.way is Way.BROWSER:
        return CabinetConnector.open(CABINET_SPEC, access)
    return OzonConnector.open(SPEC, access)
