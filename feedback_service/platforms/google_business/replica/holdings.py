"""The methods of v1 that tell what a person manages: accounts, and locations below them."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.google_business.replica import asking
from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.bodies import as_json, invalid
from feedback_service.platforms.google_business.replica.call import Call
from feedback_service.platforms.google_business.replica.paging import PARAMETERS, Bounds, window
from feedback_service.platforms.google_business.replica.places import UNVERIFIED, Place
from feedback_service.ports.replica import ReplicaResponse

# Source: the discovery documents of mybusinessaccountmanagement v1 and mybusinessbusinessinformation v1.
_ACCOUNTS, _LOCATIONS = Bounds(20, 20), Bounds(10, 100)
_ADDRESSED = frozenset({"name", "title", "storeCode", "languageCode", "storefrontAddress", "latlng", "phoneNumbers"})
_DESCRIBED = frozenset({"categories", "labels", "metadata", "openInfo", "profile", "relationshipData", "websiteUri"})
_OFFERED = frozenset({"serviceArea", "serviceItems", "adWordsLocationExtensions"})
_HOURS = frozenset({"regularHours", "specialHours", "moreHours"})
_FIELDS = _ADDRESSED | _DESCRIBED | _OFFERED | _HOURS
_ODD: tuple[object, ...] = (None, {"name": None, "title": 7}, {"name": "locations/"}, [])
_ODD_ACCOUNTS: tuple[object, ...] = (None, {"name": None, "accountName": 7}, {"name": "accounts/"}, "accounts")


def accounts(call: Call) -> ReplicaResponse:
    """GET /v1/accounts"""
    asking.check(call.request, PARAMETERS)
    page, more = window(call.request.query, _ACCOUNTS, "accounts").of(call.account.groups())
    odd = _ODD_ACCOUNTS if call.account.options.odd and "pageToken" not in call.request.query else ()
    shown = [*odd, *(_account(call.account, place) for place in page)]
    return as_json(200, {"accounts": shown, **more} if shown else {})


def account(call: Call, group_id: str) -> ReplicaResponse:
    """GET /v1/accounts/{account}"""
    asking.check(call.request)
    number = call.directory.group(call.account, group_id)
    return as_json(200, _account(call.account, call.account.groups()[number]))


def locations(call: Call, group_id: str) -> ReplicaResponse:
    """GET /v1/accounts/{account}/locations; the account "-" has all of the person's."""
    query = call.request.query
    asking.check(call.request, PARAMETERS | {"readMask"})
    fields = _mask(query.get("readMask", ""))
    group = None if group_id == "-" else call.directory.group(call.account, group_id)
    page, more = window(query, _LOCATIONS, f"locations of {group_id}").of(call.account.listed(group))
    odd = _ODD if call.account.options.odd and "pageToken" not in query else ()
    shown = [*odd, *(_location(call.account, place, fields) for place in page)]
    return as_json(200, {"locations": shown, **more} if shown else {})


def _account(owner: Account, place: Place) -> Mapping[str, object]:
    own = place.number == 0 and not owner.options.shared
    kind = "PERSONAL" if own else "ORGANIZATION" if place.number == 0 else "LOCATION_GROUP"
    shown = {
        "name": place.group,
        "accountName": f"Группа {owner.key} {place.number + 1}",
        "type": kind,
        "verificationState": "UNVERIFIED",
        "vettedState": "NOT_VETTED",
    }
    return shown if own else {**shown, "role": "MANAGER", "permissionLevel": "MEMBER_LEVEL"}


def _mask(text: str) -> frozenset[str]:
    """The top-level fields asked for. Raises 400."""
    fields = frozenset(path.strip().partition(".")[0] for path in text.split(",") if path.strip())
    if not fields or not fields <= _FIELDS:
        raise invalid("read_mask", "is required, and names fields of a location")
    return fields


def _location(owner: Account, place: Place, fields: frozenset[str]) -> Mapping[str, object]:
    verified = place.person == owner.number and place.number < UNVERIFIED
    address = {
        "regionCode": "RU",
        "languageCode": "ru",
        "locality": "Пледославль",
        "addressLines": [f"Проектируемый проезд, {place.number + 1}"],
    }
    every: dict[str, object] = {
        "name": place.location,
        "languageCode": "ru",
        "title": _title(owner, place),
        "storefrontAddress": address,
        "metadata": {"hasVoiceOfMerchant": True, "placeId": f"place-{place.location_id}"} if verified else {},
    }
    return {name: value for name, value in every.items() if name in fields}


def _title(owner: Account, place: Place) -> str:
    if place.person != owner.number:
        return "Чужое заведение"
    return owner.title(place.number) if place.number < UNVERIFIED else "Новое заведение"
