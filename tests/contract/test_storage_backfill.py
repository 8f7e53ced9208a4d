"""What customers wrote long ago is kept once: answered items as closed, unanswered ones as a person wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Kind, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.ports.backfill import Course, Remembered
from feedback_service.ports.platform import Span
from feedback_service.storage import Database
from tests.support.clock import ManualClock
from tests.support.stores import ACME, WRITTEN, Stores, kept, postgres_stores, question, review

ANSWER = PublishedAnswer("Спасибо!", AnswerState.VISIBLE)
REFUSED = PublishedAnswer("Звоните нам", AnswerState.REJECTED)
SPAN = Span(WRITTEN - timedelta(days=365), WRITTEN)


@pytest.fixture
async def shop(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Stores, Database]]:
    async with postgres_stores(database_url, clock) as opened:
        yield opened


async def test_answered_items_are_kept_as_closed_and_unanswered_ones_are_left_to_the_collector(
    shop: tuple[Stores, Database],
) -> None:
    stores, _ = shop
    items = [review("a", answer=ANSWER), review("b"), question("a", answer=ANSWER), review("c", answer=REFUSED)]

    told = await stores.own.feedback.remember(stores.account, items, take=False)

    assert told == Remembered(kept=2, left=2)
    found = await stores.own.feedback.by_item(stores.account, review("a").item_id)
    assert found is not None
    assert (found.status, found.note) == (FeedbackStatus.CLOSED, "answered before this service came")
    assert await stores.own.feedback.by_item(stores.account, review("b").item_id) is None


async def test_a_person_may_have_the_unanswered_ones_taken(shop: tuple[Stores, Database]) -> None:
    stores, _ = shop

    told = await stores.own.feedback.remember(stores.account, [review("a", answer=ANSWER), review("b")], take=True)

    assert told == Remembered(kept=1, taken=1)
    found = await stores.own.feedback.by_item(stores.account, review("b").item_id)
    assert found is not None
    assert found.status is FeedbackStatus.COLLECTED


async def test_what_is_kept_already_stays_as_it_is(shop: tuple[Stores, Database]) -> None:
    stores, _ = shop
    await stores.own.feedback.record(stores.account, [review("a")], True)

    page = [review("a", answer=ANSWER), review("b", answer=ANSWER)]
    first = await stores.own.feedback.remember(stores.account, page, take=True)
    second = await stores.own.feedback.remember(stores.account, page, take=True)

    assert (first, second) == (Remembered(kept=1, known=1), Remembered(known=2))
    found = await stores.own.feedback.by_item(stores.account, review("a").item_id)
    assert found is not None
    assert found.status is FeedbackStatus.COLLECTED


async def test_an_edit_of_a_remembered_item_that_takes_its_answer_away_is_taken_up(
    shop: tuple[Stores, Database], clock: ManualClock
) -> None:
    stores, _ = shop
    await stores.own.feedback.remember(stores.account, [review("a", answer=ANSWER)], take=False)
    clock.pass_by(timedelta(days=1))

    told = await stores.own.feedback.record(stores.account, [review("a", "Стало хуже")], True)

    assert told.reopened == 1


async def test_a_course_is_kept_and_replaced(shop: tuple[Stores, Database], clock: ManualClock) -> None:
    stores, database = shop
    course = Course(account=stores.account, kind=Kind.REVIEW, span=SPAN, cursor="7", share=0.4)

    await database.backfills.save(course)
    assert await database.backfills.course(stores.account, Kind.REVIEW) == course
    assert await database.backfills.course(stores.account, Kind.QUESTION) is None
    ended = replace(course, cursor="", share=1.0, total=Remembered(1, 2, 3, 4), ended_at=clock.now())
    await database.backfills.save(ended)

    assert await database.backfills.course(stores.account, Kind.REVIEW) == ended


async def test_another_supplier_s_feedback_is_not_looked_at(shop: tuple[Stores, Database]) -> None:
    stores, database = shop
    await database.suppliers.apply([replace(await database.suppliers.load(ACME), stop_words=("брак",))])

    told = await stores.own.feedback.remember(stores.other_account, [review("a", answer=ANSWER)], take=False)

    assert told == Remembered(kept=1)


@pytest.mark.parametrize("answered", [False, True], ids=["the supplement waits", "the supplement is answered"])
@pytest.mark.parametrize("order", ["one page", "the supplement first", "the review first"])
async def test_a_story_of_two_reviews_taken_from_the_history_gets_one_answer(
    shop: tuple[Stores, Database], order: str, answered: bool
) -> None:
    stores, _ = shop
    first, later = review("a"), review("b", "Сломалась", parent=ItemId("a"), answer=ANSWER if answered else None)
    apart = {"the supplement first": [[later], [first]], "the review first": [[first], [later]]}

    for page in apart.get(order, [[first, later]]):
        await stores.own.feedback.remember(stores.account, page, take=True)

    told = await kept(stores, "a")
    assert (told.status, told.note) == (FeedbackStatus.CLOSED, "told in its supplement b")
    assert (await kept(stores, "b")).status is (FeedbackStatus.CLOSED if answered else FeedbackStatus.COLLECTED)
