"""Which answer stands under an item, by all that Ozon tells of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.domain.feedback import AnswerState, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.notes import MOST, Note, Notes
from feedback_service.platforms.ozon.sighting import standing
from feedback_service.platforms.ozon.wire import Comment, Entry

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
TEXT = "Спасибо за отзыв!"
VISIBLE, MODERATING, REJECTED = AnswerState.VISIBLE, AnswerState.MODERATING, AnswerState.REJECTED


def entry(*, processed: bool = False, answers: int = 0) -> Entry:
    return Entry(Review(item_id=ItemId("r-1"), created_at=NOON, rating=4), 7, processed, answers)


def comment(
    number: str, state: AnswerState = VISIBLE, text: str = TEXT, *, ours: bool = True, hour: int = 13
) -> Comment:
    return Comment(number, text, state, "", ours, NOON.replace(hour=hour))


def test_nothing_that_points_to_an_answer_is_none() -> None:
    assert standing(entry(), [], None) is None
    assert standing(entry(answers=1), [comment("c", ours=False)], None) is None


@pytest.mark.parametrize("state", list(AnswerState))
def test_a_listed_comment_of_the_seller_s_is_the_answer_in_its_state(state: AnswerState) -> None:
    answer = standing(entry(processed=True, answers=1), [comment("c-1", state)], None)

    assert answer is not None
    assert (answer.text, answer.state, answer.platform_id, answer.editable) == (TEXT, state, "c-1", False)


def test_a_visible_comment_comes_before_a_waiting_one_and_a_newer_before_an_older() -> None:
    comments = [comment("old"), comment("new", hour=14), comment("waits", MODERATING, hour=15)]

    answer = standing(entry(processed=True, answers=3), comments, None)

    assert answer is not None
    assert answer.platform_id == "new"


def test_the_comment_that_this_process_wrote_comes_first() -> None:
    comments = [comment("ours", MODERATING), comment("newer", text="Другой ответ", hour=15)]

    answer = standing(entry(processed=True, answers=2), comments, Note(TEXT, "ours"))

    assert answer is not None
    assert answer.platform_id == "ours"


def test_a_rejected_comment_of_ours_does_not_hide_a_visible_one() -> None:
    comments = [comment("ours", REJECTED), comment("other", text="Другой ответ")]

    answer = standing(entry(processed=True, answers=2), comments, Note(TEXT, "ours"))

    assert answer is not None
    assert (answer.platform_id, answer.state) == ("other", VISIBLE)


@pytest.mark.parametrize(
    ("seen", "note"),
    [
        (entry(), Note(TEXT, "c-1")),
        (entry(processed=True), Note(TEXT, "c-1")),
        (entry(processed=True), Note(TEXT)),
        (entry(answers=1), Note(TEXT)),
    ],
    ids=["an id was given", "id and processed", "processed since", "counted, not listed"],
)
def test_what_this_process_wrote_and_is_not_listed_waits_for_moderation(seen: Entry, note: Note) -> None:
    answer = standing(seen, [], note)

    assert answer is not None
    assert (answer.text, answer.state, answer.platform_id) == (TEXT, MODERATING, note.answer_id)


def test_a_write_of_which_the_end_is_not_known_and_that_left_no_trace_did_not_land() -> None:
    assert standing(entry(), [], Note(TEXT)) is None
    assert standing(entry(answers=1), [comment("c", ours=False)], Note(TEXT)) is None


@pytest.mark.parametrize("seen", [entry(processed=True), entry(answers=1), entry(processed=True, answers=1)])
def test_without_a_memory_of_a_write_a_hidden_answer_is_nobody_s_text_and_nothing_is_written_on_top(
    seen: Entry,
) -> None:
    answer = standing(seen, [], None)

    assert answer is not None
    assert (answer.text, answer.state) == ("", MODERATING)


def test_an_answer_that_was_listed_and_is_gone_was_taken_away() -> None:
    notes = Notes()
    notes.wrote(ItemId("r-1"), Note(TEXT, "c-1"))
    notes.listed(ItemId("r-1"), "c-1")

    assert standing(entry(processed=True), [], notes.of(ItemId("r-1"))) is None


def test_notes_are_bounded_and_the_oldest_goes_first() -> None:
    notes = Notes()
    for number in range(MOST + 1):
        notes.wrote(ItemId(f"r-{number}"), Note(TEXT))

    assert notes.of(ItemId("r-0")) is None
    assert notes.of(ItemId("r-1")) is not None
