"""What visitors of the Flamp replica get: pages that set the token, and the API that wants it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup

from feedback_service.ports.replica import CustomerEdit, SandboxAccount, SandboxCustomer
from tests.support.flamp_replica import DEEP, Firm


@pytest.fixture
def firm() -> Firm:
    return Firm()


def ids(found: list[Any]) -> list[str]:
    return [f"{one['filial_id']}/{one['id']}" for one in found]


def test_a_filial_s_address_leads_to_its_page_which_sets_the_token(firm: Firm) -> None:
    moved, page = firm.hops()

    assert (moved.status, moved.headers["location"]) == (302, f"/flamp/firm/kompaniya-{firm.filial}")
    assert ("set-cookie" in moved.headers, page.status) == (False, 200)
    assert page.headers["set-cookie"].startswith(f"__cat={firm.word};")
    assert len(firm.word) == 40


def test_behind_a_server_a_redirect_names_its_host(firm: Firm) -> None:
    moved = firm.visit(headers={"host": "127.0.0.1:9"})

    assert moved.headers["location"] == f"http://127.0.0.1:9/flamp/firm/kompaniya-{firm.filial}"


@pytest.mark.parametrize(
    ("where", "set_at"), [("page", [200]), ("redirect", [302, 302, 302]), ("both", [302] * 3 + [200])]
)
def test_the_token_may_be_set_on_the_way(where: str, set_at: list[int]) -> None:
    firm = Firm({"cookie_at": where, "hops": 3})

    assert [one.status for one in firm.hops() if "set-cookie" in one.headers] == set_at
    assert firm.read().status == 200


def test_a_redirect_may_leave_the_site() -> None:
    firm = Firm()
    firm.reopen(elsewhere=True)

    assert urlsplit(firm.visit().headers["location"]).hostname == "elsewhere.example"


def test_the_page_shows_reviews_as_custom_elements(firm: Firm) -> None:
    item = firm.review("Первая <b>строка</b>\nвторая", rating=2, author="Вера & Ко")
    firm.answer(item, "Исправимся")
    firm.replica.edit_customer(firm.key, item, CustomerEdit(rating=3))

    soup = BeautifulSoup(firm.hops()[-1].body, "html.parser")

    assert [one["data-id"] for one in soup.select("cat-layouts-ugc-list > ul > li > cat-entities-ugc-item")] == [
        item.partition("/")[2]
    ]
    assert soup.select_one("cat-brand-cover")["entity-id"] == firm.filial  # type: ignore[index]
    assert soup.select_one("cat-brand-name")["name"] == "Вера & Ко"  # type: ignore[index]
    assert soup.select_one("cat-brand-review-estimation")["estimation"] == "3"  # type: ignore[index]
    assert [one.text for one in soup.select("div[itemprop=reviewBody] p")] == ["Первая <b>строка</b>", "вторая"]
    assert "отредактирован" in soup.select_one("cat-brand-ugc-date").text  # type: ignore[union-attr]
    assert "Исправимся" in soup.text


def test_the_api_wants_a_token_that_holds(firm: Firm) -> None:
    without = firm.read(headers={})
    other = firm.read(headers={"authorization": "Bearer 0"})
    basic = firm.read(headers={"authorization": f"Basic {firm.word}"})

    assert [(one.status, one.document["code"]) for one in (without, other, basic)] == [
        (403, 403),
        (401, 401),
        (403, 403),
    ]


def test_a_token_runs_out_and_the_page_sets_another() -> None:
    firm = Firm({"token_lasts": 60})
    first = firm.word

    firm.at += 60

    assert firm.read().status == 401
    firm.word = firm.token()
    assert (firm.read().status, firm.word == first) == (200, False)


def test_the_fault_expire_ends_a_token_for_good_and_makes_a_page_set_a_dead_one(firm: Firm) -> None:
    struck = firm.read(imposed={"expire": {}})

    assert (struck.status, firm.read().status) == (401, 401)
    dead = (
        firm.visit(f"/firm/x-{firm.filial}", imposed={"expire": {}}).headers["set-cookie"].split("=")[1].split(";")[0]
    )
    assert firm.read(headers={"authorization": f"Bearer {dead}"}).status == 401
    firm.word = firm.token()
    assert firm.read().status == 200


def test_at_depth_one_user_answer_and_photos_are_written_out(firm: Firm) -> None:
    item = firm.review("Мало соли", rating=2, author="Вера", photos=2, age=3600)
    firm.answer(item, "Досолим")

    (shown,) = firm.reviews()

    assert f"{shown['filial_id']}/{shown['id']}" == item
    assert (shown["rating"], shown["text"], shown["user"]["name"]) == (2, "Мало соли", "Вера")
    assert set(shown["user"]) == {"id", "name"}
    assert shown["date_created"] == "2026-03-10T18:00:00+07:00"
    assert shown["official_answer"]["text"] == "Досолим"
    assert len(shown["photos"]) == 2
    assert "provider" not in shown


@pytest.mark.parametrize("accept", ["", "application/json", ";q=1;depth=0;scopes={};application/json"])
def test_at_depth_zero_user_and_answer_are_addresses(firm: Firm, accept: str) -> None:
    firm.answer(firm.review(author="Вера"))
    firm.review(age=90)

    answered, waiting = firm.reviews(accept=accept)

    assert answered["user"].startswith("https://flamp.ru/api/2.0/users/")
    assert firm.read(urlsplit(answered["user"]).path).document["user"]["name"] == "Вера"
    assert answered["official_answer"].startswith("https://flamp.ru/api/2.0/")
    assert (waiting["official_answer"], "photos" in waiting) == (None, False)


@pytest.mark.parametrize("accept", ["depth=1;scopes={", "depth=1;scopes=[]", "depth=1;scopes=" + "[" * 100_000])
def test_scopes_that_are_no_object_are_refused(firm: Firm, accept: str) -> None:
    assert firm.read(accept=accept).status == 400


def test_an_answer_may_come_as_a_list() -> None:
    firm = Firm({"official": "list"})
    firm.review(age=90)
    firm.answer(firm.review(), "Спасибо")

    answered, waiting = firm.reviews()

    assert (answered["official_answer"], waiting["official_answer"]) == (
        [{"text": "Спасибо", "date_created": "2026-03-10T19:00:00+07:00"}],
        [],
    )


def test_every_review_comes_once_by_the_link_to_the_next_page(firm: Firm) -> None:
    items = [firm.review(f"№ {age}", age=age) for age in range(1, 13)]

    pages, query = [], {"limit": "5"}
    while query:
        document = firm.read(query=query).document
        pages.append([one for one in document["reviews"] if one["id"] != 2])
        link = urlsplit(document.get("next_link", ""))
        query = dict(parse_qsl(link.query))

    assert [ids(page) for page in pages] == [items[:5], items[5:10], items[10:]]


def test_the_link_is_on_another_host_and_the_stub_on_the_first_page_only(firm: Firm) -> None:
    first_item, second = firm.review(age=1), firm.review(age=2)

    first = firm.read(query={"limit": 1}).document
    rest = firm.read(query={"limit": 1, "offset_id": first_item.partition("/")[2]}).document

    assert urlsplit(first["next_link"]).hostname == "novosibirsk.flamp.example"
    assert first["reviews"][0]["id"] == 2
    assert (ids(rest["reviews"]), "next_link" in rest) == ([second], False)


def test_an_offset_beyond_the_last_review_is_an_empty_page(firm: Firm) -> None:
    last = firm.review()

    assert firm.reviews(query={"limit": 50, "offset_id": last.partition("/")[2]}) == []
    assert firm.reviews(query={"limit": 50, "offset_id": 2}) == []


def test_a_page_goes_on_where_its_last_review_was_taken_from_the_site(firm: Firm) -> None:
    items = [firm.review(age=age) for age in (30, 20, 10)]
    firm.replica.remove(firm.key, items[1])

    found = firm.reviews(query={"limit": 50, "offset_id": items[1].partition("/")[2]})

    assert ids(found) == [items[0]]
    assert firm.entry(items[1]).state == "gone"


@pytest.mark.parametrize(("limit", "count"), [("", 5), ("1", 1), ("500", 50)])
def test_a_page_has_a_size(firm: Firm, limit: str, count: int) -> None:
    for age in range(60):
        firm.review(age=age)

    assert len(firm.reviews(query={"limit": limit})) == count


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"offset_id": "9" * 40}])
def test_a_number_that_is_none_is_refused(firm: Firm, query: dict[str, str]) -> None:
    assert firm.read(query=query).status == 400


def test_a_last_page_may_link_to_itself() -> None:
    firm = Firm({"stuck_link": True})
    item = firm.review()

    link = firm.read(query={"limit": 50}).document["next_link"]

    assert ids(firm.reviews(query=dict(parse_qsl(urlsplit(link).query)))) == [item]


def test_500_filials_have_pages_and_none_has_too() -> None:
    many, none = Firm({"filials": 500}), Firm({"filials": 0})
    item = many.review(product=many.filials[499])

    assert len(set(many.filials)) == 500
    assert item.partition("/")[0] == many.filials[499]
    assert many.read(f"/api/2.0/filials/{many.filials[499]}").document["filial"]["reviews_count"] == 1
    assert none.credentials == {"filial_ids": ""}
    with pytest.raises(ValueError, match="no filial"):
        none.review()


def test_filials_take_turns_with_reviews_and_each_shows_its_own() -> None:
    firm = Firm({"filials": 2})
    first, second = firm.review(), firm.review()

    shown = [ids(firm.reviews(path=f"/api/2.0/filials/{one}/reviews")) for one in firm.filials]

    assert shown == [[first], [second]]


def test_a_filial_of_nobody_is_not_found_and_a_stranger_s_is_empty() -> None:
    firm = Firm({"foreign": True})

    assert firm.read("/api/2.0/filials/7/reviews").document == {"code": 404, "message": "filial not found"}
    assert firm.read(f"/api/2.0/filials/{firm.filials[-1]}/reviews").document == {"code": 200, "reviews": []}
    assert firm.visit("/firm/7/").status == firm.visit("/elsewhere").status == 404


def test_two_companies_have_different_filials_and_may_not_share_one() -> None:
    firm = Firm()
    other = Firm(replica=firm.replica, key="sosed")

    assert firm.filial != other.filial
    with pytest.raises(ValueError, match="another account"):
        other.reopen(filial_ids=[firm.filial])
    other.reopen(filial_ids=["70000001000100000"])
    assert other.credentials == {"filial_ids": "70000001000100000"}


def test_reviews_from_2gis_name_their_site(firm: Firm) -> None:
    firm.reopen(from_2gis=2)
    own = firm.review()

    shown = firm.reviews()

    assert sorted(one["provider"] for one in shown) == ["2gis", "2gis", "flamp"]
    assert [ids([one]) for one in shown if one["provider"] == "flamp"] == [[own]]
    firm.reopen(from_2gis=2)
    assert len(firm.reviews()) == 3


def test_a_customer_s_edit_is_shown(firm: Firm) -> None:
    item = firm.review("Было", rating=5)

    firm.replica.edit_customer(firm.key, item, CustomerEdit(text="Стало", rating=1))

    assert [(one["text"], one["rating"]) for one in firm.reviews()] == [("Стало", 1)]


def test_flamp_has_neither_questions_nor_supplements(firm: Firm) -> None:
    for customer in (SandboxCustomer("question", 0), SandboxCustomer("review", 0, supplement_of="1/1")):
        with pytest.raises(ValueError, match="neither"):
            firm.replica.add(firm.key, customer)


@pytest.mark.parametrize(
    "options",
    [
        {"filial": 1},
        {"filials": -1},
        {"lag": "1"},
        {"official": "text"},
        {"stub": 1},
        {"filial_ids": ["x"]},
        {"hops": 0},
    ],
)
def test_an_option_that_is_not_understood_is_named(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Firm().replica.register(SandboxAccount("other", options), 0)


def test_faults_speak_as_the_api_does(firm: Firm) -> None:
    limited = firm.read(imposed={"too_many_requests": {"retry_after": 17}})
    broken = firm.read(imposed={"server_error": {"status": 503}})
    hidden = firm.read(imposed={"code_error": {}})
    page = firm.visit(imposed={"too_many_requests": {"retry_after": 17}})

    assert (limited.status, limited.headers["retry-after"], limited.document["code"]) == (429, "17", 429)
    assert (broken.status, hidden.status, hidden.document["code"]) == (503, 200, 500)
    assert (page.status, page.headers["retry-after"]) == (429, "17")


def test_odd_items_stand_among_the_others() -> None:
    firm = Firm({"odd": True})
    firm.review()

    listed = firm.read(accept=DEEP).document["reviews"]

    assert (listed[1], listed[2], len(listed)) == (None, "review", 7)
