"""The calls that list organisations."""

from __future__ import annotations

from feedback_service.platforms.yandex_business.replica import cards
from feedback_service.platforms.yandex_business.replica.bodies import Refusal, as_json, problem
from feedback_service.platforms.yandex_business.replica.call import Call, whole
from feedback_service.ports.replica import ReplicaResponse

_PER_PAGE = 20
_MOST_PER_PAGE = 50


def listed(call: Call) -> ReplicaResponse:
    """GET /sprav/api/companies"""
    query, roll = call.request.query, call.account.roll
    limit = min(whole(query.get("limit"), _PER_PAGE), _MOST_PER_PAGE)
    number = whole(query.get("page"), 1)
    sought = query.get("filter", "").casefold()
    found = [one for one in range(roll.listed) if not sought or sought in roll.company(one).name.casefold()]
    shown = found[(number - 1) * limit : number * limit]
    companies = [cards.company(call, roll.company(one)) for one in shown]
    return as_json(200, {"limit": limit, "page": number, "total": len(found), "listCompanies": companies})


def branches(call: Call) -> ReplicaResponse:
    """GET /sprav/api/chain/{tycoon_id}/branches/"""
    roll = call.account.roll
    chain = roll.company(roll.options.organisations)
    if not roll.options.chain or chain.tycoon_id != int(call.names["tycoon"]):
        raise Refusal(problem(404, "not_found"))
    offset = (whole(call.request.query.get("page"), 1) - 1) * _PER_PAGE
    shown = [roll.branch(one) for one in range(offset, min(offset + _PER_PAGE, roll.options.chain))]
    pager = {"offset": offset, "limit": _PER_PAGE, "total": roll.options.chain}
    listing = {
        "pager": pager,
        "companies": [cards.branch(call, one) for one in shown],
        "chain": cards.chain(chain),
    }
    return as_json(200, {"companyIds": [one.tycoon_id for one in shown], "companyList": listing})


def chain_view(call: Call) -> ReplicaResponse:
    """POST /sprav/api/view/chain/0/list/, which clients call for its refusal: it brings the CSRF token."""
    return as_json(200, {"companies": []})
