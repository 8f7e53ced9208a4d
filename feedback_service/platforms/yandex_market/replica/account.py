"""The methods on tokens, shops and product names."""

from __future__ import annotations

from feedback_service.platforms.yandex_market.replica import render
from feedback_service.platforms.yandex_market.replica.bodies import as_json, refusal, success
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.keys import Grant
from feedback_service.platforms.yandex_market.replica.reading import fields_of
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

_MOST_OFFERS = 100
_KEY_NAME = "Ответы на отзывы"


def token(grant: Grant) -> ReplicaResponse:
    """POST /v2/auth/token, for Api-Key tokens only."""
    if grant.oauth:
        raise refusal(403, "Access denied")
    return success({"apiKey": {"name": _KEY_NAME, "authScopes": sorted(grant.scopes)}})


def campaigns(business: Business) -> ReplicaResponse:
    """GET /v2/campaigns: one shop, which belongs to the cabinet. From memory."""
    shop = {
        "domain": business.options.name,
        "id": business.id + 100,
        "clientId": business.id + 200,
        "business": {"id": business.id, "name": business.options.name},
        "placementType": "FBS",
        "apiAvailability": "AVAILABLE",
    }
    pager = {"total": 1, "from": 1, "to": 1, "currentPage": 1, "pagesCount": 1, "pageSize": 50}
    return as_json(200, {"campaigns": [shop], "pager": pager})


def offers(request: ReplicaRequest, business: Business) -> ReplicaResponse:
    """POST /v2/businesses/{businessId}/offer-mappings: all products or the asked ones, on one page. From memory."""
    wanted = fields_of(request, required=False).words("offerIds", _MOST_OFFERS)
    customers = [item.customer for item in business.shelf.items.values()]
    names = {render.offer_id(one): render.product_name(one) for one in customers}
    mappings = [
        {"offer": {"offerId": offer, "name": name, "archived": False}}
        for offer, name in names.items()
        if wanted is None or offer in wanted
    ]
    return success({"offerMappings": mappings, "paging": {}})
