"""The methods that tell what an account holds: itself, its organisations, its branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

from feedback_service.platforms.twogis.replica import query
from feedback_service.platforms.twogis.replica.call import Call
from feedback_service.platforms.twogis.replica.places import Place

_PAGE, _LARGEST_PAGE = 20, 100
_REGION = {"regionId": 1, "regionName": "Новосибирск"}
_ODD_BRANCHES: tuple[object, ...] = (None, {"id": None, "name": 7}, [])


def user(call: Call) -> object:
    """GET /users"""
    number = crc32(call.account.key.encode())
    more = {"status": "approved", "isActive": True, "country": "ru"}
    return {
        "id": str(number),
        "bizUserId": str(number + 1),
        "email": call.account.login,
        "phone": None,
        "name": call.account.key,
        "role": "client",
        "language": "ru",
        "orgs": [{**org, **more} for org in _orgs(call)],
    }


def orgs(call: Call) -> object:
    """GET /orgs"""
    return {"items": [{name: org[name] for name in ("id", "name", "regionId")} for org in _orgs(call)]}


def branches(call: Call) -> object:
    """GET /branches: those that await moderation come first, with ids of another form."""
    page = query.whole(call.query, "page", 1)
    size = query.whole(call.query, "pageSize", _PAGE, most=_LARGEST_PAGE)
    wanted = call.query.get("orgId", "")
    org = call.org(wanted) if wanted else None
    own, waiting = call.account.branches(org), 0 if org else call.account.options.pending
    shown = range((page - 1) * size, min(page * size, waiting + len(own)))
    items: list[object] = [_branch(call, one - waiting, own) for one in shown]
    odd = _ODD_BRANCHES if call.account.options.odd and page == 1 else ()
    return {"total": waiting + len(own), "items": [*odd, *items]}


def _orgs(call: Call) -> list[dict[str, object]]:
    account = call.account
    return [
        {"id": Place(account.number, org).org_id, "name": account.org_name(org), **_REGION}
        for org in range(account.options.orgs)
    ]


def _branch(call: Call, index: int, own: Sequence[int]) -> Mapping[str, object]:
    if index < 0:
        return {"id": f"branch_{-index}", "name": "Новый филиал", "address": None, "isActive": False, "confirmed": None}
    return {
        "id": Place(call.account.number, own[index]).branch_id,
        "name": call.account.org_name(call.account.org_of(own[index])),
        "address": address(own[index]),
        "city": {"id": "1", "name": "Новосибирск"},
        "isActive": True,
        "inn": None,
        "confirmed": {"status": "confirmed"},
    }


def address(branch: int) -> str:
    return f"Проектируемый проезд, {branch + 1}"
