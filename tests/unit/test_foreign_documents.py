"""Single values of a foreign document: read in whatever form they come, and never a reason to fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.transports import documents

ODD = [None, True, False, -1, 1.5, float("inf"), float("nan"), 10**400, "", "\ud800", "²", [], [None], {}, {"a": 1}]
READERS = [
    documents.row_of,
    documents.rows_of,
    documents.length_of,
    documents.text_of,
    documents.words_of,
    documents.truth_of,
    documents.count_of,
    documents.amount_of,
    documents.stars_of,
    documents.instant_of,
    documents.moment_of,
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", ODD)
def test_no_value_makes_a_reader_fail(reader, value):
    given = {"field": value}

    reader(given.get("field"))
    reader(given.get("another"))

    assert given == {"field": value}


@pytest.mark.parametrize("text", ["", "{", "<html>", b"\xff", "[" * 100_000])
def test_a_text_that_is_no_json_is_no_document(text):
    found = documents.json_of(text)

    assert found is None


def test_a_text_of_json_is_read_as_it_stands():
    found = documents.json_of(b'{"id": [1, "2"]}')

    assert found == {"id": [1, "2"]}


def test_objects_are_found_among_whatever_else_a_list_holds():
    value = [{"id": 1}, None, "x", [{"id": 2}], {}]

    found = documents.rows_of(value)

    assert found == [{"id": 1}, {}]
    assert documents.length_of(value) == 5
    assert (documents.rows_of({"id": 1}), documents.length_of("five"), documents.row_of([1])) == ([], 0, {})


@pytest.mark.parametrize(
    ("value", "text", "words"),
    [
        (" с\u0000 ", " с\u0000 ", " с\u0000 "),
        (7, "7", "7"),
        (7.5, "", "7.5"),
        (True, "", ""),
        (None, "", ""),
        ([1], "", ""),
    ],
)
def test_text_is_taken_as_it_came_and_a_number_as_it_is_written(value, text, words):
    found = documents.text_of(value), documents.words_of(value)

    assert found == (text, words)


@pytest.mark.parametrize(
    ("value", "count"),
    [(0, 0), (12, 12), ("12", 12), (" 12 ", 12), (10**19, 10**19), ("9" * 20, 10**20 - 1), (10**20, None)],
)
def test_a_count_is_a_whole_number_of_a_sane_length_from_zero_on(value, count):
    found = documents.count_of(value)

    assert found == count


@pytest.mark.parametrize("value", [-1, "-1", "1.0", 1.0, "²", "", True, None, "9" * 21, [1]])
def test_nothing_else_is_a_count(value):
    found = documents.count_of(value)

    assert found is None


@pytest.mark.parametrize(
    ("value", "amount"),
    [("2.5", 2.5), (3, 3.0), ("0", 0.0), ("-1", None), ("inf", None), ("nan", None), ("soon", None), (True, None)],
)
def test_an_amount_is_a_finite_number_that_is_not_negative(value, amount):
    found = documents.amount_of(value)

    assert found == amount


@pytest.mark.parametrize(
    ("value", "stars"),
    [(5, 5), ("4", 4), (3.0, 3), (4.5, 0), ("4.0", 0), (0, 0), (6, 0), (-1, 0), (True, 0), (float("inf"), 0)],
)
def test_stars_are_one_to_five_and_zero_where_no_usable_number_came(value, stars):
    found = documents.stars_of(value)

    assert found == stars


def test_only_a_plain_yes_or_no_is_a_truth():
    found = [documents.truth_of(one) for one in (True, False, 1, 0, "true", None)]

    assert found == [True, False, None, None, None, None]


@pytest.mark.parametrize(
    "written",
    ["2026-03-10T09:30:00Z", "2026-03-10T12:30:00+03:00", " 2026-03-10T09:30:00 ", "2026-03-10T09:30:00.0000009Z"],
)
def test_a_moment_is_read_into_utc(written):
    found = documents.moment_of(written)

    assert found == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", 1773135000])
def test_what_is_no_date_of_the_calendar_is_none(written):
    found = documents.instant_of(written), documents.moment_of(written)

    assert found == (None, None)


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])
def test_a_year_in_which_nobody_can_have_written_is_an_instant_and_no_moment(written):
    found = documents.instant_of(written), documents.moment_of(written)

    assert found[0] is not None
    assert found[1] is None
