"""Reading Zoon's HTML: as others have seen it, and as it must not lose a review."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, PublishedAnswer
from feedback_service.platforms.zoon.dates import MOSCOW, moment_of
from feedback_service.platforms.zoon.markup import Row
from feedback_service.platforms.zoon.naming import named
from feedback_service.platforms.zoon.wire import Unreadable, read_list, read_page

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORGANISATION = "503c4c343c72dd7d70000024"
PLAIN = '<li data-author="{0}"><span class="gray">{1}</span><div class="js-comment-short-text">{2}</div>{3}</li>'


def sample(name: str) -> str:
    return (resources.files("feedback_service.platforms.zoon") / "samples" / name).read_text("utf-8")


def item(author: str = "Аглая", when: str = "2 марта 2026 в 10:15", text: str = "Уютно", more: str = "") -> str:
    return PLAIN.format(author, when, text, more)


def scripted(html: str) -> str:
    letters = base64.b64encode(html.encode()).decode().translate(str.maketrans("A=", "=A"))
    return f"<script>put('{letters}')</script>"


def rows(*items: str) -> list[Row | None]:
    return list(read_list({"list": "".join(items)}, NOW))


def row(html: str) -> Row:
    (one,) = rows(html)
    assert one is not None
    return one


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=MOSCOW)  # type: ignore[arg-type, misc]  # year to minute


def test_a_list_of_plain_and_scripted_items_is_read_with_all_that_customers_left() -> None:
    found = read_list(json.loads(sample("list.json")), NOW)

    assert found == (
        Row("", "Аглая", at(2026, 3, 2, 10, 15), 2, "Кофе крепкий, булочки\nтёплые, а ждать долго & скучно"),
        Row("5e6b4c9a0000000000000002", "Марфа", at(2025, 12, 1, 9, 5), 4, "Всё понравилось"),
        Row(
            *("", "Тихон", at(2020, 3, 12, 10, 15), 0, "Уютно"),
            PublishedAnswer("Спасибо, Тихон!", AnswerState.VISIBLE, None, "", "r1"),
        ),
    )


def test_an_organisation_s_page_is_read_by_its_microdata() -> None:
    page = read_page(sample("page.html"), NOW)

    assert (page.owners, page.has_more, page.more) == ({ORGANISATION}, True, "")
    assert page.rows == (
        Row("5e6b4c9a0000000000000003", "Аглая", at(2026, 3, 2, 10, 15), 2, "Кофе крепкий,\nбулочки тёплые"),
        Row(
            *("", "Тихон", at(2020, 3, 12), 0, "Уютно"),
            PublishedAnswer("Спасибо, Тихон!", AnswerState.MODERATING, None, "", "r1"),
        ),
    )


def test_the_end_of_a_list_is_empty() -> None:
    assert rows() == []


@pytest.mark.parametrize("mix", ["ppp", "sss", "psp", "sp", "ps"])
def test_items_keep_their_places_whichever_are_scripted(mix: str) -> None:
    items = [item(text=f"№ {number} ёж 🦔 ~~~") for number in range(len(mix))]

    found = rows(*(one if how == "p" else scripted(one) for one, how in zip(items, mix, strict=True)))

    assert [one and one.text for one in found] == [f"№ {number} ёж 🦔 ~~~" for number in range(len(mix))]


def test_items_that_are_left_open_are_items_all_the_same() -> None:
    reply = '<ul class="subcomments"><li>Спасибо<li>И вам</ul>'
    items = [item(text=f"№ {number}", more=reply).replace("</li>", "") for number in range(4)]

    found = rows(items[0], items[1], scripted(items[2]), items[3])

    assert [(one and one.text, one and one.answer and one.answer.text) for one in found] == [
        (f"№ {number}", "Спасибо") for number in range(4)
    ]


def test_one_script_may_hold_several_items_and_a_script_in_it() -> None:
    inside = scripted(item(text="первый") + item(text="второй") + scripted(item(text="третий")))
    beside = scripted(item(text="четвёртый")).replace("</script>", "") + scripted(item(text="пятый"))[8:]

    assert [one and one.text for one in rows(inside, beside)] == ["первый", "второй", "третий", "четвёртый", "пятый"]


@pytest.mark.parametrize("script", ["", "ga('send')", "x = 'AAAABBBBCCCC'", "x = '====='", "put('PGxpPg==PGxpPg')"])
def test_a_script_that_holds_no_item_is_left_out(script: str) -> None:
    assert len(rows(item(), f"<script>{script}</script>")) == 1


@pytest.mark.parametrize("broken", ["<li></li>", "<li data-author='Б'>без даты</li>", item(when="когда-то")])
def test_an_item_that_cannot_be_read_leaves_its_place_empty_and_loses_no_other(broken: str) -> None:
    found = rows(item(text="до"), broken, item(text="после"))

    assert [one and one.text for one in found] == ["до", None, "после"]


@pytest.mark.parametrize(
    "document", [None, [], "list", {}, {"list": None}, {"list": 5}, {"list": "<p>мы переехали</p>"}]
)
def test_what_is_no_list_is_told(document: Any) -> None:
    with pytest.raises(Unreadable):
        read_list(document, NOW)


def test_a_list_of_nothing_that_can_be_read_is_told() -> None:
    with pytest.raises(Unreadable, match="none of its 2"):
        rows("<li>раз</li><li>два</li>")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("<div>" * 20_000, "deep"),
        ('<ul class="subcomments"><li>' * 20_000, "deep"),
        ("<a " * 20_000, "do not end"),
        ('<a b="' * 20_000, "do not end"),
        ("<p></p>" * 60_000, "tags"),
    ],
)
def test_html_that_would_take_for_ever_is_told_at_once(broken: str, told: str) -> None:
    whole = item(more=broken)

    for read in (
        lambda: read_list({"list": whole}, NOW),
        lambda: read_list({"list": scripted(whole)}, NOW),
        lambda: read_page(f'<div data-owner-id="{ORGANISATION}">{whole}', NOW),
    ):
        with pytest.raises(Unreadable, match=told):
            read()


def test_what_is_only_odd_is_read() -> None:
    many = [item(f"№ {number}", more="<br><img src='a'><p>" * 5 + '<i title="a <b"></i>') for number in range(102)]
    program = f"<script>{'if (a<b) c();' * 500}</script><!-- {'<div>' * 500} -->"

    assert sum(1 for one in rows(program, *many) if one) == 102


@pytest.mark.parametrize("html", ["", "<h1>Скоро вернёмся</h1>", '{"list": ""}'])
def test_what_is_no_organisation_s_page_is_told(html: str) -> None:
    with pytest.raises(Unreadable):
        read_page(html, NOW)


def test_an_organisation_without_reviews_has_a_page_without_rows() -> None:
    assert read_page(f'<div data-owner-id="{ORGANISATION}"></div>', NOW).rows == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12 марта 2020 в 10:15", at(2020, 3, 12, 10, 15)),
        ("  12 Марта\n2020, 9:05 через Foursquare", at(2020, 3, 12, 9, 5)),
        ("1 мая 2019 года", at(2019, 5, 1)),
        ("9 марта в 23:59", at(2026, 3, 9, 23, 59)),
        ("12 апреля в 10:15", at(2025, 4, 12, 10, 15)),
        ("31 дек. 2024", at(2024, 12, 31)),
        ("Сегодня в 0:05", at(2026, 3, 10, 0, 5)),
        ("вчера", at(2026, 3, 9)),
        ("2026-03-02T10:15:00+03:00", at(2026, 3, 2, 10, 15)),
        ("2026-03-02T07:15:00Z", at(2026, 3, 2, 10, 15)),
        ("2020-03-12", at(2020, 3, 12)),
        ("29 февраля", None),
        ("31 апреля 2020", None),
        ("99 марта 2020", None),
        ("12 вентоза 2020", None),
        ("", None),
    ],
)
def test_dates_are_read_as_moscow_s(text: str, moment: datetime | None) -> None:
    assert moment_of(text, NOW) == moment


@pytest.mark.parametrize(
    ("told", "rating"),
    [("5", 5), ("4,5", 4), ("1.0", 1), ("0", 0), ("9", 0), ("", 0), ("без оценки", 0)],
)
def test_a_mark_is_a_whole_number_or_none(told: str, rating: int) -> None:
    assert row(item(more=f'<b class="stars-rating-text">{told}</b>')).rating == rating


def test_any_reply_beneath_a_review_counts_as_an_answer_the_company_s_first() -> None:
    replies = '<li data-type="comment"><p class="comment-text">И я</p></li><li data-type="owner">Спасибо</li>'

    answer = row(item(more=f'<ul class="subcomments">{replies}</ul>')).answer

    assert answer == PublishedAnswer("Спасибо", AnswerState.VISIBLE)
    assert row(item(more='<ul class="subcomments"></ul>')).answer is None


def test_words_on_moderation_in_an_answer_s_own_text_are_no_mark() -> None:
    reply = '<ul class="subcomments"><li><p class="comment-text">Отзыв на модерации</p></li></ul>'

    answer = row(item(more=reply)).answer

    assert answer is not None
    assert answer.state is AnswerState.VISIBLE


def test_line_breaks_of_a_text_are_kept_and_those_of_the_source_are_not() -> None:
    assert row(item(text="раз\nдва")).text == "раз\nдва"
    assert row(item(text="раз\n   и<br>\n  два")).text == "раз и\nдва"


def names(*items: str) -> list[str]:
    """From the oldest on."""
    return [one.names[0] for one in named(tuple(rows(*items)), ORGANISATION)]


def test_an_id_survives_an_edit_and_younger_reviews() -> None:
    old, younger = item(text="Было"), item("Марфа", "3 марта 2026")

    assert names(old)[0] == names(younger, item(text="Стало"))[0]
    assert len(set(names(younger, old))) == 2


def test_an_id_survives_a_namesake_of_the_day_who_is_shown_later_or_goes_away() -> None:
    early, late = item(text="Долго ждали", when="2 марта 2026 в 9:00"), item(text="Всё хорошо")

    alone, both = names(late), names(late, early)

    assert both[1:] == alone
    assert both[0] != alone[0]


def test_two_equal_reviews_have_two_ids_and_a_third_changes_neither() -> None:
    two = names(item(), item())
    three = names(item(), item(), item())

    assert len(set(three)) == 3
    assert three[:2] == two


def test_the_same_review_has_one_id_by_the_list_and_by_the_page() -> None:
    by_list = {
        one.review.text: one.names[-1] for one in named(read_list(json.loads(sample("list.json")), NOW), ORGANISATION)
    }
    by_page = {one.review.text: one.names[-1] for one in named(read_page(sample("page.html"), NOW).rows, ORGANISATION)}

    assert by_list["Уютно"] == by_page["Уютно"]


def test_an_attribute_that_is_no_id_is_not_taken_for_one() -> None:
    shared = item(text="раз").replace("<li", '<li data-id="77"') + item(text="два").replace("<li", '<li data-id="77"')
    organisation = item("Тихон").replace("<li", f'<li data-id="{ORGANISATION}"')
    good = item("Марфа").replace("<li", '<li data-id="78"')

    found = {
        one.review.text + one.review.author: one for one in named(tuple(rows(shared, organisation, good)), ORGANISATION)
    }

    assert [len(one.names) for one in found.values()] == [3, 2, 2, 2]
    assert found["УютноМарфа"].names[0] == "78"


def test_a_list_in_another_order_is_told_from_the_oldest_on() -> None:
    first, last = item("Б", "1 марта 2026 в 9:00"), item("А", "5 марта 2026 в 9:00")
    middle = item("В", "3 марта 2026 в 9:00")

    for order in ((first, middle, last), (last, middle, first), (middle, last, first)):
        found = named(tuple(rows(*order)), ORGANISATION)
        assert [one.day for one in found] == [date(2026, 3, 1) + timedelta(days=2 * number) for number in range(3)]
