"""Yandex Maps' own ways, against the replica: walls before the cabinet, odd answers of it, chains, changed ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.platforms.yandex_business import connect
from feedback_service.platforms.yandex_business.replica import YandexBusinessReplica
from feedback_service.ports.platform import Access
from tests.support.platforms import SHOP, Stand, stand

KEY = "yandex_business"
TEXT = "Спасибо за отзыв!"
ANSWER = "POST /sprav/api/ugcpub/business-answer"


@asynccontextmanager
async def shop(options: Mapping[str, object] | None = None, *, named: bool = True) -> AsyncIterator[Stand]:
    """An account that names its organisations, or finds them."""
    async with stand(KEY, Kind.REVIEW, options or {}) as here:
        if named:
            yield here
            return
        access = Access(
            label=f"{SHOP}/{KEY}",
            base_url=here.sandbox.url_of(KEY),
            credentials={},
            clock=here.clock,
            sessions=here.doorway.sessions,
        )
        finder = connect(access)
        try:
            yield replace(here, connector=finder)
        finally:
            await finder.close()


async def state_of(here: Stand, item_id: str) -> AnswerState | None:
    answer = (await here.see(here.ref(item_id).item_id)).answer  # type: ignore[arg-type]  # an id is text
    return answer.state if answer else None


@pytest.mark.parametrize("how", ["header", "page", "redirect"])
async def test_a_captcha_stops_the_account_before_anything_is_written(how: str) -> None:
    async with shop() as here:
        item_id = await here.ready()
        here.plan("captcha", how=how)
        with pytest.raises(AccountFault, match="asks for a captcha") as writing:
            await here.answer(item_id, TEXT)
        here.aim = None
        here.plan("captcha", how=how)
        with pytest.raises(AccountFault, match="asks for a captcha"):
            await here.collect()

        assert here.ledger(item_id).writes == ()
        assert "solve the captcha" in writing.value.remedy


@pytest.mark.parametrize("status", [488, 401, 403])
async def test_a_csrf_token_that_is_called_back_costs_one_refused_call_and_no_second_answer(status: int) -> None:
    async with shop({"csrf_status": status}) as here:
        first, second = await here.ready(), await here.ready()
        await here.answer(first, TEXT)
        here.plan("csrf")
        await here.answer(second, TEXT)
        here.aim = "/reviews"
        here.plan("csrf")

        assert await here.collect() == []
        assert [len(here.ledger(one).writes) for one in (first, second)] == [1, 1]


@pytest.mark.parametrize(("stored", "state"), [(False, None), (True, AnswerState.VISIBLE)])
async def test_a_200_that_does_not_say_ok_is_in_doubt_and_a_look_tells(stored: bool, state: AnswerState | None) -> None:
    async with shop() as here:
        item_id = await here.ready()
        here.plan("swallow", stored=stored)

        with pytest.raises(InDoubt, match="without OK"):
            await here.answer(item_id, TEXT)

        assert await state_of(here, item_id) is state


async def test_milliseconds_and_nulls_change_nothing_for_us() -> None:
    async with shop({"milliseconds": True, "nulls": True}) as here:
        written = [here.customer(f"№ {number}", age=5000 - number) for number in range(25)]
        await here.answer(written[0], TEXT)

        items = await here.collect()

        assert [item.item_id for item in items] == written[1:]
        assert [item.words for item in items] == [f"№ {number}" for number in range(1, 25)]
        assert abs((items[0].created_at - here.dates[written[1]]).total_seconds()) < 1
        assert await state_of(here, written[0]) is AnswerState.VISIBLE


async def test_an_answer_of_ours_is_taken_away_and_another_s_is_left() -> None:
    async with shop() as here:
        ours, other = here.customer(), here.customer()
        await here.answer(ours, TEXT)
        await here.answer(other, "Ответ человека")

        for item_id in (ours, ours, other):
            await here.connector.retract(here.dispatch(item_id, TEXT))

        assert (await state_of(here, ours), await state_of(here, other)) == (None, AnswerState.VISIBLE)


async def test_a_correction_is_taken_back() -> None:
    async with shop() as here:
        item_id = here.customer()
        await here.answer(item_id, TEXT)
        correction = replace(here.dispatch(item_id, "Исправлено", Action.EDIT), previous_text=TEXT)
        await here.connector.publish(correction)

        await here.connector.retract(correction)

        assert here.ledger(item_id).visible == TEXT


async def test_a_review_that_was_taken_down_is_gone() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.customer(age=10**6)
        assert await here.collect()

        cast(YandexBusinessReplica, here.doorway.replica).remove(SHOP, item_id)

        assert (await here.see(item_id)).item is None
        with pytest.raises(Refused):
            await here.answer(item_id, TEXT)


async def test_a_review_below_the_visible_ones_is_out_of_reach() -> None:
    async with shop({"visible": 40}) as here:
        items = [here.customer(age=60 * number) for number in range(50, 0, -1)]

        sightings = await here.connector.sight([here.ref(one) for one in (items[0], items[-1])])

        assert list(sightings) == [items[-1]]


async def test_a_word_of_moderation_that_nobody_knows_is_waited_for() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.plan("moderate", word="v_ocheredi", delay=100)
        await here.answer(item_id, TEXT)

        assert await state_of(here, item_id) is AnswerState.MODERATING


async def test_all_organisations_of_a_login_are_read_and_answered_but_those_it_may_not_open() -> None:
    async with shop({"organisations": 3, "no_access": 1, "chain": 30}, named=False) as here:
        places = here.credentials["permanent_id"].split(",")
        items = [here.customer(f"В {place}", age=100, product=place) for place in (*places[:2], *places[-2:])]

        collected = await here.collect()
        await here.answer(items[-1], TEXT)

        assert [item.item_id for item in collected] == items
        assert here.ledger(items[-1]).visible == TEXT


async def test_after_a_restart_a_review_is_found_among_many_branches() -> None:
    async with shop({"organisations": 0, "chain": 100}, named=False) as here:
        place = here.credentials["permanent_id"].split(",")[80]
        item_id = here.customer(product=place)

        first = await here.connector.sight([here.ref(item_id)])
        second = await here.see(item_id)

        assert first == {}
        assert second.item is not None


async def test_a_login_without_organisations_is_told_to_a_person() -> None:
    async with shop({"organisations": 0}, named=False) as here:
        with pytest.raises(AccountFault, match="no organisation"):
            await here.collect()


async def test_an_organisation_whose_number_changed_is_read_by_its_new_one(caplog: pytest.LogCaptureFixture) -> None:
    async with shop({"moved": True}) as here:
        item_id = here.customer()
        with pytest.raises(Retryable, match="another number now"):
            await here.collect()

        assert [item.item_id for item in await here.collect()] == [item_id]
        assert "put that into permanent_id" in caplog.text


async def test_a_renewed_session_is_kept_and_goes_on() -> None:
    async with shop({"renews_after": 3600.0}) as here:
        item_id = here.customer()
        here.clock.advance(timedelta(hours=2).total_seconds())
        await here.collect()
        await here.answer(item_id, TEXT)

        assert len(here.doorway.sessions.kept) == 1
        assert here.ledger(item_id).visible == TEXT
