"""Wildberries' own ways: tokens without rights, an account without money, one edit, the documented budget."""

from __future__ import annotations

import pytest

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, Refused
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.domain.identity import ItemId
from tests.support.platforms import Stand, stand

TEXT = "Спасибо за отзыв!"
WILDBERRIES = "wildberries"


async def failures(shop: Stand) -> list[str]:
    """Findings of `check` that are not well."""
    return [fact.finding for fact in await shop.connector.check() if not fact.ok]


async def test_a_token_of_another_category_is_the_account_s_fault_before_any_request() -> None:
    async with stand(WILDBERRIES, Kind.REVIEW, {"category": 5}) as shop:
        item_id = shop.customer()

        with pytest.raises(AccountFault, match="«Вопросы и отзывы»"):
            await shop.collect()
        with pytest.raises(AccountFault):
            await shop.see(item_id)
        with pytest.raises(AccountFault):
            await shop.answer(item_id, TEXT)

        assert shop.requests() == 0
        assert "«Вопросы и отзывы» is not included" in await failures(shop)


async def test_a_read_only_token_collects_and_does_not_write() -> None:
    async with stand(WILDBERRIES, Kind.REVIEW, {"read_only": True}) as shop:
        item_id = shop.customer()

        with pytest.raises(AccountFault, match="only read"):
            await shop.answer(item_id, TEXT)

        assert [item.item_id for item in await shop.collect()] == [item_id]
        assert await failures(shop) == ["the token may only read"]


async def test_an_expired_token_says_when_it_expired() -> None:
    async with stand(WILDBERRIES, Kind.REVIEW, {"expires_in": 60}) as shop:
        shop.customer()
        shop.clock.advance(61)

        with pytest.raises(AccountFault, match="it expires on 2026-03-10") as caught:
            await shop.collect()

        assert "Настройки → Доступ к API" in caught.value.remedy
        assert "expired on 2026-03-10" in await failures(shop)


async def test_an_account_without_money_is_told_to_top_up() -> None:
    async with stand(WILDBERRIES, Kind.REVIEW, {"unpaid": True}) as shop:
        item_id = shop.customer()

        with pytest.raises(AccountFault, match="top up the balance"):
            await shop.answer(item_id, TEXT)


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_documented_budget_is_kept_without_a_refusal(kind: Kind) -> None:
    async with stand(WILDBERRIES, kind, {}) as shop:
        items = [shop.customer(age=100 - number) for number in range(30)]
        began = shop.clock.monotonic()

        for item_id in items:
            await shop.answer(item_id, TEXT)

        assert shop.sandbox.summary().limited == 0
        assert shop.clock.monotonic() - began < 30 / 3 + 1


async def test_a_second_edit_of_a_review_s_answer_changes_nothing_and_is_seen_to() -> None:
    async with stand(WILDBERRIES, Kind.REVIEW) as shop:
        item_id = shop.customer()
        await shop.answer(item_id, TEXT)
        await shop.answer(item_id, "Правка первая", Action.EDIT)

        await shop.answer(item_id, "Правка вторая", Action.EDIT)

        answer = (await shop.see(item_id)).answer
        assert answer is not None
        assert (answer.text, answer.editable) == ("Правка первая", False)


async def test_a_second_edit_of_a_question_s_answer_is_refused_in_the_platform_s_words() -> None:
    async with stand(WILDBERRIES, Kind.QUESTION) as shop:
        item_id = shop.customer()
        await shop.answer(item_id, TEXT)
        await shop.answer(item_id, "Правка первая", Action.EDIT)

        with pytest.raises(Refused, match="Не удалось отредактировать вопрос"):
            await shop.answer(item_id, "Правка вторая", Action.EDIT)


async def test_an_answer_to_a_question_that_does_not_exist_is_refused() -> None:
    async with stand(WILDBERRIES, Kind.QUESTION) as shop:
        with pytest.raises(Refused, match="404"):
            await shop.answer(ItemId("Q" * 20), TEXT)


async def test_a_question_shows_its_answer_as_visible_at_once() -> None:
    async with stand(WILDBERRIES, Kind.QUESTION) as shop:
        item_id = shop.customer()

        await shop.answer(item_id, TEXT)

        answer = (await shop.see(item_id)).answer
        assert answer is not None
        assert (answer.state, answer.editable) == (AnswerState.VISIBLE, True)
