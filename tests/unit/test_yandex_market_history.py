"""What customers wrote on Yandex.Market long ago: lists no longer than allowed, answers only where there may be one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.yandex_market.history import History
from feedback_service.platforms.yandex_market.names import OfferNames
from feedback_service.ports.platform import HistoryPage, Span
from tests.support.fake_yandex_market import (
    ANSWERS,
    COMMENTS,
    LIST,
    QUESTIONS,
    FakeYandexMarket,
    client_of,
    comment,
    question,
    review,
    shown,
)
from tests.support.past import days, ids, told
from tests.support.sandbox import HandClock

MONTH = days(10)


async def read(
    fake: FakeYandexMarket, kind: Kind = Kind.REVIEW, span: Span = MONTH, cursor: str = "", **more: Any
) -> list[HistoryPage]:
    async with client_of(fake, HandClock()) as client:
        history = History(client=client, names=OfferNames(client), kind=kind, span=span)
        return await told(history.pages(cursor), **more)


def bodies(fake: FakeYandexMarket, path: str) -> list[Any]:
    return [one.body for one in fake.asked if one.call.endswith(f" {path}")]


async def test_reviews_are_asked_for_in_pieces_of_half_a_year_at_most_without_a_gap() -> None:
    fake = FakeYandexMarket()

    pages = await read(fake, span=days(700))

    asked = bodies(fake, LIST)
    pairs = [(_moment(one["dateTimeFrom"]), _moment(one.get("dateTimeTo"))) for one in asked]
    assert len(asked) == 4
    assert all(until - since < timedelta(days=181) for since, until in pairs)
    assert all(after < before for (_, before), (after, _) in pairwise(pairs))
    assert [page.share for page in pages] == pytest.approx([180 / 700, 360 / 700, 540 / 700, 1])


async def test_questions_are_asked_for_in_pieces_that_fit_into_a_february() -> None:
    fake = FakeYandexMarket()

    await read(fake, Kind.QUESTION, days(100))

    asked = bodies(fake, QUESTIONS)
    pairs = [
        (date.fromisoformat(one["dateFrom"]), date.fromisoformat(one.get("dateTo", "2026-03-11"))) for one in asked
    ]
    assert len(asked) == 2 * 5
    assert all(until - since <= timedelta(days=28) for since, until in pairs)
    assert pairs[0][0] < MONTH.until.date() - timedelta(days=99)


async def test_only_reviews_with_comments_cost_a_call() -> None:
    fake = FakeYandexMarket([review(1, day=2), review(2, day=3, comments=1), review(3, day=4, comments=2)], per_page=50)
    fake.comments = {2: [comment(20)], 3: [comment(30, kind="USER")]}

    (page,) = await read(fake)

    assert [one.answer and one.answer.text for one in page.items] == [None, "Спасибо!", None]
    assert fake.calls(COMMENTS) == 2


async def test_questions_that_want_an_answer_cost_no_call() -> None:
    fake = FakeYandexMarket(questions=[question(1, 2), question(2, 3)], per_page=50)
    fake.comments = {2: [comment(20)]}
    fake.canned = [shown({"questions": [question(1, 2)]})]

    (page,) = await read(fake, Kind.QUESTION)

    assert [one.answer and one.answer.text for one in page.items] == [None, "Спасибо!"]
    assert fake.calls(ANSWERS) == 1


async def test_from_every_cursor_exactly_the_rest_is_read() -> None:
    fake = FakeYandexMarket([review(number, day=number) for number in range(1, 10)])

    pages = await read(fake)

    assert ids(pages) == [str(number) for number in range(1, 10)]
    for number, page in enumerate(pages):
        assert ids(await read(fake, cursor=page.cursor)) == ids(pages[number + 1 :])


async def test_a_piece_ends_where_the_next_one_begins_to_the_instant() -> None:
    border = MONTH.until - timedelta(days=20)
    on, before = review(1), review(2)
    on["createdAt"], before["createdAt"] = border.isoformat(), (border - timedelta(milliseconds=1)).isoformat()
    fake = FakeYandexMarket([before, on], per_page=50)  # the fake shows both in every list

    assert ids(await read(fake, span=Span(border - timedelta(days=180), MONTH.until))) == ["2", "1"]


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    fake = FakeYandexMarket([review(number, day=number, comments=number // 5) for number in range(1, 8)])
    fake.comments = {5: [comment(50)], 6: [], 7: []}
    got: list[HistoryPage] = []
    fake.broken = COMMENTS

    with pytest.raises(Retryable):
        await read(fake, into=got)
    fake.broken = ""
    rest = await read(fake, cursor=got[-1].cursor)

    assert ids(got) == ["1", "2", "3", "4"]
    assert ids(rest) == ["5", "6", "7"]


async def test_a_list_that_goes_round_in_a_circle_is_given_up() -> None:
    fake = FakeYandexMarket(canned=[shown({"feedbacks": []}, token) for token in "abab"])

    with pytest.raises(Retryable, match="does not end"):
        await read(fake)


@pytest.mark.parametrize("cursor", ["question/1772000000/", "review/7/", "review/x/", "7"])
async def test_a_place_in_another_history_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await read(FakeYandexMarket(), cursor=cursor)


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else MONTH.until.astimezone(UTC)
