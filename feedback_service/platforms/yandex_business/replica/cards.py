"""Turns organisations into the JSON of the company lists."""

from __future__ import annotations

from statistics import mean

from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.platforms.yandex_business.replica.organisations import Organisation

_HIDDEN_FIELDS = ("profile", "nail", "legal_info", "service_area")
_EMPTY_LISTS = (
    "work_intervals",
    "base_work_intervals",
    "emails",
    "phones",
    "urls",
    "feature_values",
    "scheduled_work_intervals",
    "price_lists",
    "photos",
)
_RUBRIC = {"id": 184106394, "isMain": True, "name": "Кафе", "features": []}


def company(call: Call, one: Organisation) -> dict[str, object]:
    """One of `listCompanies`."""
    card = {**_card(call, one), "object_role": "delegate"}
    if call.account.options.nulls and one.kind == "ordinal":
        del card["tycoon_id"]
    return card


def branch(call: Call, one: Organisation) -> dict[str, object]:
    """One of a chain's `companyList.companies`."""
    profile = {"type": "maps", "external_path": f"org/{one.permanent_id}", "published": True}
    campaign = {"hasActive": False, "hasDraft": False}
    return {**_card(call, one), "service_profiles": [profile], "geoCampaign": campaign}


def chain(one: Organisation) -> dict[str, object]:
    """The chain itself, beside its branches."""
    return {
        "id": one.tycoon_id,
        "permanent_id": one.permanent_id,
        "displayName": one.name,
        "names": _names(one),
        "phones": [],
        "urls": [],
        "rubrics": [{"rubric": _RUBRIC}],
    }


def _card(call: Call, one: Organisation) -> dict[str, object]:
    ratings = [review.rating for review in call.shelf.published(one.permanent_id)]
    return {
        "id": one.tycoon_id,
        "permanent_id": one.permanent_id,
        "tycoon_id": one.tycoon_id,
        "type": "chain" if one.kind == "chain" else "ordinal",
        "displayName": one.name,
        "publishing_status": "publish",
        "noAccess": not one.accessible,
        "has_owner": True,
        "rating": round(mean(ratings), 1) if ratings else None,
        "reviewsCount": len(ratings),
        "names": _names(one),
        "rubrics": [{"rubric": _RUBRIC}],
        "address": _address(),
        **{name: {} for name in _HIDDEN_FIELDS},
        **{name: [] for name in _EMPTY_LISTS},
    }


def _names(one: Organisation) -> list[dict[str, object]]:
    return [{"value": {"value": one.name, "locale": "ru"}, "type": "main"}]


def _address() -> dict[str, object]:
    return {
        "geo_id": 213,
        "formatted": {"value": "Россия, Москва", "locale": "ru"},
        "is_auto": True,
        "translocal": "RU",
        "is_manual_one_line": False,
    }
