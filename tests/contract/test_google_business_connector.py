"""Google's own ways: many locations and few verified, projects without rights, moderation, bytes, odd answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind, Review
from feedback_service.domain.identity import ItemId
from feedback_service.ports.platform import Historian, Span
from feedback_service.ports.replica import CustomerEdit, SandboxAccount, SandboxCustomer
from tests.support.platforms import SHOP, Stand, stand

GOOGLE = "google_business"
TEXT = "Спасибо, что рассказали!"


async def failures(shop: Stand) -> Mapping[str, str]:
    """What is not well by `check`: the finding with its remedy, by subject."""
    return {one.subject: f"{one.finding}; {one.remedy}" for one in await shop.connector.check() if not one.ok}


@pytest.mark.parametrize(
    ("options", "subject", "told"),
    [
        ({"approved": False}, "locations", "apply for the approval"),
        ({"disabled": ["mybusiness"]}, "reviews", "enable it in Google Cloud console"),
        ({"disabled": ["mybusinessaccountmanagement"]}, "locations", "mybusinessaccountmanagement.googleapis.com"),
        ({"consent_lasts": 0}, "consent", "consent was revoked or has expired"),
        ({"locations": 0, "unverified": 2}, "reviews", "the location is verified"),
    ],
)
async def test_what_keeps_an_account_from_working_is_told_with_what_to_do(
    options: Mapping[str, object], subject: str, told: str
) -> None:
    async with stand(GOOGLE, Kind.REVIEW, options) as shop:
        with pytest.raises(AccountFault) as caught:
            await shop.collect()

        assert told in str(caught.value)
        assert told in (await failures(shop))[subject]


@pytest.mark.parametrize("by_location", [False, True])
async def test_of_many_locations_every_verified_one_is_read(by_location: bool) -> None:
    options = {"locations": 60, "unverified": 3, "groups": 2, "batch_by_location": by_location}
    async with stand(GOOGLE, Kind.REVIEW, options) as shop:
        written = [shop.customer(f"№ {number}", age=9000 - number) for number in range(180)]

        first = await shop.collect()
        late = shop.customer("Только что", age=1)
        shop.clock.advance(60)
        before = shop.requests()
        second = await shop.collect()

        assert {item.item_id for item in first} == set(written)
        assert {item.item_id for item in second} == {*written, late}
        assert shop.requests() - before <= 8


async def test_five_hundred_locations_are_one_account() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"locations": 500, "unverified": 0}) as shop:
        written = {shop.customer(f"№ {number}", age=9000 - number) for number in range(500)}

        found = await shop.collect()

        assert {item.item_id for item in found} == written
        assert len(found) == 500
        assert shop.requests() < 60


async def test_a_location_that_two_accounts_show_is_answered_under_one_name() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"locations": 4, "unverified": 0, "groups": 2, "shared": True}) as shop:
        for number in range(8):
            shop.customer(f"№ {number}")

        found = await shop.collect()

        assert len(found) == len({item.item_id.rsplit("/", 1)[-1] for item in found}) == 8


async def test_somebody_else_s_location_keeps_ours_from_nothing() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"foreign": True}) as shop:
        item_id = shop.customer()

        shop.sandbox.register(GOOGLE, SandboxAccount("other"))
        foreign = ItemId(shop.sandbox.add(GOOGLE, "other", SandboxCustomer("review", 0.0, "Чужое", rating=5)))

        assert [item.item_id for item in await shop.collect()] == [item_id]
        seen = await shop.connector.sight([shop.ref(foreign), shop.ref(item_id)])
        assert {one: sighting.item is None for one, sighting in seen.items()} == {foreign: True, item_id: False}
        with pytest.raises(Refused):
            await shop.answer(foreign, TEXT)


async def test_odd_items_and_translations_cost_no_review() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"odd": True, "translated": True}) as shop:
        written = [shop.customer(f"Слова №{number}", age=900 - number) for number in range(3)]

        found = {item.item_id: item for item in await shop.collect()}
        seen = await shop.item(written[0])

        assert [found[one].text for one in written if isinstance(found[one], Review)] == [
            "Слова №0",
            "Слова №1",
            "Слова №2",
        ]
        assert seen.text == "Слова №0"


async def test_stars_without_words_and_words_without_a_name_are_reviews_like_any_other() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        shop.customer("", age=20, rating=1)
        shop.customer("Плохо", age=10, author="")

        silent, nameless = await shop.collect()

        assert isinstance(silent, Review)
        assert isinstance(nameless, Review)
        assert (silent.words, silent.rating, nameless.author) == ("", 1, "")


async def test_a_token_that_lasts_seconds_is_renewed_as_often_as_needed() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"token_lasts": 30}) as shop:
        item_id = shop.customer()

        await shop.answer(item_id, TEXT)
        shop.clock.advance(31)

        assert (await shop.see(item_id)).answer is not None


async def test_a_consent_that_runs_out_is_told_at_the_next_call() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"consent_lasts": 3600, "token_lasts": 3600}) as shop:
        item_id = shop.customer()
        assert [item.item_id for item in await shop.collect()] == [item_id]
        shop.clock.advance(3700)

        with pytest.raises(AccountFault, match="consent was revoked or has expired"):
            await shop.answer(item_id, TEXT)

        assert shop.ledger(item_id).writes == ()


async def test_a_rejected_answer_says_why_and_leaves_room_for_another() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id = shop.customer()
        shop.plan("moderate", verdict="reject", delay=0)
        await shop.answer(item_id, TEXT)
        shop.clock.advance(1)
        rejected = (await shop.see(item_id)).answer
        waiting = [item.item_id for item in await shop.collect()]

        await shop.answer(item_id, "Благодарим за отзыв о кружке!")

        assert rejected is not None
        assert (rejected.state, bool(rejected.reason)) == (AnswerState.REJECTED, True)
        assert waiting == [item_id]
        assert shop.ledger(item_id).visible == "Благодарим за отзыв о кружке!"


async def test_an_answer_that_stands_there_is_never_overwritten() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id = shop.customer()
        await shop.answer(item_id, TEXT)

        with pytest.raises(Retryable, match="nothing was sent"):
            await shop.answer(item_id, "Второй ответ")
        await shop.answer(item_id, TEXT)

        assert [write.text for write in shop.ledger(item_id).writes] == [TEXT]


async def test_an_answer_that_is_taken_and_not_kept_is_not_seen() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id = shop.customer()
        shop.plan("swallow")

        await shop.answer(item_id, TEXT)

        seen = await shop.see(item_id)
        assert seen.item is not None
        assert seen.answer is None


async def test_our_answer_is_taken_away_once_and_nobody_else_s() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id, other = shop.customer(), shop.customer()
        for one in (item_id, other):
            await shop.answer(one, TEXT)

        for _ in range(2):
            await shop.connector.retract(shop.dispatch(item_id, TEXT))
        with pytest.raises(Refused, match="by hand"):
            await shop.connector.retract(shop.dispatch(other, "Не этот текст"))

        assert (shop.ledger(item_id).visible, shop.ledger(other).visible) == (None, TEXT)
        assert [write.effect for write in shop.ledger(item_id).writes] == ["answer", "retract"]


async def test_a_call_of_many_that_reads_is_no_write() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"locations": 6}) as shop:
        shop.customer()
        shop.plan("drop_after_write")

        assert len(await shop.collect()) == 1
        assert shop.writes() == 0


async def test_the_rating_that_a_customer_changes_is_seen_by_the_next_pass() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id = shop.customer()
        await shop.collect()
        shop.clock.advance(60)
        shop.sandbox.edit_customer(GOOGLE, SHOP, item_id, CustomerEdit(rating=1))

        (item,) = await shop.collect()

        assert isinstance(item, Review)
        assert item.rating == 1


async def test_no_minute_has_more_calls_than_a_project_may_make() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"quota": 300}) as shop:
        items = [shop.customer(age=1000 + number) for number in range(150)]

        for item_id in items:
            await shop.answer(item_id, TEXT)

        assert "429" not in shop.sandbox.requests.statuses(GOOGLE)
        assert sum(len(shop.ledger(item_id).writes) for item_id in items[::30]) == 5


async def test_the_past_is_read_whole_answered_or_not() -> None:
    async with stand(GOOGLE, Kind.REVIEW, {"locations": 3}) as shop:
        connector = shop.connector
        assert isinstance(connector, Historian)
        written = [shop.customer(age=3600.0 * number) for number in range(1, 131)]
        await shop.answer(written[0], TEXT)
        span = Span(shop.clock.now() - timedelta(hours=100, minutes=30), shop.clock.now())

        pages = [page async for page in connector.history(Kind.REVIEW, span)]
        rest = [page async for page in connector.history(Kind.REVIEW, span, pages[0].cursor)]

        found, first = [item for page in pages for item in page.items], len(pages[0].items)
        assert {item.item_id for item in found} == set(written[:100])
        assert sum(item.answer is not None for item in found) == 1
        assert [item for page in rest for item in page.items] == found[first:]


async def test_an_edit_while_google_moderates_says_so() -> None:
    async with stand(GOOGLE, Kind.REVIEW) as shop:
        item_id = shop.customer()
        await shop.answer(item_id, TEXT)
        shop.plan("moderate", verdict="approve", delay=100)
        edit = shop.dispatch(item_id, "Иначе", Action.EDIT)

        await shop.connector.publish(replace(edit, previous_text=TEXT))

        seen = (await shop.see(item_id)).answer
        assert seen is not None
        assert (seen.text, seen.state) == ("Иначе", AnswerState.MODERATING)
