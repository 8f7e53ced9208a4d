"""Reading Zoon: every review that waits, once, whatever its site does meanwhile."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Configuration, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Way
from feedback_service.platforms.zoon import SPEC, connect
from feedback_service.platforms.zoon.dates import MOSCOW
from feedback_service.platforms.zoon.historian import LARGEST
from feedback_service.platforms.zoon.login import Place, read_login
from feedback_service.ports.platform import Access, Historian, Span
from tests.support.fake_zoon import BAKERY, PAGE, FakeZoon, Reader, Written, reader, written
from tests.support.sandbox import NOON, HandClock

CAFE = "503c4c343c72dd7d70000025"


def three(**more: str) -> FakeZoon:
    reviews = [written(number, f"№ {number}", **more) for number in (1, 2, 3)]
    return FakeZoon({BAKERY: reviews}, largest=2)


def failing(status: int, **more: str) -> web.Response:
    return web.Response(status=status, text="<h1>так вышло</h1>", headers=more)


async def history(here: Reader, days: int, cursor: str = "") -> list[tuple[list[str], str, float]]:
    span = Span(NOON - timedelta(days=days), NOON)
    pages = here.connector.history(Kind.REVIEW, span, cursor)
    return [([item.words for item in page.items], page.cursor, round(page.share, 2)) async for page in pages]


async def test_a_list_is_read_in_pieces_as_small_as_the_site_makes_them() -> None:
    async with reader(
        FakeZoon({BAKERY: [written(number, f"№ {number}") for number in range(1, 30)]}, largest=5)
    ) as here:
        assert await here.texts() == [f"№ {number}" for number in range(29, 0, -1)]


async def test_a_review_that_comes_while_the_list_is_read_is_read_next_and_pushes_no_other_out() -> None:
    zoon = three()
    came = [written(0, "новый")]

    def comes() -> None:
        zoon.reviews[BAKERY][:0] = [came.pop()] if came else []

    zoon.between = comes
    async with reader(zoon) as here:
        assert await here.texts() == ["№ 3", "№ 2", "№ 1"]
        assert await here.texts() == ["№ 3", "№ 2", "№ 1", "новый"]


async def test_what_the_list_does_not_count_moves_nothing() -> None:
    zoon = FakeZoon({BAKERY: [written(number, f"№ {number}") for number in range(1, 8)]}, largest=3, extra="<li>a</li>")
    async with reader(zoon) as here:
        assert await here.texts() == [f"№ {number}" for number in range(7, 0, -1)]


async def test_a_review_that_cannot_be_read_counts_in_the_list() -> None:
    reviews = [written(number, f"№ {number}") for number in range(1, 8)]
    reviews[1:1] = [written(1, "", author="") for _ in range(2)]
    async with reader(FakeZoon({BAKERY: reviews}, largest=4)) as here:
        assert await here.texts() == [f"№ {number}" for number in range(7, 0, -1)]


async def test_one_review_beside_something_that_the_list_does_not_count_is_read() -> None:
    async with reader(FakeZoon({BAKERY: [written()]}, extra="<li>a</li>"), site="") as here:
        assert await here.texts() == ["Уютно"]


async def test_nothing_in_the_middle_of_a_list_is_not_taken_for_its_end() -> None:
    zoon = FakeZoon({BAKERY: [written(number, f"№ {number}") for number in range(1, 8)]}, largest=3)
    zoon.canned = {"skip=2": [web.json_response({"list": ""})]}
    async with reader(zoon) as here:
        assert len(await here.texts()) == 7


async def test_of_a_list_that_the_site_cuts_off_what_lies_below_is_out_of_reach_and_not_gone() -> None:
    zoon = FakeZoon({BAKERY: [written(number / 2, f"№ {number}") for number in range(1, 400)]})
    zoon.canned = {"skip=202": [web.json_response({"list": ""}) for _ in range(6)]}
    async with reader(zoon) as here:
        shown = await here.texts()
        gone = await here.see(ItemId("20250901-0123456789abcdef-t1200"), 190)

    assert 200 < len(shown) < 205
    assert gone is None


async def test_a_list_that_never_stands_still_is_tried_again_later() -> None:
    zoon = FakeZoon({BAKERY: [written(number, f"№ {number}") for number in range(9)]}, largest=3)
    zoon.between = lambda: zoon.reviews[BAKERY].__delitem__(0)
    async with reader(zoon, site="") as here:
        with pytest.raises(Retryable, match="stand still"):
            await here.collect()


async def test_reviews_with_an_answer_do_not_wait() -> None:
    async with reader(FakeZoon({BAKERY: [written(answer="Спасибо!"), written(2)]})) as here:
        assert len(await here.collect()) == 1


async def test_between_two_whole_readings_only_the_newest_are_read() -> None:
    zoon = FakeZoon({BAKERY: [written(number, f"№ {number}") for number in range(1, 41)]}, largest=10)
    async with reader(zoon) as here:
        assert len(await here.texts()) == 40
        whole = len(zoon.asked)
        zoon.reviews[BAKERY][:1] = [written(0, "новый"), written(1, "№ 1, иначе")]
        zoon.reviews[BAKERY].insert(4, written(3.5, "проверяли"))
        here.clock.advance(60)
        assert {"новый", "№ 1, иначе", "проверяли"} < set(await here.texts())
        assert len(zoon.asked) - whole == 1
        here.clock.advance(3600)
        assert len(await here.texts()) == 42


async def test_one_organisation_that_fails_starves_no_other() -> None:
    zoon = FakeZoon({BAKERY: [written()], CAFE: [written(2, "в кафе")]})
    zoon.canned = {f"organization={BAKERY}": [failing(400)]}
    async with reader(zoon, f"{BAKERY}, {CAFE}") as here:
        with pytest.raises(Retryable):
            await here.collect()

        assert sorted(await here.texts()) == ["Уютно", "в кафе"]
        assert zoon.asked[1].count(CAFE) == 1


async def test_five_hundred_organisations_without_reviews_are_nothing_to_answer() -> None:
    many = [f"{number:024x}" for number in range(500)]
    async with reader(FakeZoon({}), ",".join(many)) as here:
        assert await here.collect() == []
        assert len(here.zoon.asked) == 500


async def test_an_account_closed_in_the_middle_keeps_what_was_read_before() -> None:
    zoon = FakeZoon({BAKERY: [written()], CAFE: [written()]}, canned={f"organization={CAFE}": [failing(403)]})
    async with reader(zoon, f"{BAKERY},{CAFE}") as here:
        pages = here.connector.unanswered(Kind.REVIEW)

        first = await anext(pages)
        with pytest.raises(AccountFault, match="open the organisation's page"):
            await anext(pages)

    assert len(first) == 1


async def test_where_the_list_is_gone_the_page_is_read_and_what_it_does_not_show_is_not_taken_for_gone() -> None:
    zoon = three()
    async with reader(zoon) as here:
        names = [item.item_id for item in await here.collect()]
        zoon.has_list = False
        here.clock.advance(3601)
        await here.collect()
        asked = zoon.calls("js.php")

        newest, oldest = await here.see(names[2], 1), await here.see(names[0], 3)

    assert newest is not None
    assert newest.item is not None
    assert oldest is None
    assert zoon.calls("js.php") == asked


async def test_where_list_and_page_are_gone_nothing_is_taken_for_read() -> None:
    async with reader(FakeZoon(has_list=False), site="/spb/cafe/elsewhere/") as here:
        with pytest.raises(Retryable, match="404"):
            await here.collect()


async def test_html_instead_of_the_list_is_got_over_and_where_it_stays_the_page_is_read() -> None:
    zoon = three()
    zoon.canned = {"js.php": [failing(200) for _ in range(3)]}
    async with reader(zoon) as here:
        assert await here.texts() == ["№ 1"]  # of the second it is not sure that all of its day are shown


async def test_a_page_of_another_organisation_is_never_read_for_ours() -> None:
    zoon = FakeZoon({BAKERY: [written()]}, has_list=False)
    async with reader(zoon, CAFE) as here:
        with pytest.raises(Retryable, match="404"):
            await here.collect()


async def test_a_page_that_becomes_another_organisation_s_is_not_read_on_for_ours() -> None:
    zoon = FakeZoon({BAKERY: [written()]}, has_list=False)
    async with reader(zoon) as here:
        assert len(await here.collect()) == 1
        foreign = f'<div data-owner-id="{CAFE}"><ul>{written(text="чужой").html()}</ul></div>'
        zoon.canned = {PAGE: [web.Response(text=foreign, content_type="text/html")]}

        with pytest.raises(Retryable, match="not the page"):
            await here.collect()


async def test_a_captcha_pauses_the_account_and_a_moved_site_is_followed() -> None:
    zoon = three()
    zoon.canned = {
        "js.php": [failing(302, Location="/showcaptcha?back=1"), failing(302, Location="https://evil.test/")]
    }
    async with reader(zoon) as here:
        with pytest.raises(AccountFault, match="captcha"):
            await here.collect()
        with pytest.raises(Retryable, match="not Zoon"):
            await here.collect()
        again = f"https://spb.zoon.ru/js.php?owner[]=organization&owner[]=prof&action=CommentList&organization={BAKERY}"
        zoon.canned["js.php"].append(failing(302, Location=f"{again}&limit=102&skip=0"))
        assert len(await here.collect()) == 3


async def test_a_list_that_is_put_off_says_for_how_long() -> None:
    zoon = FakeZoon(canned={"js.php": [failing(429, **{"Retry-After": "90"})]})
    async with reader(zoon) as here:
        with pytest.raises(Retryable) as caught:
            await here.collect()

    assert caught.value.retry_after == 90


async def test_unreadable_reviews_are_told_once_and_the_others_are_read(caplog: pytest.LogCaptureFixture) -> None:
    zoon = FakeZoon({BAKERY: [written(), written(2, "", author="")]})
    caplog.set_level(logging.WARNING)
    async with reader(zoon) as here:
        assert len(await here.collect()) == 1
        here.clock.advance(3601)
        await here.collect()

    assert caplog.text.count("1 of 2 reviews") == 1


async def test_reviews_left_alone_for_a_reply_that_may_be_anybody_s_are_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    zoon = FakeZoon({BAKERY: [written(), written(2, answer="И я")]})
    caplog.set_level(logging.WARNING)
    async with reader(zoon) as here:
        assert len(await here.collect()) == 1
        here.clock.advance(3601)
        await here.collect()

    assert caplog.text.count("1 of 2 reviews") == 1


async def test_a_removed_review_is_gone_and_an_edited_one_is_seen() -> None:
    zoon = three()
    async with reader(zoon) as here:
        removed, edited, _ = [item.item_id for item in await here.collect()]
        zoon.reviews[BAKERY] = [written(1, "№ 1"), written(2, "Иначе")]

        gone, other = await here.see(removed, 3), await here.see(edited, 2)

    assert gone is not None
    assert gone.item is None
    assert other is not None
    assert other.item is not None
    assert (other.item.words, other.item.item_id) == ("Иначе", edited)


async def test_a_review_is_found_by_either_of_its_names() -> None:
    zoon = FakeZoon({BAKERY: [written(own_id="77")]})
    async with reader(zoon) as here:
        (named,) = await here.collect()
        zoon.reviews[BAKERY] = [written()]
        here.clock.advance(3601)
        (made,) = await here.collect()
        zoon.reviews[BAKERY] = [written(own_id="77")]
        sighting = await here.see(made.item_id)

    assert named.item_id == "77"
    assert sighting is not None
    assert sighting.item is not None
    assert sighting.item.item_id == made.item_id


async def test_where_no_times_are_told_the_only_review_of_an_author_and_day_is_found_and_none_of_two() -> None:
    at = NOON - timedelta(days=1)
    zoon = FakeZoon({BAKERY: [Written(at, "раз"), Written(at, "два", author="Марфа")]})
    async with reader(zoon) as here:
        marfa, aglaya = [item.item_id for item in await here.collect()]
        midnight = at.astimezone(MOSCOW).replace(hour=0, minute=0)
        once, twice = Written(midnight, "раз"), Written(midnight, "два", author="Марфа")
        zoon.reviews[BAKERY] = [once, twice, twice]

        found, unsure = await here.see(aglaya), await here.see(marfa)

    assert found is not None
    assert found.item is not None
    assert (found.item.words, found.item.item_id) == ("раз", aglaya)
    assert unsure is None


async def test_one_of_many_organisations_is_asked_for_a_review_that_was_read_there() -> None:
    zoon = FakeZoon({BAKERY: [written()], CAFE: [written(text="в кафе")]})
    async with reader(zoon, f"{BAKERY},{CAFE}") as here:
        items = await here.collect()
        before = zoon.calls(BAKERY)
        await here.see(items[1].item_id)
        assert zoon.calls(BAKERY) == before
        unknown = await here.see(ItemId("Z" * 20))

    assert unknown is not None
    assert unknown.item is None
    assert zoon.calls(BAKERY) > before


async def test_a_history_is_read_by_organisation_and_goes_on_where_it_broke_off() -> None:
    zoon = FakeZoon({BAKERY: [written(1, "раз", answer="Спасибо"), written(5, "два"), written(50, "давно")], CAFE: []})
    async with reader(zoon, f"{BAKERY},{CAFE}") as here:
        assert isinstance(here.connector, Historian)
        assert await history(here, 10) == [(["два", "раз"], f"{BAKERY}/", 0.5), ([], f"{CAFE}/", 1.0)]
        assert await history(here, 10, f"{BAKERY}/") == [([], f"{CAFE}/", 1.0)]
        assert await history(here, 10, f"{CAFE}/") == []
        with pytest.raises(Refused, match="begin the reading anew"):
            await history(here, 10, "чужое")


async def test_a_long_history_comes_in_parts_and_misses_none_where_one_is_taken_away_between() -> None:
    zoon = FakeZoon({BAKERY: [written(number / 50, f"№ {number}") for number in range(1, LARGEST + 4)]})
    async with reader(zoon) as here:
        first, second = await history(here, 100)
        zoon.reviews[BAKERY] = [one for one in zoon.reviews[BAKERY] if one.text != first[0][-1]]
        (rest,) = await history(here, 100, first[1])

    assert (len(first[0]), second) == (LARGEST, (["№ 3", "№ 2", "№ 1"], f"{BAKERY}/", 1.0))
    assert rest == second


async def test_a_history_goes_by_time_though_the_list_has_another_order_within_a_day() -> None:
    zoon = FakeZoon({BAKERY: [written(days, f"№ {days}") for days in (1, 1.2, 1.1, 2)]})
    async with reader(zoon) as here:
        ((told, _, _),) = await history(here, 10)

    assert told == ["№ 2", "№ 1.2", "№ 1.1", "№ 1"]


async def test_a_history_that_the_page_alone_cannot_tell_is_not_taken_for_read() -> None:
    zoon = three()
    zoon.has_list = False
    async with reader(zoon) as here:
        assert await history(here, 1) == [(["№ 1"], f"{BAKERY}/", 1.0)]
        with pytest.raises(Retryable, match="only the newest"):
            await history(here, 10)


async def test_check_tells_of_an_organisation_without_reviews_and_of_a_page_of_another() -> None:
    zoon = FakeZoon({BAKERY: [written()]})
    async with reader(zoon, f"{BAKERY},{CAFE}") as here:
        good = await here.connector.check()
    async with reader(zoon, CAFE) as here:
        bad = await here.connector.check()

    assert [fact.ok for fact in good] == [True, True]
    assert CAFE in good[0].finding
    assert [fact.ok for fact in bad] == [True, False]
    assert all(fact.remedy for fact in bad)


async def test_this_way_reads_only() -> None:
    async with reader(FakeZoon()) as here:
        with pytest.raises(Unavailable, match="delivery"):
            await here.connector.publish(None)  # type: ignore[arg-type]  # never looked at


def access(**credentials: str) -> Access:
    return Access(label="berezka/zoon", base_url="", credentials=credentials, clock=HandClock())


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"organization_ids": " , "},
        {"organization_ids": "12345"},
        {"organization_ids": BAKERY, "site": "https://example.test/spb/"},
        {"organization_ids": BAKERY, "site": "https://zoon.ru.evil.test"},
        {"organization_ids": BAKERY, "site": "https://[bad"},
    ],
)
def test_credentials_that_cannot_be_right_are_told_with_the_account(given: dict[str, str]) -> None:
    with pytest.raises(Configuration, match="berezka/zoon"):
        connect(access(**given))


def test_the_browser_s_way_needs_a_browser() -> None:
    given = access(organization_ids=BAKERY)

    with pytest.raises(Configuration, match="browser"):
        connect(
            Access(label=given.label, base_url="", credentials=given.credentials, clock=given.clock, way=Way.BROWSER)
        )


def test_a_site_is_a_city_s_or_an_organisation_s_page() -> None:
    city = read_login(access(organization_ids=BAKERY.upper(), site="spb.zoon.ru"), SPEC.base_url)
    page = read_login(access(organization_ids=BAKERY, site=f"https://zoon.ru{PAGE}?from=ads"), SPEC.base_url)

    assert (city.organisations, city.origin, city.pages) == ((BAKERY,), "https://spb.zoon.ru", ())
    assert page.pages == (Place("https://zoon.ru", "/spb/cafe/bakery/reviews/"),)
