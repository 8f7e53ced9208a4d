"""No more pages of Yandex.Market's cabinet are opened than it takes: after a look, after a form, for many answers."""

from __future__ import annotations

import pytest

from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import AnswerState
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market.cabinet import FRESH
from tests.support.fake_market_cabinet import TEXT, FakeCabinet, dispatch, ref

PAGE = "/business/77/reviews/1"
LIST = "/business/77/reviews?status=all&page=1"


async def test_an_answer_is_sent_on_the_page_of_its_last_look() -> None:
    cabinet = FakeCabinet(moves=True)
    cabinet.review(1)
    connector = cabinet.connector()

    await connector.sight([ref("1")])
    await connector.publish(dispatch())

    assert cabinet.opened == [PAGE]
    assert cabinet.sent == [("reply", "")]


async def test_a_page_that_has_been_open_for_longer_is_loaded_anew() -> None:
    cabinet = FakeCabinet(moves=True)
    cabinet.review(1)
    connector = cabinet.connector()

    await connector.sight([ref("1")])
    cabinet.clock.advance(FRESH)
    await connector.publish(dispatch())

    assert cabinet.opened == [PAGE] * 2


async def test_a_page_that_something_else_has_left_is_loaded_anew() -> None:
    cabinet = FakeCabinet(moves=True)
    cabinet.review(1)
    cabinet.review(2)
    connector = cabinet.connector()

    await connector.sight([ref("1")])
    cabinet.open("https://cabinet.test/business/77/reviews/2")
    await connector.publish(dispatch())

    assert cabinet.opened == [PAGE, "/business/77/reviews/2", PAGE]
    assert list(cabinet.comments) == ["1"]


async def test_a_look_is_good_for_one_write_only() -> None:
    cabinet = FakeCabinet(moves=True, form_error="Ошибка")
    cabinet.review(1)
    connector = cabinet.connector()

    await connector.sight([ref("1")])
    for _ in range(2):
        with pytest.raises(Refused, match="Ошибка"):
            await connector.publish(dispatch())

    assert cabinet.opened == [PAGE] * 2


async def test_the_page_that_a_form_leads_to_is_opened_anew_where_it_does_not_show_the_answer() -> None:
    seen: list[str] = []

    class Late(FakeCabinet):
        """It shows the answer at the second look."""

        def open(self, url: str) -> None:
            super().open(url)
            seen.append(url)
            if len(seen) == 2:
                self.comments["1"][0]["text"] = TEXT

    late = Late(moves=True)
    late.review(1)
    late.on_send = lambda: late.comments["1"][0].update(text="…")

    await late.connector().publish(dispatch())

    assert late.opened == [PAGE] * 2


async def test_many_answers_of_ours_are_seen_in_the_list_and_the_others_on_their_pages() -> None:
    cabinet = FakeCabinet()
    connector = cabinet.connector()
    for number in (1, 2, 3, 4):
        cabinet.review(number)
        await connector.publish(dispatch(str(number)))
    cabinet.comments["4"][0]["text"] = TEXT[:5]
    cabinet.opened.clear()

    found = await connector.sight([ref(str(number)) for number in (1, 2, 3, 4)])

    assert {item: one.answer.text for item, one in found.items() if one.answer} == {
        ItemId("1"): TEXT,
        ItemId("2"): TEXT,
        ItemId("3"): TEXT,
        ItemId("4"): TEXT[:5],
    }
    assert cabinet.opened.count(LIST) == 1
    assert "/business/77/reviews/4" in cabinet.opened
    assert not {"/business/77/reviews/2", "/business/77/reviews/3"} & set(cabinet.opened)


async def test_an_answer_that_the_list_does_not_show_to_all_is_looked_at_on_its_page() -> None:
    cabinet = FakeCabinet()
    connector = cabinet.connector()
    for number in (1, 2, 3):
        cabinet.review(number)
        await connector.publish(dispatch(str(number)))
    cabinet.comments["3"][0]["status"] = "UNMODERATED"
    cabinet.opened.clear()

    found = await connector.sight([ref(str(number)) for number in (1, 2, 3)])

    answer = found[ItemId("3")].answer
    assert answer is not None
    assert answer.state is AnswerState.MODERATING
    assert "/business/77/reviews/3" in cabinet.opened
