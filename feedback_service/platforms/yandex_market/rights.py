"""Reads what a token is open to, which cabinets it sees, and what the offers of a cabinet are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedback_service.platforms.yandex_market.wire import Unreadable, number_of, result_of
from feedback_service.transports.documents import Row, row_of

READS = frozenset({"ALL_METHODS", "ALL_METHODS_READ_ONLY", "COMMUNICATION"})
WRITES = frozenset({"ALL_METHODS", "COMMUNICATION"})
"""The accesses that the methods of reviews and questions want. Source: OpenAPI of the Partner API, 2026-07."""


def read_scopes(document: object) -> frozenset[str]:
    """The accesses of a token, in capitals. Raises Unreadable where none are named."""
    key = result_of(document).get("apiKey")
    scopes = key.get("authScopes") if isinstance(key, dict) else None
    if not isinstance(scopes, list):
        raise Unreadable("the token's accesses are missing")
    return frozenset(str(one).upper().replace("-", "_").replace(":", "_") for one in scopes)


def read_businesses(document: object) -> Mapping[int, str]:
    """The cabinets of the shops, by number. Raises Unreadable where there is no list."""
    campaigns = document.get("campaigns") if isinstance(document, dict) else None
    if not isinstance(campaigns, list):
        raise Unreadable("the list of shops is missing")
    found = (row_of(row_of(one).get("business")) for one in campaigns)
    return {number: str(one.get("name") or "") for one in found if (number := number_of(str(one.get("id"))))}


def read_offer_names(document: object) -> Mapping[str, str]:
    """The names of offers by the seller's own ids; offers without one are left out."""
    rows = result_of(document).get("offerMappings")
    offers = (row_of(row_of(one).get("offer")) for one in rows) if isinstance(rows, list) else iter(())
    return dict(_named(offers))


def _named(offers: Iterator[Row]) -> Iterator[tuple[str, str]]:
    for offer in offers:
        offer_id, name = offer.get("offerId"), offer.get("name")
        if isinstance(offer_id, str) and isinstance(name, str) and name:
            yield offer_id, name
