"""Which reviews and questions are found to wait, what that costs, and how given items are looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market.collecting import LOOKS, QuestionReading, ReviewReading, spans
from feedback_service.platforms.yandex_market.names import OfferNames
from feedback_service.platforms.yandex_market.sighting import Sighter
from tests.support.fake_yandex_market import (
    ANSWERS,
    COMMENTS,
    LIST,
    QUESTIONS,
    FakeYandexMarket,
    client_of,
    comment,
    question,
    refused,
    review,
    shown,
)
from tests.support.sandbox import HandClock


async def passed(reading: ReviewReading | QuestionReading) -> Sequence[Item]:
    return [item async for page in reading.pages() for item in page]


def ids(items: Sequence[Item]) -> list[int]:
    return [int(item.item_id) for item in items]


def refs(kind: Kind, *numbers: int, day: int = 1) -> list[ItemRef]:
    return [ItemRef(ItemId(str(number)), kind, datetime(2026, 3, day, tzinfo=UTC)) for number in numbers]


async def test_the_waiting_reviews_come_oldest_first_whatever_the_order_of_the_list() -> None:
    fake = FakeYandexMarket([review(3, day=9), review(1, day=2), review(2, day=5)])

    async with client_of(fake, HandClock()) as client:
        assert ids(await passed(ReviewReading(client))) == [1, 2, 3]

    assert fake.calls(COMMENTS) == 0


async def test_a_review_that_was_opened_and_not_answered_is_found_by_the_first_pass_and_the_hourly_one() -> None:
    clock, fake = HandClock(), FakeYandexMarket([review(1, needs=False)])

    async with client_of(fake, clock) as client:
        reading = ReviewReading(client)
        found = [ids(await passed(reading))]
        for minutes in (1, 58, 1):
            clock.advance(60 * minutes)
            found.append(ids(await passed(reading)))

    assert found == [[1], [], [], [1]]
    assert [one.body["reactionStatus"] for one in fake.asked] == ["ALL", "NEED_REACTION", "NEED_REACTION", "ALL"]


async def test_an_answered_review_is_looked_into_once() -> None:
    clock = HandClock()
    fake = FakeYandexMarket([review(1, needs=False, comments=1)], comments={1: [comment(5)]})

    async with client_of(fake, clock) as client:
        reading = ReviewReading(client)
        for _ in range(3):
            assert await passed(reading) == []
            clock.advance(3600)

    assert (fake.calls(LIST), fake.calls(COMMENTS)) == (3, 1)


async def test_a_review_with_a_customer_s_comment_only_still_waits() -> None:
    fake = FakeYandexMarket([review(1, needs=False, comments=1)], comments={1: [comment(5, kind="USER")]})

    async with client_of(fake, HandClock()) as client:
        assert ids(await passed(ReviewReading(client))) == [1]


async def test_a_review_whose_answer_was_rejected_waits_and_is_looked_into_every_time() -> None:
    fake = FakeYandexMarket([review(1, comments=1)], comments={1: [comment(5, status="BANNED")]})

    async with client_of(fake, HandClock()) as client:
        reading = ReviewReading(client)
        assert ids(await passed(reading)) == ids(await passed(reading)) == [1]

    assert fake.calls(COMMENTS) == 2


async def test_a_review_edited_after_our_answer_is_given_with_the_answer() -> None:
    fake = FakeYandexMarket([review(1, needs=True, comments=1)], comments={1: [comment(5, "Спасибо!")]})

    async with client_of(fake, HandClock()) as client:
        (item,) = await passed(ReviewReading(client))

    assert item.answer is not None
    assert (item.answer.text, item.answer.platform_id) == ("Спасибо!", "5")


async def test_a_sweep_looks_into_a_limited_number_of_reviews_and_goes_on_with_the_next() -> None:
    clock, many = HandClock(), LOOKS + 20
    rows = [review(number, needs=False, comments=1) for number in range(1, many + 1)]
    fake = FakeYandexMarket(rows, comments={number: [comment(number)] for number in range(1, many + 1)}, per_page=50)

    async with client_of(fake, clock) as client:
        reading = ReviewReading(client)
        await passed(reading)
        first = fake.calls(COMMENTS)
        clock.advance(3600)
        await passed(reading)

    assert (first, fake.calls(COMMENTS)) == (LOOKS, many)


async def test_what_needs_no_look_is_given_although_the_looks_fail() -> None:
    rows = [review(1), review(2, comments=1), review(3)]
    fake = FakeYandexMarket(canned=[shown({"feedbacks": rows}), refused(420, "Hit rate limit of 5000 requests")])

    async with client_of(fake, HandClock()) as client:
        pages = ReviewReading(client).pages()
        first = await anext(pages)
        with pytest.raises(Retryable, match="hourly"):
            await anext(pages)

    assert ids(first) == [1, 3]


async def test_what_was_read_before_a_failure_is_given_and_the_sweep_is_made_again_soon() -> None:
    clock = HandClock()
    fake = FakeYandexMarket(canned=[shown({"feedbacks": [review(1)]}, "2"), *(refused(500) for _ in range(3))])

    async with client_of(fake, clock) as client:
        reading = ReviewReading(client)
        pages = reading.pages()
        first = await anext(pages)
        with pytest.raises(Retryable):
            await anext(pages)
        await passed(reading)
        between = fake.asked[-1].body
        clock.advance(300)
        await passed(reading)

    assert ids(first) == [1]
    assert between == {"reactionStatus": "NEED_REACTION"}
    assert fake.asked[-1].body == {"reactionStatus": "ALL"}


def test_the_months_of_questions_leave_no_day_out() -> None:
    today = date(2026, 3, 10)

    found = spans(today)

    assert found[-1][1] is None
    assert today - found[0][0] > timedelta(days=183)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))
    assert all((until or today) - since <= timedelta(days=28) for since, until in found)


async def test_questions_are_read_month_by_month_and_given_once() -> None:
    fake = FakeYandexMarket(questions=[question(2, day=4), question(1, day=2), question(3, day=6)])

    async with client_of(fake, HandClock()) as client:
        found = await passed(QuestionReading(client))

    assert sorted(ids(found)) == [1, 2, 3]
    bodies = [one.body for one in fake.asked if "pageToken" not in one.query]
    assert len(bodies) == len(spans(date(2026, 3, 10)))
    assert all(body["needAnswer"] is True for body in bodies)


async def test_older_months_are_read_hourly_and_the_newest_one_always() -> None:
    clock, fake = HandClock(), FakeYandexMarket(questions=[question(1, day=4)])

    async with client_of(fake, clock) as client:
        reading, calls = QuestionReading(client), [0]
        for minutes in (0, 1, 58, 1):
            clock.advance(60 * minutes)
            await passed(reading)
            calls.append(fake.calls(QUESTIONS))

    each = [after - before for before, after in pairwise(calls)]
    assert each[0] == each[3] > each[1] == each[2] > 0
    assert all("dateTo" not in one.body for one in fake.asked[calls[1] : calls[3]])


async def test_new_questions_are_found_though_older_months_cannot_be_read_and_those_are_tried_again_soon() -> None:
    clock, fake = HandClock(), FakeYandexMarket(questions=[question(1, day=4)])
    fake.canned += [shown({"questions": [question(1, day=4)]}), *(refused(500) for _ in range(3))]

    async with client_of(fake, clock) as client:
        reading = QuestionReading(client)
        pages = reading.pages()
        first = await anext(pages)
        with pytest.raises(Retryable):
            await anext(pages)
        before = fake.calls(QUESTIONS)
        await passed(reading)
        between = fake.calls(QUESTIONS)
        clock.advance(300)
        await passed(reading)

    assert ids(first) == [1]
    assert between - before < fake.calls(QUESTIONS) - between


async def test_many_reviews_are_looked_at_by_fifty_and_their_comments_one_by_one() -> None:
    rows = [review(number) for number in range(1, 61)]
    fake = FakeYandexMarket(rows, comments={7: [comment(5)]}, per_page=50)

    async with client_of(fake, HandClock()) as client:
        seen = await Sighter(client).sight(refs(Kind.REVIEW, *range(1, 62)))

    assert [len(one.body["feedbackIds"]) for one in fake.asked if one.call.endswith(LIST)] == [50, 11]
    assert fake.calls(COMMENTS) == 60
    assert seen[ItemId("61")].item is None
    assert [int(item_id) for item_id, one in seen.items() if one.answer] == [7]


async def test_a_question_that_the_last_month_does_not_show_is_asked_for_with_its_dates() -> None:
    fake = FakeYandexMarket(questions=[question(1)], comments={1: [comment(5)]}, canned=[shown({"questions": []})])

    async with client_of(fake, HandClock()) as client:
        seen = await Sighter(client).sight(refs(Kind.QUESTION, 1))

    by_ids, by_dates = (one.body for one in fake.asked if one.call.endswith(QUESTIONS))
    assert by_ids == {"questionIds": [1]}
    assert by_dates == {"questionIds": [1], "dateFrom": "2026-02-28", "dateTo": "2026-03-27"}
    assert seen[ItemId("1")].answer is not None
    assert fake.calls(ANSWERS) == 1


async def test_a_question_is_gone_where_dates_are_refused_beside_ids() -> None:
    fake = FakeYandexMarket(canned=[shown({"questions": []}), refused(400, "questionIds must stand alone")])

    async with client_of(fake, HandClock()) as client:
        seen = await Sighter(client).sight(refs(Kind.QUESTION, 1))

    assert seen[ItemId("1")].item is None


async def test_a_failure_under_a_look_at_many_is_raised_once() -> None:
    fake = FakeYandexMarket([review(1), review(2)], canned=[shown({"feedbacks": [review(1), review(2)]})])
    fake.canned += [refused(420, "Hit rate limit", X_RateLimit_Resource_Until="soon") for _ in range(2)]

    async with client_of(fake, HandClock()) as client:
        with pytest.raises(Retryable, match="hourly"):
            await Sighter(client).sight(refs(Kind.REVIEW, 1, 2))


async def test_the_name_of_a_product_is_asked_for_once_and_an_unnamed_one_as_well() -> None:
    names = {"offerMappings": [{"offer": {"offerId": "SKU-1", "name": "Кружка"}}]}
    fake = FakeYandexMarket([review(1), review(2)])

    async with client_of(fake, HandClock()) as client:
        known = OfferNames(client)
        items = await passed(ReviewReading(client))
        fake.canned = [shown(names)]
        named = await known.named(items)
        fake.canned = [shown({"feedbacks": [review(3)]}), shown({"offerMappings": []})]
        await known.named(await passed(ReviewReading(client)))
        again = await known.named(items)

    assert [item.product.name for item in named] == [item.product.name for item in again] == ["Кружка", ""]
    assert fake.calls("/v2/businesses/77/offer-mappings") == 2


async def test_names_that_cannot_be_had_delay_nothing_and_are_asked_for_an_hour_later() -> None:
    clock, fake = HandClock(), FakeYandexMarket([review(1)])

    async with client_of(fake, clock) as client:
        known = OfferNames(client)
        items = await passed(ReviewReading(client))
        fake.canned = [refused(403, "Token does not have any of the scopes")]
        assert await known.named(items) == items
        assert await known.named(items) == items
        clock.advance(3600)
        fake.canned = [shown({"offerMappings": []})]
        await known.named(items)

    assert fake.calls("/v2/businesses/77/offer-mappings") == 2
