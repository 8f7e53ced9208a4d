"""A person's own reviews, read from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_service.sandbox.reviews_file import ReviewsFileError, read_reviews

NOW = 1_770_000_000.0
OWN_REVIEWS = Path(__file__).parents[3] / "shared" / "data" / "reviews.jsonl"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(ReviewsFileError) as caught:
        read_reviews(path, NOW)
    return caught.value.problems


def test_jsonl_becomes_customers_with_all_their_fields(tmp_path):
    lines = [
        {"text": "Хорошо", "rating": 5, "kind": "review", "product": "Плед", "author": "Анна", "pros": "Мягкий"},
        {"text": "Какой размер?", "kind": "question", "rating": None, "source": "passed over"},
        {"rating": "3", "text": None},
    ]
    path = written(tmp_path, "mine.jsonl", "\n\n".join(json.dumps(line) for line in lines) + "\n")

    first, second, third = read_reviews(path, NOW)

    assert (first.text, first.rating, first.product, first.author, first.pros) == (
        "Хорошо",
        5,
        "Плед",
        "Анна",
        "Мягкий",
    )
    assert (second.kind, second.rating, second.text) == ("question", None, "Какой размер?")
    assert (third.kind, third.rating, third.text) == ("review", 3, "")
    assert first.created_at < second.created_at < third.created_at < NOW


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_is_read_with_any_usual_delimiter_mark_and_line_end(tmp_path, delimiter, mark, newline):
    rows = [
        ["Rating", "text", "kind"],
        ["5", f'"Мягкий{delimiter} ""тёплый"", и{newline}уютный"', ""],
        [],
        ["", "Есть синий?", "question"],
    ]
    content = mark + newline.join(delimiter.join(row) for row in rows)

    review, question = read_reviews(written(tmp_path, "mine.csv", content), NOW)

    assert (review.rating, review.text) == (5, f'Мягкий{delimiter} "тёплый", и{newline}уютный')
    assert (question.kind, question.text) == ("question", "Есть синий?")


@pytest.mark.parametrize(("name", "content"), [("a.txt", '{"rating": 4}'), ("b.txt", "rating,text\n4,\n")])
def test_a_file_with_another_ending_is_told_by_its_first_character(tmp_path, name, content):
    assert [customer.rating for customer in read_reviews(written(tmp_path, name, content), NOW)] == [4]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{broken", "no JSON at column 2; write one JSON object on each line"),
        ("[1]", "no JSON object"),
        ('{"text": "Хорошо"}', 'field "rating" is missing'),
        ('{"text": "Хорошо", "rating": 6}', 'field "rating" is 6; write a whole number from 1 to 5'),
        ('{"text": "Хорошо", "rating": 4.5}', 'field "rating" is 4.5'),
        ('{"text": "Хорошо", "rating": true}', 'field "rating" is True'),
        ('{"text": "Хорошо", "rating": "много"}', "field \"rating\" is 'много'"),
        ('{"text": 7, "rating": 5}', 'field "text" is 7; write a text'),
        ('{"text": "Да", "kind": "complaint"}', "field \"kind\" is 'complaint'; write review or question"),
        ('{"text": " ", "kind": "question"}', 'field "text" is empty'),
    ],
)
def test_a_bad_line_is_named_with_its_field_and_the_remedy(tmp_path, line, problem):
    path = written(tmp_path, "mine.jsonl", '{"text": "Хорошо", "rating": 5}\n' + line + "\n")

    (found,) = problems_of(path)

    assert found.startswith(f"{path}, line 2: ")
    assert problem in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("text;rating\nХорошо;тёплый;5\n", "line 2: 3 cells where the first line names 2; put texts with a semicolon"),
        ('text,rating\n"Хорошо,5\n', "line 2: a quotation mark or a cell does not end"),
        ("отзыв,оценка\nХорошо,5\n", "line 1: no column is named text or rating"),
        ('rating,text\n5,"a\nb"\n9,c\n', "line 4: field \"rating\" is '9'"),
        ("rating,text\n", "it holds no review"),
        ("", "it holds no review"),
    ],
)
def test_a_bad_csv_is_named_with_its_line_and_the_remedy(tmp_path, content, problem):
    (found,) = problems_of(written(tmp_path, "mine.csv", content))

    assert problem in found


def test_many_bad_lines_are_listed_up_to_ten_and_counted(tmp_path):
    found = problems_of(written(tmp_path, "mine.jsonl", '{"text": "no stars"}\n' * 14))

    assert len(found) == 11
    assert "line 10:" in found[9]
    assert "4 more bad lines" in found[10]


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path):
    content = "rating,text\n5,ok\n4,Плохо\n".encode("cp1251")

    (found,) = problems_of(written(tmp_path, "mine.csv", content))

    assert "line 3: the file is not UTF-8; save it as UTF-8" in found


def test_a_missing_file_is_one_line(tmp_path):
    (found,) = problems_of(tmp_path / "none.csv")

    assert "cannot be read (No such file or directory)" in found


def test_the_large_file_of_real_reviews_is_read_whole():
    if not OWN_REVIEWS.exists():
        pytest.skip(f"no reviews at {OWN_REVIEWS.name}: the file lives beside the repository, where there is one")

    customers = read_reviews(OWN_REVIEWS, NOW)

    assert len(customers) == 2_300
    assert {customer.rating for customer in customers} == {1, 2, 3, 4, 5}
    assert all(customer.text for customer in customers)
