"""What customers wrote on 2GIS long ago is read branch by branch, and loses nothing at the borders of pages."""

from __future__ import annotations

import pytest

from feedback_service.domain.errors import AccountFault, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.ports.platform import HistoryPage
from tests.support.fake_twogis import BRANCH, FakeTwoGis, Kept, Row, account, html, row
from tests.support.past import days, ids, told

DAY = 86_400
OTHER = "700000002"


async def read(
    fake: FakeTwoGis, cursor: str = "", number: float = 30, into: list[HistoryPage] | None = None
) -> list[HistoryPage]:
    async with account(fake, Kept()) as connector:
        return await told(connector.history(Kind.REVIEW, days(number), cursor), into)


def daily(count: int, first: int = 1000) -> list[Row]:
    return [row(first + number, age=DAY * number + 60) for number in range(count)]


async def test_branches_are_read_in_the_order_of_their_numbers_newest_first_answered_or_not() -> None:
    fake = FakeTwoGis({OTHER: daily(3, 2000), BRANCH: daily(5)})
    fake.write("1001", "Спасибо!")

    pages = await read(fake)

    assert ids(pages) == ["1000", "1001", "1002", "1003", "1004", "2000", "2001", "2002"]
    assert {one.item_id: one.answer.text for page in pages for one in page.items if one.answer} == {"1001": "Спасибо!"}
    assert not any("withoutAnswer" in query for query in fake.queries)
    assert fake.calls("/comments") == 0


async def test_a_list_is_left_where_it_is_older_than_the_span() -> None:
    fake = FakeTwoGis({BRANCH: daily(300)})

    pages = await read(fake, number=70)

    assert ids(pages) == [str(1000 + number) for number in range(70)]
    assert fake.calls("/reviews") == 2


@pytest.mark.parametrize("includes_border", [False, True])
@pytest.mark.parametrize("alike", [1, 2, 30, 49])
async def test_from_every_cursor_exactly_the_rest_is_read(alike: int, includes_border: bool) -> None:
    rows = [row(1000 + number, age=60 + 60 * (number // alike)) for number in range(130)]
    fake = FakeTwoGis({BRANCH: rows, OTHER: daily(2, 2000)}, includes_border=includes_border)

    pages = await read(fake)

    assert sorted(ids(pages)) == sorted([one["id"] for one in rows] + ["2000", "2001"])
    for number, page in enumerate(pages):
        assert ids(await read(fake, page.cursor)) == ids(pages[number + 1 :])


async def test_an_answer_that_its_row_does_not_show_is_looked_up() -> None:
    fake = FakeTwoGis({BRANCH: daily(1)})
    fake.write("1000", "Спасибо!")
    fake.rows[BRANCH][0] |= {"firstAnswer": None}

    pages = await read(fake)

    assert [one.answer and one.answer.text for page in pages for one in page.items] == ["Спасибо!"]


async def test_a_branch_that_is_not_open_keeps_no_other_from_being_read() -> None:
    fake = FakeTwoGis({BRANCH: daily(2), OTHER: daily(2, 2000)})
    fake.canned[f"/branch/{BRANCH}/"] = [html(403)]

    assert ids(await read(fake)) == ["2000", "2001"]


async def test_where_no_branch_is_open_a_person_hears_of_it() -> None:
    fake = FakeTwoGis({BRANCH: daily(2)})
    fake.canned[f"/branch/{BRANCH}/"] = [html(403)]

    with pytest.raises(AccountFault, match="none of the branches"):
        await read(fake)


async def test_a_cursor_of_a_branch_that_is_gone_goes_on_with_the_next_one() -> None:
    fake = FakeTwoGis({BRANCH: daily(2), OTHER: daily(2, 2000)})
    pages = await read(fake)

    del fake.rows[BRANCH]

    assert ids(await read(fake, pages[0].cursor)) == ["2000", "2001"]


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    fake = FakeTwoGis({BRANCH: [row(1000 + number, age=60 + number) for number in range(120)]})
    got: list[HistoryPage] = []
    fake.between = lambda: fake.canned.update({"/reviews": [html() for _ in range(20)]}) if not got else None

    with pytest.raises(Retryable):
        await read(fake, into=got)
    fake.canned.clear()
    rest = await read(fake, got[-1].cursor)

    assert len(got) == 1
    assert ids(got) + ids(rest) == [str(1000 + number) for number in range(120)]


async def test_the_public_side_tells_to_sign_in() -> None:
    async with account(FakeTwoGis(), Kept(""), reviews_key="key-of-the-page", branch_ids=BRANCH) as connector:
        with pytest.raises(Unavailable, match="read in its cabinet"):
            await told(connector.history(Kind.REVIEW, days(1)))


@pytest.mark.parametrize("cursor", ["branch/x/", f"branch/{BRANCH}/yesterday", f"branch/{BRANCH}/2026-99-01", "7"])
async def test_a_place_in_another_history_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await read(FakeTwoGis(), cursor)


async def test_there_are_no_questions() -> None:
    async with account(FakeTwoGis(), Kept()) as connector:
        assert await told(connector.history(Kind.QUESTION, days(1))) == []
