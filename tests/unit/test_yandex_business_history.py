"""What customers wrote on Yandex Maps long ago, as far as the cabinet shows it, organisation by organisation."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.ports.platform import HistoryPage
from tests.support.fake_yandex_business import OURS, FakeYandexBusiness, account, company, row, rows
from tests.support.past import days, ids, told

DAY = 86_400
SECOND, THIRD = "70000000002", "800000000003"
ALL = f"{THIRD},{OURS},{SECOND}"


def shop(*listed: dict[str, Any]) -> FakeYandexBusiness:
    return FakeYandexBusiness(lists={OURS: list(listed)})


def three() -> FakeYandexBusiness:
    """Three organisations of two reviews each."""
    lists = {sku: [row(f"{sku[-1]}a"), row(f"{sku[-1]}b", 120)] for sku in (THIRD, OURS, SECOND)}
    return FakeYandexBusiness(lists=lists)


async def read(
    fake: FakeYandexBusiness, named: str = OURS, cursor: str = "", into: list[HistoryPage] | None = None
) -> list[HistoryPage]:
    async with account(fake, named) as opened:
        return await told(opened.connector.history(Kind.REVIEW, days(30), cursor), into)


async def test_reviews_come_newest_first_answered_or_not() -> None:
    fake = shop(*rows(25))
    fake.lists[OURS][3]["owner_comment"] = {"text": "Спасибо!"}

    (page,) = await read(fake)

    assert ids([page]) == [f"r{number:04}" for number in range(25)]
    assert [one.item_id for one in page.items if one.answer] == ["r0003"]


async def test_a_list_is_left_where_it_is_older_than_the_span() -> None:
    fake = shop(*(row(f"d{number:03}", age=DAY * number + 60) for number in range(300)))

    pages = await read(fake)

    assert ids(pages) == [f"d{number:03}" for number in range(30)]
    assert fake.calls("/reviews") == 2


async def test_every_organisation_is_a_page_from_which_another_process_goes_on() -> None:
    fake = three()

    pages = await read(fake, ALL)

    assert [ids([page]) for page in pages] == [["1a", "1b"], ["2a", "2b"], ["3a", "3b"]]
    assert [page.share for page in pages] == pytest.approx([1 / 3, 2 / 3, 1])
    for number, page in enumerate(pages):
        assert ids(await read(fake, ALL, page.cursor)) == ids(pages[number + 1 :])


async def test_a_list_that_moves_while_it_is_read_is_read_again() -> None:
    fake = shop(*rows(45))
    left = [fake.lists[OURS]]

    def before(request: web.Request) -> None:
        if left and request.query.get("page") == "2":
            del left.pop()[0]

    fake.before = before

    assert set(ids(await read(fake))) >= {f"r{number:04}" for number in range(1, 45)}


async def test_an_organisation_that_is_not_open_keeps_no_other_from_being_read() -> None:
    fake = three()
    del fake.lists[SECOND]

    assert ids(await read(fake, ALL)) == ["1a", "1b", "3a", "3b"]


async def test_where_no_organisation_is_open_a_person_hears_of_it() -> None:
    with pytest.raises(AccountFault, match="not open to the login"):
        await read(FakeYandexBusiness())


async def test_an_organisation_with_a_new_number_is_read_by_that() -> None:
    fake = three()
    fake.lists["999"] = fake.lists.pop(SECOND)

    def before(request: web.Request) -> web.Response | None:
        if request.path == f"/sprav/{SECOND}/p/edit/main/":
            return web.Response(status=302, headers={"Location": "/sprav/999/p/edit/main/"})
        return None

    fake.before = before

    assert ids(await read(fake, ALL)) == ["1a", "1b", "2a", "2b", "3a", "3b"]


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    fake = three()
    got: list[HistoryPage] = []
    fake.before = lambda request: web.Response(status=502) if SECOND in request.path else None

    with pytest.raises(Retryable):
        await read(fake, ALL, into=got)
    fake.before = lambda request: None

    assert ids(got) == ["1a", "1b"]
    assert ids(await read(fake, ALL, got[-1].cursor)) == ["2a", "2b", "3a", "3b"]


async def test_the_organisations_of_a_login_are_found() -> None:
    fake = three()
    fake.companies = [company(int(sku)) for sku in fake.lists]

    assert ids(await read(fake, "")) == ["1a", "1b", "2a", "2b", "3a", "3b"]


@pytest.mark.parametrize("cursor", ["organisation/x", "organisation/", "7", f"branch/{OURS}/"])
async def test_a_place_in_another_history_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await read(shop(), cursor=cursor)
