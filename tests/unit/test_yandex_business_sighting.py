"""A review is found again by few calls, and called gone only where the lists prove it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Kind
from tests.support.fake_yandex_business import OURS, FakeYandexBusiness, Opened, account, company, ref, row, rows


async def seen(opened: Opened, *items: tuple[str, float]) -> dict[str, bool]:
    """Of those that the answer tells of, whether they are there."""
    sightings = await opened.connector.sight([ref(item, age) for item, age in items])
    return {item_id: one.item is not None for item_id, one in sightings.items()}


def branches(numbers: Iterable[int]) -> FakeYandexBusiness:
    return FakeYandexBusiness(
        lists={str(number): [row(f"of-{number}")] for number in numbers},
        companies=[company(number) for number in numbers],
    )


async def test_many_reviews_are_found_by_one_reading_down_to_the_oldest_date() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(100)})

    async with account(fake) as opened:
        found = await seen(opened, ("r0003", 240), ("r0030", 1860), ("r0012", 780))

    assert found == {"r0003": True, "r0030": True, "r0012": True}
    assert fake.calls() == 2


async def test_one_that_is_gone_is_looked_for_down_to_its_date_and_not_further() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(200)})

    async with account(fake) as opened:
        assert await seen(opened, ("gone", 600)) == {"gone": False}

    assert fake.calls() == 4, "an hour of slack is sixty reviews, and ten come before its date"


async def test_where_the_list_is_in_no_order_it_is_read_to_its_end() -> None:
    fake = FakeYandexBusiness(lists={OURS: sorted(rows(100), key=lambda one: str(one["id"])[::-1])})

    async with account(fake) as opened:
        assert await seen(opened, ("r0099", 60), ("gone", 60)) == {"r0099": True, "gone": False}

    assert fake.calls() == 5


async def test_what_lies_below_the_visible_reviews_is_out_of_reach_and_not_gone() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(700)})

    async with account(fake) as opened:
        assert await seen(opened, ("r0650", 651 * 60), ("gone", 300)) == {"gone": False}


async def test_a_page_that_is_missing_at_the_end_proves_nothing() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(100)}, visible=40)

    async with account(fake) as opened:
        assert await seen(opened, ("r0090", 91 * 60)) == {}


async def test_a_review_that_slips_past_between_two_pages_is_not_called_gone() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(50)})
    left = [0]

    def before(request: web.Request) -> None:
        if left and request.query.get("page") == "2":
            fake.lists[OURS].pop(left.pop())

    fake.before = before

    async with account(fake) as opened:
        assert await seen(opened, ("r0020", 21 * 60)) == {"r0020": True}


async def test_a_list_that_never_stands_still_tells_nothing_of_what_it_does_not_show() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(60)})
    fake.before = lambda request: fake.lists[OURS].pop(0) and None

    async with account(fake) as opened:
        assert await seen(opened, ("r0040", 41 * 60), ("gone", 120 * 60)) == {"r0040": True}


async def test_a_review_keeps_its_home_and_is_looked_for_there_alone() -> None:
    fake = branches(range(1, 9))

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        before = fake.calls()
        assert await seen(opened, ("of-7", 60)) == {"of-7": True}

    assert fake.calls() - before == 1


async def test_a_review_without_a_home_is_searched_and_nowhere_only_where_all_were_searched() -> None:
    fake = branches(range(1, 101))

    async with account(fake, permanent_id="") as opened:
        first = await seen(opened, ("of-80", 60), ("gone", 60))
        second = await seen(opened, ("of-80", 60), ("gone", 60))

    assert (first, second) == ({}, {"of-80": True, "gone": False})


async def test_an_organisation_that_does_not_open_proves_no_review_gone() -> None:
    fake = branches(range(1, 4))
    del fake.lists["2"]

    async with account(fake, permanent_id="") as opened:
        assert await seen(opened, ("of-3", 60), ("of-2", 60)) == {"of-3": True}


async def test_a_permanent_id_that_changed_leaves_the_review_its_name() -> None:
    fake = branches([1])

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        fake.lists, fake.companies = {"7": fake.lists["1"]}, [company(7)]
        opened.clock.advance(3600)
        assert await seen(opened, ("of-1", 60)) == {"of-1": True}


async def test_where_no_organisation_opens_the_account_is_at_fault() -> None:
    async with account(FakeYandexBusiness()) as opened:
        with pytest.raises(AccountFault, match="not open to the login"):
            await seen(opened, ("one", 60))


async def test_lists_that_cannot_be_read_are_no_sighting() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row("one")]})
    fake.before = lambda request: web.Response(text="<html>Oops", content_type="text/html")

    async with account(fake) as opened:
        with pytest.raises(Retryable, match="without readable JSON"):
            await seen(opened, ("one", 60))


async def test_nothing_wanted_is_no_reading_of_reviews() -> None:
    async with account(FakeYandexBusiness(lists={OURS: rows(3)})) as opened:
        assert await seen(opened) == {}

    assert opened.fake.calls() == 0


async def test_a_review_without_a_date_is_found_again() -> None:
    undated = rows(60)
    for one in undated[40:]:
        del one["time_created"]
    fake = FakeYandexBusiness(lists={OURS: undated})

    async with account(fake) as opened:
        dates = {
            item.item_id: item.created_at async for page in opened.connector.unanswered(Kind.REVIEW) for item in page
        }
        age = (opened.clock.now() - dates["r0055"]).total_seconds()
        assert await seen(opened, ("r0055", age)) == {"r0055": True}


@pytest.mark.parametrize("companies", [[company(1)], [company(1), company(2, noAccess=True)]])
async def test_a_review_of_an_organisation_that_left_the_login_s_list_is_out_of_reach_and_not_gone(
    companies: list[dict[str, object]],
) -> None:
    fake = branches([1, 2])

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        fake.companies = companies
        opened.clock.advance(3600)
        assert await seen(opened, ("of-1", 60), ("of-2", 60)) == {"of-1": True}


async def test_while_an_organisation_is_closed_to_the_login_no_review_without_a_home_is_called_gone() -> None:
    fake = branches([1])
    fake.companies.append(company(2, noAccess=True))

    async with account(fake, permanent_id="") as opened:
        assert await seen(opened, ("of-2", 60)) == {}


async def test_while_a_chain_s_list_does_not_open_no_review_without_a_home_is_called_gone() -> None:
    fake = branches([1])
    fake.companies.append(company(5, type="chain"))
    fake.before = lambda request: web.Response(status=403) if "/chain/" in request.path else None

    async with account(fake, permanent_id="") as opened:
        assert await seen(opened, ("of-a-branch", 60)) == {}


async def test_an_organisation_that_is_out_of_order_hides_the_reviews_of_no_other() -> None:
    fake = branches(range(1, 4))

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        fake.before = lambda request: web.Response(status=500) if "/api/1/" in request.path else None
        assert await seen(opened, ("of-1", 60), ("of-2", 60), ("of-3", 60)) == {"of-2": True, "of-3": True}


async def test_where_every_organisation_is_out_of_order_the_look_fails_soon() -> None:
    fake = branches(range(1, 41))

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        before = fake.calls()
        fake.before = lambda request: web.Response(status=500)
        with pytest.raises(Retryable, match="HTTP 500"):
            await seen(opened, *((f"of-{number}", 60) for number in range(1, 41)))

    assert fake.calls() - before <= 10


async def test_a_list_of_organisations_that_cannot_be_read_anew_still_hides_what_it_hid() -> None:
    fake = branches([1])
    fake.companies.append(company(2, noAccess=True))

    async with account(fake, permanent_id="") as opened:
        await seen(opened, ("of-1", 60))
        opened.clock.advance(3600)
        fake.before = lambda request: web.Response(status=500) if request.path.endswith("/companies") else None
        assert await seen(opened, ("of-2", 60)) == {}
