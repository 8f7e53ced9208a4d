"""The organisations behind one login of the Yandex Business replica: none, hundreds, a chain, and moved ones."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import urljoin

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.yandex_cafe import YandexCafe

COMPANIES = "/sprav/api/companies"


def every_company(cafe: YandexCafe, **query: object) -> list[Any]:
    found: list[Any] = []
    while True:
        page = cafe.read(COMPANIES, page=1 + len(found) // 20, **query)
        found += page["listCompanies"]
        if len(found) >= page["total"]:
            return found


def page_of(cafe: YandexCafe, path: str) -> Any:
    """What the card of an organisation holds for scripts; one redirect is followed."""
    told = cafe.ask("GET", path)
    if told.status == 302:
        told = cafe.ask("GET", urljoin(path, told.headers["location"]))
    found = re.search(r"window\.__PRELOAD_DATA = (.*?);</script>", told.body.decode())
    assert found is not None
    assert "/" not in found[1]
    return json.loads(found[1])["initialState"]


def test_one_organisation_is_told_and_listed() -> None:
    cafe = YandexCafe()
    cafe.review(rating=5)
    cafe.review(rating=4)

    listed = cafe.read(COMPANIES)

    assert (listed["limit"], listed["page"], listed["total"]) == (20, 1, 1)
    (company,) = listed["listCompanies"]
    assert [company["permanent_id"]] == cafe.homes
    assert (company["type"], company["noAccess"], company["rating"], company["reviewsCount"]) == (
        "ordinal",
        False,
        4.5,
        2,
    )


def test_a_login_may_have_no_organisation() -> None:
    cafe = YandexCafe(options={"organisations": 0})

    assert (cafe.homes, every_company(cafe)) == ([], [])
    with pytest.raises(ValueError, match="no organisation"):
        cafe.review()


def test_five_hundred_organisations_are_listed_by_pages_and_cost_nothing() -> None:
    started = time.process_time()
    cafe = YandexCafe(options={"organisations": 500})

    listed = every_company(cafe)

    assert [one["permanent_id"] for one in listed] == cafe.homes
    assert len(set(cafe.homes)) == 500
    assert cafe.listing(cafe.homes[499])["list"]["pager"]["total"] == 0
    assert time.process_time() - started < 1


def test_a_page_of_companies_may_be_larger_or_narrowed_by_name() -> None:
    cafe = YandexCafe(options={"organisations": 60})

    larger = cafe.read(COMPANIES, limit=1000)
    narrowed = cafe.read(COMPANIES, filter="ДОМ 12")

    assert (larger["limit"], len(larger["listCompanies"])) == (50, 50)
    assert [one["displayName"] for one in narrowed["listCompanies"]] == ["Берёзка, дом 12"]


def test_a_review_goes_to_the_organisation_that_is_named_and_any_other_name_to_one_of_them() -> None:
    cafe = YandexCafe(options={"organisations": 3})
    named = cafe.review(product=str(cafe.homes[2]))
    unnamed = cafe.review()
    kinds = {cafe.review(product=f"Блины {number}") for number in range(30)}

    shelves = [set(cafe.ids(home)) | set(cafe.ids(home, page=2)) for home in cafe.homes]

    assert named in shelves[2]
    assert unnamed in shelves[0]
    assert set.union(*shelves) == kinds | {named, unnamed}
    assert all(shelf & kinds for shelf in shelves)


def test_what_may_not_be_worked_with_is_listed_and_closed() -> None:
    cafe = YandexCafe(options={"organisations": 3, "no_access": 1})
    listed = every_company(cafe)
    closed = listed[2]["permanent_id"]

    item = cafe.review(product=str(closed))
    form = {"reviewId": item, "text": "Спасибо!", "reviewsCsrfToken": ""}

    assert [one["noAccess"] for one in listed] == [False, False, True]
    assert closed not in cafe.homes
    assert cafe.ask("GET", f"/sprav/api/{closed}/reviews").status == 403
    assert cafe.send(form).body != b"OK"
    assert cafe.effects(item) == []


def test_an_organisation_of_another_login_is_not_found() -> None:
    cafe = YandexCafe()
    neighbour = YandexCafe(replica=cafe.replica, key="neighbour", options={"organisations": 2})

    assert not set(cafe.homes) & set(neighbour.homes)
    assert all(cafe.ask("GET", f"/sprav/api/{home}/reviews").status == 404 for home in neighbour.homes)


def test_a_chain_is_one_company_with_branches_of_its_own() -> None:
    cafe = YandexCafe(options={"organisations": 1, "chain": 25})
    single, chain = every_company(cafe)
    path = f"/sprav/api/chain/{chain['tycoon_id']}/branches/"

    pages = [cafe.read(path, chainPermalink=chain["permanent_id"], geoId="", page=number) for number in (1, 2, 3)]

    branches = [one["permanent_id"] for page in pages for one in page["companyList"]["companies"]]
    assert chain["type"] == "chain"
    assert [single["permanent_id"], *branches] == cafe.homes
    assert [page["companyList"]["pager"] for page in pages] == [
        {"offset": offset, "limit": 20, "total": 25} for offset in (0, 20, 40)
    ]
    item = cafe.review(product=str(branches[24]))
    assert cafe.ids(branches[24]) == [item]
    assert cafe.ask("GET", f"/sprav/api/{chain['permanent_id']}/reviews").status == 404
    assert cafe.ask("GET", "/sprav/api/chain/1/branches/").status == 404


def test_some_answers_lack_the_other_number() -> None:
    cafe = YandexCafe(options={"nulls": True, "chain": 1})

    single, chain = every_company(cafe)

    assert ("tycoon_id" in single, "tycoon_id" in chain) == (False, True)


def test_a_former_id_leads_to_the_present_one() -> None:
    cafe = YandexCafe(options={"moved": True})
    (former,), item = cafe.homes, cafe.review()

    state = page_of(cafe, f"/sprav/{former}/p/edit/main/")

    present = state["edit"]["company"]["permanent_id"]
    assert cafe.ask("GET", f"/sprav/api/{former}/reviews").status == 404
    assert cafe.ids(present) == [item]
    assert every_company(cafe)[0]["permanent_id"] == present


def test_the_card_s_page_brings_a_csrf_token() -> None:
    cafe = YandexCafe()

    token = page_of(cafe, f"/sprav/{cafe.homes[0]}/p/edit/main/")["env"]["csrf"]

    assert cafe.ask("POST", "/sprav/api/view/chain/0/list/", csrf=token).status == 200
    assert cafe.ask("GET", "/sprav/1/p/edit/main/").status == 404


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"shops": 1}, "shops"),
        ({"organisations": "3"}, "organisations"),
        ({"organisations": True}, "organisations"),
        ({"chain": -1}, "chain"),
        ({"organisations": 1, "no_access": 2}, "no_access"),
        ({"nulls": 1}, "nulls"),
        ({"csrf_lasts": "long"}, "csrf_lasts"),
        ({"csrf_status": 500}, "csrf_status"),
    ],
)
def test_an_option_that_is_not_understood_is_named(options: dict[str, object], named: str) -> None:
    cafe = YandexCafe()

    with pytest.raises(ValueError, match=named):
        cafe.replica.register(SandboxAccount("other", options), cafe.at)
