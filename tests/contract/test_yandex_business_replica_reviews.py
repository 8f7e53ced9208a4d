"""What the Yandex Business replica shows of reviews, by pages and by the token that continues."""

from __future__ import annotations

import pytest

from tests.support.yandex_cafe import DAY, YandexCafe


@pytest.fixture
def cafe() -> YandexCafe:
    return YandexCafe()


def test_a_page_holds_twenty_reviews_newest_first(cafe: YandexCafe) -> None:
    written = [cafe.review(age=1000 - number) for number in range(45)]

    pages = [cafe.ids(page=number) for number in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert [one for page in pages for one in page] == written[::-1]


def test_a_page_tells_where_it_stands(cafe: YandexCafe) -> None:
    for number in range(25):
        cafe.review(age=number)

    listed = cafe.listing(page=2)

    assert listed["page"] == 2
    assert listed["list"]["pager"] == {"limit": 20, "offset": 20, "total": 25}
    assert listed["currentState"] == {"filters": {"ranking": "by_time"}}
    assert listed["list"]["csrf_token"]


@pytest.mark.parametrize("name", ["ranking_by", "ranking"])
def test_either_name_of_the_ranking_is_understood(cafe: YandexCafe, name: str) -> None:
    good, bad = cafe.review(rating=5, age=10), cafe.review(rating=1, age=5)

    assert cafe.ids() == [bad, good]
    assert cafe.ids(**{name: "by_rating_desc"}) == [good, bad]
    assert cafe.ids(**{name: "by_rating_asc"}) == [bad, good]
    assert cafe.ids(**{name: "by_colour"}) == [bad, good]


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 30])
def test_an_unreadable_page_is_the_first(cafe: YandexCafe, page: str) -> None:
    item = cafe.review()

    assert cafe.ids(page=page) == [item]


def test_only_the_last_reviews_are_visible_though_all_are_counted() -> None:
    cafe = YandexCafe(options={"visible": 30})
    written = [cafe.review(age=1000 - number) for number in range(50)]

    shown = [one for number in (1, 2, 3) for one in cafe.ids(page=number)]

    assert shown == written[:19:-1]
    assert cafe.listing()["list"]["pager"]["total"] == 50


def test_six_hundred_are_visible_unless_told_otherwise(cafe: YandexCafe) -> None:
    for number in range(620):
        cafe.review(age=number)

    assert (len(cafe.ids(page=30)), len(cafe.ids(page=31))) == (20, 0)


def test_a_review_is_what_the_customer_wrote(cafe: YandexCafe) -> None:
    item = cafe.review("Ждали долго 😢\nно вкусно", age=90.7, rating=4, author="Вера", photos=2)

    seen = cafe.item(item)

    assert (seen["rating"], seen["author"]["user"], seen["time_created"]) == (4, "Вера", int(cafe.at - 90.7))
    assert seen["full_text"] == seen["snippet"] == "Ждали долго 😢\nно вкусно"
    assert (seen["cmnt_entity_id"], len(seen["photos"])) == (item, 2)
    assert "owner_comment" not in seen


def test_a_long_text_is_cut_in_the_snippet_alone(cafe: YandexCafe) -> None:
    text = "ж" * 500

    seen = cafe.item(cafe.review(text))

    assert (seen["full_text"], len(seen["snippet"])) == (text, 240)
    assert text.startswith(seen["snippet"].rstrip("…"))


def test_times_may_count_milliseconds() -> None:
    cafe = YandexCafe(options={"milliseconds": True})
    item = cafe.review(age=90.5)
    cafe.answer(item)

    seen = cafe.item(item)

    assert seen["time_created"] == int((cafe.at - 90.5) * 1000)
    assert seen["owner_comment"]["time_created"] == int(cafe.at * 1000)


def test_an_author_and_a_text_may_be_null() -> None:
    cafe = YandexCafe(options={"nulls": True})
    first, second = cafe.review("Коротко", author="Вера"), cafe.review("ж" * 500, author="Пётр")
    cafe.answer(second)

    short, long = cafe.item(first), cafe.item(second)

    assert (short["author"]["user"], short["full_text"], short["snippet"]) == ("Вера", None, "Коротко")
    assert (long["author"], long["full_text"]) == (None, "ж" * 500)
    assert long["owner_comment"]["moderation_status"] is None


def test_a_text_no_encoding_can_write_is_escaped(cafe: YandexCafe) -> None:
    item = cafe.review("блин \ud83d", author="\ud800")

    assert cafe.item(item)["full_text"] == "блин \ud83d"


def test_a_change_of_the_customer_is_shown(cafe: YandexCafe) -> None:
    item = cafe.review("Было так", rating=5)

    cafe.edit_customer(item, text="Стало иначе", rating=2)

    assert (cafe.item(item)["full_text"], cafe.item(item)["rating"]) == ("Стало иначе", 2)


def test_a_removed_review_is_shown_no_more(cafe: YandexCafe) -> None:
    kept, gone = cafe.review(), cafe.review()

    cafe.replica.remove(cafe.key, gone)

    assert cafe.ids() == [kept]
    assert cafe.entry(gone).state == "removed"


def test_the_unread_list_goes_on_by_its_token(cafe: YandexCafe) -> None:
    written = [cafe.review(age=1000 - number) for number in range(45)]

    pages = list(cafe.unread())

    assert [len(page) for page in pages] == [20, 20, 5]
    assert [one for page in pages for one in page] == written[::-1]
    listed = cafe.listing(unread="true", page=2)
    assert (listed["page"], listed["currentState"]["filters"]["unread"]) == (1, "true")


def test_the_last_page_of_unread_reviews_gives_no_token_even_where_it_is_full(cafe: YandexCafe) -> None:
    for number in range(40):
        cafe.review(age=number)

    assert [len(page) for page in cafe.unread()] == [20, 20]


def test_a_review_of_another_organisation_is_not_marked_as_read() -> None:
    cafe = YandexCafe(options={"organisations": 2})
    item = cafe.review(product=str(cafe.homes[1]))

    told = cafe.ask("PUT", f"/sprav/api/{cafe.homes[0]}/reviews/{item}/read")

    assert (told.status, cafe.effects(item)) == (404, [])


def test_what_is_answered_or_marked_as_read_leaves_the_unread_list(cafe: YandexCafe) -> None:
    answered, marked, waiting = (cafe.review(age=age) for age in (30, 20, 10))

    cafe.answer(answered)
    told = cafe.ask("PUT", f"/sprav/api/{cafe.homes[0]}/reviews/{marked}/read")

    assert (told.status, cafe.effects(marked)) == (200, ["view"])
    assert list(cafe.unread()) == [[waiting]]
    assert cafe.ids() == [waiting, marked, answered]


@pytest.mark.parametrize("ranking", ["by_time", "by_rating_asc", "by_rating_desc"])
def test_reading_on_skips_nothing_though_the_first_page_was_answered(cafe: YandexCafe, ranking: str) -> None:
    written = {cafe.review(age=number, rating=1 + number % 5) for number in range(25)}
    pages = cafe.unread(ranking_by=ranking)
    first = next(pages)

    for item in first:
        cafe.send({"reviewId": item, "text": "Спасибо!", "reviewsCsrfToken": ""})

    assert written.difference(first) == set(next(pages))


def test_numbered_pages_shift_when_a_new_review_comes(cafe: YandexCafe) -> None:
    oldest, *_ = [cafe.review(age=1000 - number) for number in range(20)]

    cafe.review(age=1)

    assert cafe.ids(page=2) == [oldest]


def test_a_continue_token_is_good_for_its_list_and_for_a_time() -> None:
    cafe = YandexCafe(options={"organisations": 2})
    home, other = cafe.homes
    for number in range(25):
        cafe.review(age=number, product=str(home))
    path = f"/sprav/api/{home}/reviews"
    query = {"unread": "true", "continue_token": cafe.listing(unread="true")["list"]["pager"]["continue_token"]}

    assert cafe.ask("GET", path, query).status == 200
    assert cafe.ask("GET", path, {**query, "ranking": "by_rating_asc"}).status == 400
    assert cafe.ask("GET", path, {**query, "continue_token": "nonsense"}).status == 400
    assert cafe.ask("GET", f"/sprav/api/{other}/reviews", query).status == 400
    cafe.at += DAY / 24
    assert cafe.ask("GET", path, query).status == 400


def test_questions_and_supplements_do_not_exist_here(cafe: YandexCafe) -> None:
    first = cafe.review()

    with pytest.raises(ValueError, match="continued"):
        cafe.review(supplement_of=first)
    with pytest.raises(KeyError):
        cafe.review(supplement_of="nothing")
    with pytest.raises(KeyError):
        cafe.edit_customer("nothing", text="?")
