"""2GIS's own ways: branches, catalogues, sign-ins that run out, comments beside ours, and reading without a login."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.twogis import SPEC, connect
from feedback_service.platforms.twogis.connector import TwoGisConnector
from feedback_service.ports.platform import Access
from feedback_service.ports.replica import CustomerEdit
from tests.support.platforms import SHOP, KeptSession, Stand, stand

TEXT = "Спасибо за отзыв!"


@asynccontextmanager
async def reviews(**options: object) -> AsyncIterator[Stand]:
    async with stand("twogis", Kind.REVIEW, options) as opened:
        yield opened


@asynccontextmanager
async def entered(shop: Stand, *given: str, sessions: KeptSession | None = None) -> AsyncIterator[TwoGisConnector]:
    """The same account by these of its credentials alone, and by a session where there is one."""
    connector = connect(
        Access(
            label=f"{SHOP}/twogis",
            base_url=shop.sandbox.url_of("twogis"),
            credentials={name: shop.credentials[name] for name in given},
            clock=shop.clock,
            sessions=sessions or KeptSession((), shop.clock),
        )
    )
    try:
        yield connector
    finally:
        await connector.close()


async def ids(connector: TwoGisConnector) -> list[str]:
    return [item.item_id async for page in connector.unanswered(Kind.REVIEW) for item in page]


@pytest.mark.parametrize("options", [{}, {"inclusive": True}, {"odd": True}, {"odd": True, "inclusive": True}])
async def test_no_review_is_lost_where_many_are_of_one_instant(options: Mapping[str, object]) -> None:
    async with reviews(**options) as shop:
        written = [shop.customer(f"№ {number}", age=900 - number // 7) for number in range(120)]

        assert sorted(await shop_ids(shop)) == sorted(written)


async def shop_ids(shop: Stand) -> list[str]:
    return [item.item_id for item in await shop.collect()]


async def test_five_hundred_branches_are_worked_with() -> None:
    async with reviews(branches=500, pending=3) as shop:
        written = [shop.customer(f"№ {number}") for number in range(500)]

        found = await shop_ids(shop)
        await shop.answer(written[499], TEXT)

        assert sorted(found) == sorted(written)
        assert shop.ledger(written[499]).answers == 1


async def test_flamp_s_reviews_and_those_that_nobody_may_answer_are_left_alone() -> None:
    async with reviews(flamp=3, no_reply=[4], readonly=[3]) as shop:
        closed, waiting = shop.customer(rating=4), shop.customer(rating=5)
        shop.customer(rating=3)

        assert await shop_ids(shop) == [waiting]
        with pytest.raises(Refused, match="does not let this review be answered"):
            await shop.answer(closed, TEXT)
        assert shop.writes() == 0


async def test_a_branch_that_is_somebody_else_s_is_told_by_check() -> None:
    async with reviews(foreign=True) as shop:
        item_id = shop.customer()

        facts = await shop.connector.check()

        assert [(fact.subject, fact.ok) for fact in facts] == [("sign-in", True), ("branches", False)]
        assert await shop_ids(shop) == [item_id]


async def test_an_organisation_without_branches_has_no_reviews() -> None:
    async with reviews(branches=0) as shop:
        assert await shop.collect() == []


async def test_a_sign_in_that_runs_out_is_renewed_and_shared_with_other_processes() -> None:
    async with reviews(token_lasts=60, one_session=True) as shop:
        item_id, sessions = shop.customer(), KeptSession((), shop.clock)
        async with (
            entered(shop, "login", "password", sessions=sessions) as one,
            entered(shop, "login", "password", sessions=sessions) as other,
        ):
            for _ in range(3):
                assert await ids(one) == await ids(other) == [item_id]
                shop.clock.advance(61)

        assert len(sessions.kept) == 3


async def test_a_captcha_is_left_to_a_person_whose_session_then_works() -> None:
    async with reviews(captcha=True) as shop:
        item_id = shop.customer()
        async with entered(shop, "login", "password") as stopped:
            with pytest.raises(AccountFault, match=f"captcha.*run: feedback-service login {SHOP}/twogis"):
                await ids(stopped)
        async with entered(shop, sessions=shop.doorway.sessions) as by_hand:
            assert await ids(by_hand) == [item_id]


async def test_a_failure_told_under_a_200_is_no_success() -> None:
    async with reviews() as shop:
        item_id = await shop.ready()
        shop.plan("meta_error")

        with pytest.raises(InDoubt):
            await shop.answer(item_id, TEXT)

        assert (await shop.see(item_id)).answer is None


async def test_an_answer_that_was_taken_and_not_kept_is_not_there() -> None:
    async with reviews() as shop:
        item_id = await shop.ready()
        shop.plan("swallow")

        await shop.answer(item_id, TEXT)

        assert (await shop.see(item_id)).answer is None


async def test_a_login_without_the_subscription_is_the_account_s_fault() -> None:
    async with reviews() as shop:
        item_id = await shop.ready()
        shop.plan("no_subscription")
        with pytest.raises(AccountFault, match="does not let this login answer"):
            await shop.answer(item_id, TEXT)

        assert shop.ledger(item_id).writes == ()


async def test_an_answer_that_stands_there_is_never_joined_by_a_second_one() -> None:
    async with reviews() as shop:
        item_id = shop.customer()
        await shop.answer(item_id, "Ответил сам")

        with pytest.raises(Retryable, match="an answer stands there"):
            await shop.answer(item_id, TEXT)
        await shop.answer(item_id, "Ответил сам")

        assert [write.text for write in shop.ledger(item_id).writes] == ["Ответил сам"]


async def test_our_answer_can_be_taken_away_any_number_of_times() -> None:
    async with reviews() as shop:
        item_id = shop.customer()
        dispatch = shop.dispatch(item_id, TEXT)
        receipt = await shop.connector.publish(dispatch)

        for _ in range(2):
            await shop.connector.retract(replace(dispatch, receipt_id=receipt.platform_id))

        assert (await shop.see(item_id)).answer is None
        assert shop.ledger(item_id).visible is None


async def test_a_change_of_stars_alone_is_seen() -> None:
    async with reviews() as shop:
        item_id = shop.customer()
        (before,) = await shop.collect()
        shop.sandbox.edit_customer("twogis", SHOP, item_id, CustomerEdit(rating=1))

        after = await shop.item(item_id)

        assert (getattr(before, "rating", 0), getattr(after, "rating", 0)) == (4, 1)


@pytest.mark.parametrize("options", [{}, {"stuck_link": True, "flamp": 4}, {"inclusive": True, "odd": True}])
async def test_without_a_login_the_same_reviews_are_read_and_none_is_answered(options: Mapping[str, object]) -> None:
    async with reviews(**options) as shop:
        written = [shop.customer(f"№ {number}", age=900 - number // 3) for number in range(70)]
        await shop.answer(written[0], TEXT)
        async with entered(shop, "reviews_key", "branch_ids") as shown:
            assert sorted(await ids(shown)) == sorted(written[1:])
            seen = await shown.sight([shop.ref(written[0]), shop.ref(written[1])])
            with pytest.raises(Unavailable):
                await shown.publish(shop.dispatch(written[1], TEXT))

        answer = seen[written[0]].answer
        assert answer is not None
        assert same_text(answer.text, TEXT)
        assert seen[written[1]].answer is None


def test_a_doubt_ends_with_a_person_as_moderation_may_hide_what_was_written() -> None:
    assert SPEC.redelivery.doubt_ends_with_a_person
