"""What customers wrote on Ozon long ago: by either version of the list, an answer looked up only where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.errors import Refused, Retryable, Unavailable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.platforms.ozon.sighting import HIDDEN
from feedback_service.ports.platform import HistoryPage
from tests.support.fake_ozon import FakeOzon, connector_of, refused
from tests.support.past import days, ids, told
from tests.support.sandbox import NOON

REVIEWS, OLD_REVIEWS, QUESTIONS = "/v2/review/list", "/v1/review/list", "/v1/question/list"
COMMENTS = "/v1/review/comment/list"
SPAN = days(30)


def row(number: int, **more: object) -> dict[str, Any]:
    """So many days old."""
    at = (NOON - timedelta(days=number, hours=1)).isoformat()
    return {"id": f"r-{number:04}", "sku": 7, "published_at": at, "status": "NEW", "comments_amount": 0, **more}


def newest_first(rows: Sequence[Mapping[str, Any]], name: str, size: int, *, says_more: bool = True) -> Any:
    """A list method that goes on after the id it is given, and knows no dates."""

    def method(body: Mapping[str, Any]) -> object:
        assert body["sort_dir"] == "DESC"
        left = [one for one in rows if str(one["id"]) > body["last_id"]]
        shown = left[:size]
        more = {"has_next": len(left) > len(shown)} if says_more else {}
        return {name: shown, "last_id": shown[-1]["id"] if shown else body["last_id"], **more}

    return method


async def read(
    fake: FakeOzon, cursor: str = "", kind: Kind = Kind.REVIEW, into: list[HistoryPage] | None = None
) -> list[HistoryPage]:
    async with connector_of(fake) as connector:
        return await told(connector.history(kind, SPAN, cursor), into)


async def test_the_list_is_asked_for_by_dates_and_every_status() -> None:
    fake = FakeOzon({REVIEWS: newest_first([row(1)], "reviews", 10), QUESTIONS: newest_first([], "questions", 10)})

    await read(fake)
    await read(fake, kind=Kind.QUESTION)

    since, until = "2026-02-08T12:00:00.000Z", "2026-03-10T12:00:00.000Z"
    assert fake.asked[0][1]["filters"] == {"status": "ALL", "published_from": since, "published_to": until}
    assert fake.asked[-1][1]["filter"] == {"status": "ALL", "date_from": since, "date_to": until}


@pytest.mark.parametrize("name", [REVIEWS, OLD_REVIEWS])
async def test_a_list_without_dates_is_read_down_to_the_span_and_no_further(name: str) -> None:
    fake = FakeOzon({name: newest_first([row(number) for number in range(100)], "reviews", 10)})

    pages = await read(fake)

    assert ids(pages) == [f"r-{number:04}" for number in range(30)]
    assert fake.paths().count(name) == 4
    assert pages[-1].share == 1


@pytest.mark.parametrize("says_more", [True, False])
async def test_from_every_cursor_exactly_the_rest_is_read(says_more: bool) -> None:
    rows = [row(number) for number in range(25)]
    fake = FakeOzon({QUESTIONS: newest_first(rows, "questions", 7, says_more=says_more)})

    pages = await read(fake, kind=Kind.QUESTION)

    assert ids(pages) == [one["id"] for one in rows]
    for number, page in enumerate(pages):
        assert ids(await read(fake, page.cursor, Kind.QUESTION)) == ids(pages[number + 1 :])


async def test_only_what_has_comments_costs_a_call() -> None:
    mine = {"id": "c1", "text": "Спасибо!", "is_owner": True, "is_published": True}
    rows = [row(1), row(2, comments_amount=1), row(3), row(4, comments_amount=1)]
    answers = {"r-0002": [mine], "r-0004": [{**mine, "is_owner": False}]}
    comments = {COMMENTS: lambda body: {"comments": answers[body["review_id"]]}}
    fake = FakeOzon({REVIEWS: newest_first(rows, "reviews", 10), **comments})

    (page,) = await read(fake)

    assert [one.answer and one.answer.text for one in page.items] == [None, "Спасибо!", None, None]
    assert fake.paths().count(COMMENTS) == 2


async def test_what_the_seller_marked_as_done_is_not_given_as_waiting() -> None:
    fake = FakeOzon({REVIEWS: newest_first([row(1, status="PROCESSED")], "reviews", 10)})

    (page,) = await read(fake)

    assert page.items[0].answer == HIDDEN
    assert HIDDEN.state is AnswerState.MODERATING


async def test_a_kind_outside_the_subscription_is_unavailable() -> None:
    no = lambda body: refused(403, 7, "not available with existing subscription")  # noqa: E731 two words

    with pytest.raises(Unavailable):
        await read(FakeOzon({REVIEWS: no, OLD_REVIEWS: no}))


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    rows = [row(number) for number in range(20)]
    list_of_reviews = newest_first(rows, "reviews", 8)
    broken = lambda body: refused(500, 13, "oops") if body["last_id"] else list_of_reviews(body)  # noqa: E731 short
    got: list[HistoryPage] = []

    with pytest.raises(Retryable):
        await read(FakeOzon({REVIEWS: broken}), into=got)
    rest = await read(FakeOzon({REVIEWS: list_of_reviews}), got[-1].cursor)

    assert len(got) == 1
    assert ids(got) + ids(rest) == [one["id"] for one in rows]


@pytest.mark.parametrize("cursor", ["after:question/x", "x", "after:review/", "review/answered/1/0"])
async def test_a_place_in_another_history_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await read(FakeOzon(), cursor)
