"""Flamp's own ways against its stand-in: tokens, pages, filials, moderation, colleagues, odd answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind, Review, fingerprint
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.ways import Ways
from feedback_service.platforms.flamp.connector import FlampConnector
from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.ports.platform import Span
from feedback_service.ports.replica import CustomerEdit
from feedback_service.transports.retry import Patience
from tests.support.platforms import SHOP, Stand, stand

FLAMP = "flamp"
TEXT = "Спасибо, что рассказали!"


def site(firm: Stand) -> FlampReplica:
    return cast(FlampReplica, firm.doorway.replica)


def reader(firm: Stand) -> FlampConnector:
    return cast(FlampConnector, cast(Ways, firm.connector).open_ways[Way.API])


@pytest.mark.parametrize(
    "options",
    [
        {"cookie_at": "redirect"},
        {"hops": 3},
        {"official": "list"},
        {"odd": True, "stuck_link": True},
        {"stub": False},
        {"token_lasts": 5},
        {"lag": 0, "filials": 3},
    ],
    ids=lambda options: "-".join(options),
)
async def test_whatever_way_flamp_answers_each_review_is_read_answered_once_and_seen(
    options: Mapping[str, object],
) -> None:
    async with stand(FLAMP, Kind.REVIEW, options) as firm:
        written = [firm.customer(f"№ {number}", age=9000 - number) for number in range(7)]

        collected = [item.item_id for item in await firm.collect()]
        firm.clock.advance(10)
        await firm.answer(written[0], TEXT)

        assert sorted(collected) == sorted(written)
        answer = (await firm.see(written[0])).answer
        assert answer is not None
        assert (answer.text, firm.ledger(written[0]).answers) == (TEXT, 1)


async def test_odd_entries_are_left_out_with_one_warning_for_a_page(caplog: pytest.LogCaptureFixture) -> None:
    async with stand(FLAMP, Kind.REVIEW, {"odd": True}) as firm:
        item_id = firm.customer()

        with caplog.at_level(logging.WARNING):
            collected = await firm.collect()

        assert [item.item_id for item in collected] == [item_id]
        assert len([one for one in caplog.records if "Left out" in one.getMessage()]) == 1


@pytest.mark.parametrize("options", [{"elsewhere": True}, {"hops": 5}])
async def test_a_page_that_leads_away_or_too_far_is_not_followed(options: Mapping[str, object]) -> None:
    async with stand(FLAMP, Kind.REVIEW, options) as firm:
        reader(firm).client.patience = Patience(tries=1)
        with pytest.raises(Retryable, match="leads"):
            await firm.collect()


async def test_reviews_written_in_2gis_are_neither_collected_nor_counted() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"from_2gis": 3}) as firm:
        ours = firm.customer(age=100)

        assert [item.item_id for item in await firm.collect()] == [ours]


async def test_a_company_without_reviews_and_one_of_five_hundred_filials_are_read() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"filials": 500}) as firm:
        assert await firm.collect() == []
        written = [firm.customer(f"№ {number}", age=9000 - number) for number in range(500)]

        assert [item.item_id for item in await firm.collect()] == written


async def test_no_review_of_a_company_that_is_not_ours_takes_an_answer() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"unconfirmed": True}) as firm:
        item_id = firm.customer()

        with pytest.raises(AccountFault, match="Это моя компания"):
            await firm.answer(item_id, TEXT)

        assert firm.ledger(item_id).writes == ()
        assert [fact.subject for fact in await firm.connector.check() if not fact.ok] == ["session"]


async def test_an_answer_under_moderation_keeps_every_other_away() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"moderation_delay": 1000}) as firm:
        item_id = firm.customer()

        await firm.answer(item_id, TEXT)
        hidden = (await firm.see(item_id)).answer
        with pytest.raises(Retryable, match="meanwhile"):
            await firm.answer(item_id, "Ещё раз спасибо!")
        firm.clock.advance(1001)
        shown = (await firm.see(item_id)).answer

        assert hidden is None
        assert shown is not None
        assert (shown.text, shown.state) == (TEXT, AnswerState.VISIBLE)
        assert [write.effect for write in firm.ledger(item_id).writes] == ["answer"]


async def test_a_colleague_s_answer_is_seen_and_ours_is_not_put_beside_it() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = firm.customer()
        site(firm).answer_by_hand(SHOP, item_id, "Мы вам перезвонили")

        with pytest.raises(Retryable, match="meanwhile"):
            await firm.answer(item_id, TEXT)

        answer = (await firm.see(item_id)).answer
        assert answer is not None
        assert answer.text == "Мы вам перезвонили"
        assert await firm.collect() == []


async def test_our_answer_is_taken_away_and_a_colleague_s_stays() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        ours, theirs = firm.customer(age=20), firm.customer(age=10)
        await firm.answer(ours, TEXT)
        site(firm).answer_by_hand(SHOP, theirs, "Мы вам перезвонили")

        for _ in range(2):
            await firm.connector.retract(firm.dispatch(ours, TEXT))
        with pytest.raises(Refused, match="by hand"):
            await firm.connector.retract(firm.dispatch(theirs, TEXT))

        assert (await firm.see(ours)).answer is None
        assert (await firm.see(theirs)).answer is not None
        assert [write.effect for write in firm.ledger(ours).writes] == ["answer", "retract"]


async def test_our_answer_is_taken_away_by_the_number_that_the_api_gave_it() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = firm.customer()
        await firm.answer(item_id, TEXT)
        answer = (await firm.see(item_id)).answer
        assert answer is not None

        sent = replace(firm.dispatch(item_id, "Другие слова"), receipt_id=answer.platform_id)
        await firm.connector.retract(sent)

        assert (await firm.see(item_id)).answer is None


async def test_a_form_that_keeps_nothing_is_in_doubt_and_nothing_stands_there() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = await firm.ready()
        firm.plan("swallow")

        with pytest.raises(InDoubt):
            await firm.answer(item_id, TEXT)

        assert (await firm.see(item_id)).answer is None
        assert firm.connector.spec.redelivery.doubt_ends_with_a_person


async def test_a_text_that_the_form_does_not_take_goes_to_a_person() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"text_limit": 10}) as firm:
        item_id = firm.customer()

        with pytest.raises(Refused, match="не больше 10"):
            await firm.answer(item_id, TEXT)

        assert firm.ledger(item_id).writes == ()


async def test_a_removed_review_is_gone_and_takes_no_answer() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id, other = firm.customer(age=20), firm.customer(age=10)
        await firm.collect()
        site(firm).remove(SHOP, item_id)

        with pytest.raises(Refused):
            await firm.answer(item_id, TEXT)

        assert (await firm.see(item_id)).item is None
        assert (await firm.see(other)).item is not None


async def test_a_rating_changed_before_the_sending_is_seen_by_the_last_look() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = firm.customer()
        (before,) = await firm.collect()

        firm.sandbox.edit_customer(FLAMP, SHOP, item_id, CustomerEdit(rating=1))

        after = await firm.item(item_id)
        assert isinstance(after, Review)
        assert after.rating == 1
        assert fingerprint(after) != fingerprint(before)


async def test_a_failure_under_a_good_status_is_one() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = firm.customer()
        firm.plan("code_error")

        assert [item.item_id for item in await firm.collect()] == [item_id]


async def test_an_ended_token_is_replaced_by_another_from_the_page() -> None:
    async with stand(FLAMP, Kind.REVIEW) as firm:
        item_id = firm.customer()
        await firm.collect()
        firm.plan("expire")

        assert [item.item_id for item in await firm.collect()] == [item_id]


async def test_the_history_of_every_filial_is_read_answered_or_not() -> None:
    async with stand(FLAMP, Kind.REVIEW, {"filials": 2, "from_2gis": 2}) as firm:
        written = [firm.customer(f"№ {number}", age=20000 - number) for number in range(130)]
        await firm.answer(written[0], TEXT)
        span = Span(firm.clock.now() - timedelta(days=1), firm.clock.now())

        pages = [page async for page in reader(firm).history(Kind.REVIEW, span)]
        rest = [page async for page in reader(firm).history(Kind.REVIEW, span, pages[0].cursor)]

        found = [item.item_id for page in pages for item in page.items]
        assert sorted(found) == sorted(written)
        assert [item.item_id for page in rest for item in page.items] == found[len(pages[0].items) :]
        assert (pages[-1].cursor, pages[-1].share) == ("end", 1.0)
