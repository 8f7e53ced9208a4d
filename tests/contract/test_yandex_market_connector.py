"""Yandex.Market's own ways: scopes, cabinets, limits by the hour, comments of others, edits, retractions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt
from feedback_service.domain.errors import AccountFault, Configuration, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms import find
from feedback_service.ports.platform import Access, Dismisser
from feedback_service.ports.replica import CustomerEdit, SandboxAccount
from tests.support.platforms import SHOP, Stand, stand
from tests.support.sandbox import HandClock

MARKET = "yandex_market"
TEXT = "Спасибо за отзыв!"


@pytest.fixture(params=sorted(Kind))
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    async with stand(MARKET, request.param) as opened:
        yield opened


@asynccontextmanager
async def reviews(options: Mapping[str, object] | None = None) -> AsyncIterator[Stand]:
    async with stand(MARKET, Kind.REVIEW, options) as opened:
        yield opened


async def send(shop: Stand, item_id: ItemId, text: str = TEXT, **more: object) -> tuple[Dispatch, Receipt]:
    dispatch = replace(shop.dispatch(item_id, text), **more)  # type: ignore[arg-type]  # free
    receipt = await shop.connector.publish(dispatch)
    return replace(dispatch, receipt_id=receipt.platform_id), receipt


async def mark_as_read(shop: Stand, item_id: ItemId) -> None:
    """What opening a review in the cabinet does as well."""
    login = shop.sandbox.register(MARKET, SandboxAccount(SHOP, {}))
    url = f"{shop.sandbox.url_of(MARKET)}/v2/businesses/{login['business_id']}/goods-feedback/skip-reaction"
    async with (
        aiohttp.ClientSession(headers={"Api-Key": login["api_key"]}) as session,
        session.post(url, json={"feedbackIds": [int(item_id)]}) as response,
    ):
        assert response.status == 200


async def failures(shop: Stand) -> list[str]:
    return [fact.finding for fact in await shop.connector.check() if not fact.ok]


async def test_the_receipt_names_the_answer_that_is_seen(shop: Stand) -> None:
    item_id = shop.customer()

    _, receipt = await send(shop, item_id)

    answer = (await shop.see(item_id)).answer
    assert answer is not None
    assert answer.platform_id == receipt.platform_id != ""
    assert answer.editable is True


async def test_an_edit_changes_the_answer_under_its_own_number(shop: Stand) -> None:
    item_id = shop.customer()
    _, first = await send(shop, item_id)

    _, second = await send(shop, item_id, "Спасибо вам!", action=Action.EDIT, previous_text=TEXT)

    assert first.platform_id == second.platform_id
    assert (shop.ledger(item_id).answers, shop.ledger(item_id).visible) == (1, "Спасибо вам!")


async def test_an_edit_without_an_answer_of_ours_makes_none(shop: Stand) -> None:
    item_id = shop.customer()

    with pytest.raises(Refused, match="no answer of ours"):
        await send(shop, item_id, action=Action.EDIT, previous_text="Было")

    assert shop.ledger(item_id).writes == ()


async def test_a_retracted_answer_is_gone_and_the_item_waits_again(shop: Stand) -> None:
    item_id = shop.customer()
    dispatch, _ = await send(shop, item_id)

    await shop.connector.retract(dispatch)
    await shop.connector.retract(dispatch)

    seen = await shop.see(item_id)
    assert seen.item is not None
    assert seen.answer is None
    assert shop.ledger(item_id).visible is None


async def test_an_answer_without_a_receipt_is_found_and_retracted(shop: Stand) -> None:
    item_id = shop.customer()
    dispatch, _ = await send(shop, item_id)

    await shop.connector.retract(replace(dispatch, receipt_id=""))

    assert (await shop.see(item_id)).answer is None


async def test_somebody_else_s_answer_is_neither_taken_away_nor_edited_and_a_person_is_told(shop: Stand) -> None:
    item_id = shop.customer()
    await send(shop, item_id, "Это написал человек")
    edit = replace(shop.dispatch(item_id, TEXT, Action.EDIT), previous_text="Было")

    for work in (
        shop.connector.retract(shop.dispatch(item_id, TEXT)),
        shop.connector.retract(edit),
        shop.connector.publish(edit),
    ):
        with pytest.raises(Refused, match="by hand"):
            await work

    assert [write.effect for write in shop.ledger(item_id).writes] == ["answer"]


async def test_an_edit_that_was_taken_back_already_needs_no_person(shop: Stand) -> None:
    item_id = shop.customer()
    await send(shop, item_id, "Было так")

    await shop.connector.retract(replace(shop.dispatch(item_id, "Стало иначе", Action.EDIT), previous_text="Было так"))

    assert (shop.ledger(item_id).answers, shop.ledger(item_id).visible) == (1, "Было так")


async def test_reviews_that_wait_for_no_answer_are_skipped_whatever_else_is_gone() -> None:
    async with reviews() as shop:
        ids = [shop.customer(f"№ {number}", age=5000 - number) for number in range(60)]
        question = ItemRef(ItemId("77"), Kind.QUESTION, shop.clock.now())
        refs = [shop.ref(one) for one in [*ids[:20], ItemId("12345"), *ids[20:], ItemId("Z" * 20)]]

        assert isinstance(shop.connector, Dismisser)
        await shop.connector.dismiss([question])
        assert shop.requests() == 0
        await shop.connector.dismiss([*refs, question])

        assert [[write.effect for write in shop.ledger(item_id).writes] for item_id in ids] == [["view"]] * 60


@pytest.mark.parametrize("fault", ["server_error", "drop_after_write"])
async def test_a_skipping_that_fails_may_be_repeated(fault: str) -> None:
    async with reviews() as shop:
        ref = shop.ref(shop.customer())
        shop.plan(fault, count=None)
        assert isinstance(shop.connector, Dismisser)

        with pytest.raises(Retryable):
            await shop.connector.dismiss([ref])


async def test_a_retracted_edit_gives_the_former_text_back(shop: Stand) -> None:
    item_id = shop.customer()
    await send(shop, item_id, "Было так")
    edit, _ = await send(shop, item_id, "Стало иначе", action=Action.EDIT, previous_text="Было так")

    await shop.connector.retract(edit)
    await shop.connector.retract(edit)

    assert (shop.ledger(item_id).answers, shop.ledger(item_id).visible) == (1, "Было так")
    assert [write.effect for write in shop.ledger(item_id).writes] == ["answer", "edit", "edit"]


async def test_a_retraction_of_nothing_is_harmless(shop: Stand) -> None:
    item_id = shop.customer()

    await shop.connector.retract(shop.dispatch(item_id, TEXT))
    await shop.connector.retract(shop.dispatch(ItemId("Z" * 20), TEXT))
    await shop.connector.retract(shop.dispatch(ItemId("12345"), TEXT))

    assert shop.ledger(item_id).writes == ()


async def test_a_number_that_is_nobody_s_is_no_item_and_takes_no_answer(shop: Stand) -> None:
    wrong = ItemId("12345")

    with pytest.raises(Refused, match="404"):
        await shop.answer(wrong, TEXT)

    assert (await shop.see(wrong)).item is None


async def test_an_answer_that_moderation_rejected_makes_the_item_wait_again(shop: Stand) -> None:
    item_id = shop.customer()
    shop.plan("moderate", verdict="reject", delay=0)
    await shop.answer(item_id, "Звоните нам")

    await shop.answer(item_id, TEXT)

    assert shop.ledger(item_id).visible == TEXT


async def test_too_many_calls_at_once_leave_a_write_surely_unwritten(shop: Stand) -> None:
    item_id = shop.customer()
    shop.plan("parallel")

    with pytest.raises(Retryable, match="at once") as caught:
        await shop.answer(item_id, TEXT)

    assert caught.value.retry_after == 1.0
    assert shop.ledger(item_id).writes == ()


async def test_a_cabinet_that_is_being_moved_is_waited_for(shop: Stand) -> None:
    item_id = shop.customer()
    shop.plan("migration")

    with pytest.raises(Retryable, match="moved"):
        await shop.answer(item_id, TEXT)

    assert shop.ledger(item_id).writes == ()


async def test_the_name_of_the_product_is_read_beside_the_item(shop: Stand) -> None:
    shop.customer(product="Кружка «Рассвет»")

    (item,) = await shop.collect()

    assert item.product.name == "Кружка «Рассвет»"


async def test_a_review_that_a_person_opened_is_collected_nevertheless() -> None:
    async with reviews() as shop:
        item_id = shop.customer()

        await mark_as_read(shop, item_id)

        assert [item.item_id for item in await shop.collect()] == [item_id]


async def test_an_edited_review_comes_again_with_our_answer() -> None:
    async with reviews() as shop:
        item_id = shop.customer("Было так")
        await send(shop, item_id)
        shop.sandbox.edit_customer(MARKET, SHOP, item_id, CustomerEdit(text="Стало иначе"))

        (item,) = await shop.collect()

        assert (item.item_id, item.words) == (item_id, "Стало иначе")
        assert item.answer is not None
        assert item.answer.text == TEXT


async def test_a_comment_of_the_customer_is_no_answer_of_ours() -> None:
    async with reviews() as shop:
        item_id = shop.customer()
        shop.customer("Дополню: треснула", supplement_of=item_id)

        collected = [item.item_id for item in await shop.collect()]

        assert collected == [item_id]
        assert (await shop.see(item_id)).answer is None


async def test_a_comment_of_the_customer_is_neither_edited_nor_taken_away() -> None:
    async with reviews() as shop:
        item_id = shop.customer()
        shop.customer(TEXT, supplement_of=item_id)

        with pytest.raises(Refused, match="no answer of ours"):
            await send(shop, item_id, "Правка", action=Action.EDIT, previous_text=TEXT)
        await shop.connector.retract(shop.dispatch(item_id, TEXT))

        assert shop.ledger(item_id).writes == ()


async def test_a_token_that_may_only_read_collects_and_says_what_it_lacks() -> None:
    async with reviews({"read_only": True}) as shop:
        item_id = shop.customer()

        with pytest.raises(Unavailable, match="Общение с покупателями"):
            await shop.answer(item_id, TEXT)

        assert [item.item_id for item in await shop.collect()] == [item_id]
        assert await failures(shop) == ["the token may only read"]


async def test_a_token_for_prices_lacks_everything_here() -> None:
    async with reviews({"scope": "PRICING"}) as shop:
        shop.customer()

        with pytest.raises(Unavailable):
            await shop.collect()

        assert "the token may not read reviews and questions" in await failures(shop)


async def test_an_inactive_cabinet_is_the_account_s_fault() -> None:
    async with reviews({"inactive": True}) as shop:
        shop.customer()

        with pytest.raises(AccountFault, match="not active"):
            await shop.collect()


async def test_the_number_of_another_cabinet_is_named_by_check_and_pauses_the_account() -> None:
    async with reviews() as shop:
        shop.sandbox.register(MARKET, SandboxAccount("other", {"business_id": 4242}))
        credentials = shop.sandbox.register(MARKET, SandboxAccount(SHOP, {}))
        access = Access(
            label="x/y",
            base_url=shop.sandbox.url_of(MARKET),
            credentials={**credentials, "business_id": "4242"},
            clock=shop.clock,
        )
        connector = find(MARKET).connect(access)
        try:
            facts = {fact.subject: fact for fact in await connector.check()}
            with pytest.raises(AccountFault, match="business_id"):
                _ = [page async for page in connector.unanswered(Kind.REVIEW)]
        finally:
            await connector.close()

        assert [name for name, fact in facts.items() if not fact.ok] == ["cabinet", "reviews"]
        assert "4242 is not among the token's cabinets" in facts["cabinet"].finding
        assert "business_id" in facts["cabinet"].remedy


async def test_an_hour_s_limit_is_met_once_and_then_kept_to() -> None:
    async with reviews({"limits": {"goods-feedback/comments/update": 3}}) as shop:
        items = [shop.customer(age=100 - number) for number in range(5)]
        for item_id in items[:3]:
            await shop.answer(item_id, TEXT)
        before = shop.requests()

        for item_id in items[3:]:
            with pytest.raises(Retryable) as caught:
                await shop.answer(item_id, TEXT)

        assert caught.value.retry_after is not None
        assert 3000 < caught.value.retry_after <= 3600
        assert (shop.requests() - before, shop.sandbox.summary().limited) == (0, 0)


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"business_id": "77"}, "api_key is empty"),
        ({"api_key": "ACMA:abc def:1", "business_id": "77"}, "holds signs that no token has"),
        ({"api_key": "ACMA:кириллица:1", "business_id": "77"}, "holds signs that no token has"),
        ({"api_key": "ACMA:abcdef:1"}, "business_id is empty"),
        ({"api_key": "ACMA:abcdef:1", "business_id": "77a"}, "must be a number, not '77a'"),
        ({"api_key": "ACMA:abcdef:1", "business_id": "0"}, "must be a number"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_without_quoting_the_key(
    credentials: Mapping[str, str], said: str
) -> None:
    with pytest.raises(Configuration, match=said) as caught:
        find(MARKET).connect(Access(label="x/y", base_url="", credentials=credentials, clock=HandClock()))

    assert "ACMA" not in str(caught.value)
