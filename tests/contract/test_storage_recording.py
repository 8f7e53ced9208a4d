"""What a page of unanswered items changes: the same in memory and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import (
    AnswerState,
    FeedbackStatus,
    Item,
    Product,
    PublishedAnswer,
    Question,
    Review,
)
from feedback_service.domain.identity import ItemId
from feedback_service.domain.reply import Classification, Sentiment
from feedback_service.ports.storage import Change, Outcome, Recorded
from tests.support.stores import ACME, LEASE, WRITTEN, Stores, approved, kept, move, question, review

TRICKY = st.sampled_from('\x00\x1a\ud800\udfff\\"09af')
"""What PostgreSQL cannot store, our mark for it, and what could be taken for an escape."""
ANY_TEXT = st.text(st.characters() | TRICKY, max_size=20)
MOMENT = st.datetimes().map(lambda at: at.replace(tzinfo=WRITTEN.tzinfo))
EXAMPLES = count()
ITEM_ID = ANY_TEXT.map(lambda text: ItemId(f"{text}·"))
PRODUCT = st.builds(Product, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
ANSWER = st.none() | st.builds(
    PublishedAnswer, ANY_TEXT, st.sampled_from(AnswerState), st.none() | st.booleans(), ANY_TEXT
)
COUNT = st.integers(0, 2**31 - 1)
SHARED = {
    "item_id": ITEM_ID,
    "created_at": MOMENT,
    "text": ANY_TEXT,
    "author": ANY_TEXT,
    "product": PRODUCT,
    "answer": ANSWER,
}
REVIEW = st.builds(
    Review, **SHARED, rating=COUNT, pros=ANY_TEXT, cons=ANY_TEXT, photos=COUNT, videos=COUNT, child=st.none() | ITEM_ID
)
ITEM = REVIEW | st.builds(Question, **SHARED)


async def test_a_page_is_recorded_once_however_often_it_is_read(stores: Stores) -> None:
    page = [review("a"), review("b"), question("c")]

    first = await stores.own.feedback.record(stores.account, page, True)
    second = await stores.own.feedback.record(stores.account, page, True)

    assert (first, second) == (Recorded(new=3), Recorded(known=3))


async def test_an_item_listed_twice_on_one_page_is_recorded_once(stores: Stores) -> None:
    assert await stores.own.feedback.record(stores.account, [review(), review()], True) == Recorded(new=1)


async def test_the_same_id_on_two_accounts_is_two_items(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)

    assert await stores.own.feedback.record(stores.other_account, [review()], True) == Recorded(new=1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item=ITEM)
async def test_every_item_comes_back_as_it_was(stores: Stores, item: Item) -> None:
    item = replace(item, item_id=ItemId(f"{item.item_id}{next(EXAMPLES)}"))

    await stores.own.feedback.record(stores.account, [item], True)

    found = await stores.own.feedback.by_item(stores.account, item.item_id)
    assert found is not None
    assert found.item == item


async def test_a_text_of_a_hundred_kilobytes_is_kept(stores: Stores) -> None:
    text = "Очень длинный отзыв. " * 5000

    await stores.own.feedback.record(stores.account, [review(text=text)], True)

    assert (await kept(stores)).item.text == text


async def test_an_edit_before_the_answer_begins_the_work_anew(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    classification = Classification(sentiment=Sentiment.POSITIVE)
    stale = await kept(stores)
    change = Change(feedback=stale, to=FeedbackStatus.CLASSIFIED, because="read", classification=classification)
    await stores.own.feedback.apply([change])
    classified = await kept(stores)

    recorded = await stores.own.feedback.record(stores.account, [review(text="Разбилась")], True)

    new = await kept(stores)
    assert recorded == Recorded(edited=1)
    assert (new.status, new.item.text, new.classification) == (FeedbackStatus.COLLECTED, "Разбилась", None)
    drafted = Change(feedback=classified, to=FeedbackStatus.DRAFTED, because="for the old words")
    assert await stores.own.feedback.apply([drafted]) == [new.id]


async def test_an_edit_takes_back_an_answer_that_is_not_yet_sent(stores: Stores) -> None:
    one = await approved(stores)

    recorded = await stores.own.feedback.record(stores.account, [review(text="Разбилась")], True)

    (dispatch,) = await stores.own.outbox.of(one.id)
    assert recorded == Recorded(edited=1)
    assert dispatch.status is DispatchStatus.CLOSED
    assert (await kept(stores)).status is FeedbackStatus.COLLECTED


async def test_an_edit_leaves_a_delivery_alone_that_has_begun(stores: Stores) -> None:
    one = await approved(stores)
    (dispatch,) = await stores.own.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE)
    await stores.own.outbox.begin(dispatch, LEASE)

    recorded = await stores.own.feedback.record(stores.account, [review(text="Разбилась")], True)

    assert recorded == Recorded(known=1)
    assert (await kept(stores)).status is FeedbackStatus.APPROVED
    assert [each.status for each in await stores.own.outbox.of(one.id)] == [DispatchStatus.SENDING]


async def test_an_answered_item_that_is_edited_is_reopened_where_the_supplier_wants_that(stores: Stores) -> None:
    await _answered(stores)
    edited = [review(text="Передумал")]

    kept_closed = await stores.own.feedback.record(stores.account, edited, reopen_edited=False)
    reopened = await stores.own.feedback.record(stores.account, edited, reopen_edited=True)

    assert (kept_closed, reopened) == (Recorded(known=1), Recorded(reopened=1))
    assert (await kept(stores)).status is FeedbackStatus.COLLECTED


async def test_a_list_read_before_our_answer_landed_does_not_reopen_the_item(stores: Stores) -> None:
    await _answered(stores)

    recorded = await stores.own.feedback.record(stores.account, [review()], True)

    assert recorded == Recorded(known=1)


async def test_an_answer_that_vanished_from_the_platform_comes_before_a_person(stores: Stores) -> None:
    await _answered(stores)
    stores.clock.pass_by(timedelta(hours=2))

    recorded = await stores.own.feedback.record(stores.account, [review()], True)

    assert recorded == Recorded(reopened=1)
    assert (await kept(stores)).status is FeedbackStatus.HELD


async def test_a_closed_item_that_stays_unanswered_is_taken_up_again(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    await move(stores, FeedbackStatus.CLOSED)
    stores.clock.pass_by(timedelta(hours=2))

    assert await stores.own.feedback.record(stores.account, [review()], True) == Recorded(reopened=1)
    assert (await kept(stores)).status is FeedbackStatus.COLLECTED


async def test_a_skipped_item_stays_skipped_until_it_is_edited(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    await move(stores, FeedbackStatus.SKIPPED)
    stores.clock.pass_by(timedelta(days=2))

    same = await stores.own.feedback.record(stores.account, [review()], True)
    edited = await stores.own.feedback.record(stores.account, [review(rating=1)], True)

    assert (same, edited) == (Recorded(known=1, skipped=(ItemId("r1"),)), Recorded(edited=1))


async def test_a_supplement_closes_what_it_supplements(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("first")], True)

    await stores.own.feedback.record(stores.account, [review("second", parent=ItemId("first"))], True)

    parent, child = await kept(stores, "first"), await kept(stores, "second")
    assert (parent.status, parent.note) == (FeedbackStatus.CLOSED, "told in its supplement second")
    assert child.status is FeedbackStatus.COLLECTED


async def test_what_was_supplemented_is_closed_also_when_it_arrives_later(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("second", parent=ItemId("first"))], True)
    await stores.own.feedback.record(stores.account, [review("first")], True)
    stores.clock.pass_by(timedelta(days=1))
    await stores.own.feedback.record(stores.account, [review("first")], True)

    parent = await kept(stores, "first")

    assert (parent.status, parent.note) == (FeedbackStatus.CLOSED, "told in its supplement second")


async def test_a_supplement_that_comes_with_its_review_on_one_page_closes_it(stores: Stores) -> None:
    page = [review("second", parent=ItemId("first")), review("first")]

    assert await stores.own.feedback.record(stores.account, page, True) == Recorded(new=2)
    assert (await kept(stores, "first")).status is FeedbackStatus.CLOSED


async def test_a_supplement_leaves_a_review_alone_that_is_in_delivery(stores: Stores) -> None:
    await approved(stores, "first")

    await stores.own.feedback.record(stores.account, [review("second", parent=ItemId("first"))], True)

    assert (await kept(stores, "first")).status is FeedbackStatus.APPROVED


async def test_a_claimed_supplement_tells_the_whole_story_oldest_first(stores: Stores) -> None:
    first = review("1")
    second = review("2", "Дополняю", parent=ItemId("1"))
    third = review("3", "И ещё", parent=ItemId("2"))
    await stores.own.feedback.record(stores.account, [third, second, first], True)

    claimed = await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 10, LEASE)

    assert [(one.item, one.prior) for one in claimed] == [(third, (first, second))]


async def test_the_supplier_and_platform_are_told_with_every_item(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)

    (claimed,) = await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE)

    assert (claimed.supplier, claimed.platform, claimed.account_id) == (ACME, "wildberries", stores.account)


async def _answered(stores: Stores) -> None:
    """A review whose answer was sent and confirmed."""
    await approved(stores)
    (pending,) = await stores.own.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE)
    sending = await stores.own.outbox.begin(pending, LEASE)
    await stores.own.outbox.settle([Outcome(dispatch=sending, to=DispatchStatus.SENT, because="accepted")])
    (sent,) = await stores.own.outbox.of(sending.feedback_id)
    shown = Outcome(dispatch=sent, to=DispatchStatus.CONFIRMED, because="shown", feedback_to=FeedbackStatus.ANSWERED)
    assert await stores.own.outbox.settle([shown]) == []


async def test_a_review_and_a_question_of_the_same_number_are_two_items(stores: Stores) -> None:
    twins = [review("77", text="Хорошая чашка"), question("77", text="Какой объём?")]

    first = await stores.own.feedback.record(stores.account, twins, True)
    again = await stores.own.feedback.record(stores.account, twins, True)

    assert (first.new, again.known, again.edited) == (2, 2, 0)
