"""What is Zoon's own: ids made of what its lists print, a list that hides, and answers that leave by a page's form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_service.domain.dispatch import Action, Dispatch
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Item, Kind, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.ways import Ways
from feedback_service.platforms import find
from feedback_service.platforms.zoon.cabinet import LATEST, ZoonCabinet
from feedback_service.platforms.zoon.replica import ZoonReplica
from feedback_service.ports.platform import Access
from feedback_service.ports.replica import CustomerEdit, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from tests.support.platforms import SHOP, Stand, stand

TEXT = "Спасибо, что рассказали об этом."
FORM = "POST /cabinet/organizations/"


@asynccontextmanager
async def shop(**options: object) -> AsyncIterator[Stand]:
    async with stand("zoon", Kind.REVIEW, options) as here:
        yield here


def replica(here: Stand) -> ZoonReplica:
    assert isinstance(here.doorway.replica, ZoonReplica)
    return here.doorway.replica


def cabinet(here: Stand) -> ZoonCabinet:
    assert isinstance(here.connector, Ways)
    found = here.connector.open_ways[Way.BROWSER]
    assert isinstance(found, ZoonCabinet)
    return found


def effects(here: Stand, item_id: ItemId) -> list[str]:
    return [write.effect for write in here.ledger(item_id).writes]


def browsing(here: Stand) -> Access:
    """What the account's browser way is opened with."""
    return Access(
        label="berezka/zoon",
        base_url=here.sandbox.url_of("zoon"),
        credentials=here.credentials,
        clock=here.clock,
        way=Way.BROWSER,
        cabinet_url=here.sandbox.cabinet_url_of("zoon"),
        browser=here.doorway.browser,
    )


async def waiting(here: Stand) -> dict[str, Item]:
    """The reviews that wait, by their words; of equal ones the youngest."""
    return {item.words: item for item in await here.collect()}


def sent(here: Stand, item: Item, text: str = TEXT) -> Dispatch:
    return here.dispatch(item, text)


@pytest.mark.parametrize("shape", ["plain", "scripted", "mixed"])
async def test_every_review_is_read_and_answered_once_though_none_has_an_id(shape: str) -> None:
    async with shop(ids=False, shape=shape, foursquare=True, odd=True) as here:
        theirs = [here.customer(f"№ {number}", age=90_000 * number + 60) for number in range(6)]
        for item in await here.collect():
            await here.connector.publish(sent(here, item, f"Ответ: {item.words}"))
        here.clock.advance(3600)

        assert await here.collect() == []
        assert [here.ledger(one).visible for one in theirs] == [f"Ответ: № {number}" for number in range(6)]


async def test_a_review_on_a_later_page_of_the_cabinet_is_found_and_its_answer_seen() -> None:
    async with shop(ids=False) as here:
        oldest, *_ = [here.customer(f"№ {number}", age=90_000 * (23 - number)) for number in range(23)]
        item, *_ = await here.collect()

        await here.connector.publish(sent(here, item))

        seen = await here.connector.sight([sent(here, item).ref])
        assert here.ledger(oldest).visible == TEXT
        assert seen[item.item_id].answer is not None


async def test_equal_reviews_of_one_writer_get_an_answer_each_to_the_one_it_is_for() -> None:
    async with shop(ids=False) as here:
        older, younger = here.customer("Вкусно", age=500), here.customer("Вкусно", age=400)
        first, second = await here.collect()

        await here.connector.publish(sent(here, second, "Второй"))
        await here.connector.publish(sent(here, first, "Первый"))

        assert (here.ledger(older).visible, here.ledger(younger).visible) == ("Первый", "Второй")


async def test_two_reviews_of_one_writer_on_one_day_are_told_by_their_words() -> None:
    async with shop(ids=False) as here:
        older, younger = here.customer("Долго ждали", age=500), here.customer("Всё хорошо", age=400)

        for item in await here.collect():
            await here.connector.publish(sent(here, item, f"Ответ: {item.words}"))

        assert here.ledger(older).visible == "Ответ: Долго ждали"
        assert here.ledger(younger).visible == "Ответ: Всё хорошо"


@pytest.mark.parametrize(("age", "told"), [(490, "reads otherwise"), (400, "any more")], ids=["same-minute", "later"])
async def test_where_a_namesake_s_review_went_away_its_answer_reaches_nobody(age: float, told: str) -> None:
    async with shop(ids=False) as here:
        removed, left = here.customer("Долго ждали", age=500), here.customer("Всё хорошо", age=age)
        approved = (await waiting(here))["Долго ждали"]
        replica(here).remove(SHOP, removed)

        with pytest.raises((Retryable, Refused), match=told):
            await here.connector.publish(sent(here, approved))

        assert effects(here, left) == []


async def test_our_answer_is_taken_from_its_review_though_an_older_one_of_a_namesake_is_shown_later() -> None:
    async with shop(ids=False) as here:
        item_id = here.customer("Всё хорошо", age=400)
        (item,) = await here.collect()
        receipt = await here.connector.publish(sent(here, item))
        here.customer("Долго ждали", age=500)

        seen = (await here.connector.sight([sent(here, item).ref]))[item.item_id]
        await here.connector.retract(replace(sent(here, item), receipt_id=receipt.platform_id))

        assert seen.answer is not None
        assert effects(here, item_id) == ["answer", "retract"]


async def test_a_review_that_was_edited_or_restarred_meanwhile_is_not_answered_with_the_old_words() -> None:
    async with shop() as here:
        item_id = here.customer()
        for edit in (CustomerEdit(text="Передумал"), CustomerEdit(rating=1)):
            (item,) = await here.collect()
            here.sandbox.edit_customer("zoon", SHOP, item_id, edit)
            with pytest.raises(Retryable, match="reads otherwise"):
                await here.connector.publish(sent(here, item))

        assert effects(here, item_id) == []


async def test_a_removed_review_is_gone_and_takes_no_answer() -> None:
    async with shop() as here:
        item_id = here.customer()
        (item,) = await here.collect()
        replica(here).remove(SHOP, item_id)

        assert (await here.see(item_id)).item is None
        with pytest.raises(Refused, match="any more"):
            await here.connector.publish(sent(here, item))
        await here.connector.retract(sent(here, item))


async def test_an_answer_that_only_the_cabinet_shows_stops_a_second_one() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.plan("moderate", verdict="pending")
        await here.answer(item_id)

        assert (await here.see(item_id)).answer is None
        with pytest.raises(Retryable, match="answer stands there"):
            await here.answer(item_id, "Ещё раз спасибо")
        assert effects(here, item_id) == ["answer"]


async def test_a_declined_answer_makes_room_for_another() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.plan("moderate", verdict="reject")
        await here.answer(item_id, "Звоните нам")

        await here.answer(item_id, TEXT)

        assert here.ledger(item_id).visible == TEXT


async def test_an_answer_that_anybody_gave_meanwhile_stops_ours_and_ours_is_not_sent_twice() -> None:
    async with shop() as here:
        by_us, by_another = here.customer(age=500), here.customer(age=400)
        replica(here).comment_as_user(SHOP, by_another, SandboxCustomer("review", here.clock.now().timestamp(), "И я"))
        await here.answer(by_us, TEXT)

        await here.answer(by_us, TEXT)
        for item_id in (by_us, by_another):
            with pytest.raises(Retryable, match="answer stands there"):
                await here.answer(item_id, "Другими словами")

        assert effects(here, by_us) == ["answer"]
        assert effects(here, by_another) == []


async def test_what_the_cabinet_swallows_is_in_doubt() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.plan("swallow")

        with pytest.raises(InDoubt):
            await here.answer(item_id)

        assert effects(here, item_id) == ["ignored"]


async def test_what_the_form_says_against_a_text_goes_to_a_person() -> None:
    async with shop(text_limit=10) as here:
        item_id = here.customer()

        with pytest.raises(Refused, match="от 1 до 10"):
            await here.answer(item_id)

        assert effects(here, item_id) == []


@pytest.mark.parametrize("text", ["", " \n ", "ж" * 2001])
async def test_a_text_that_cannot_be_right_is_refused_without_a_request(text: str) -> None:
    async with shop() as here:
        item_id = here.customer()

        with pytest.raises(Refused, match="2000"):
            await here.answer(item_id, text)
        with pytest.raises(Refused, match="not edited"):
            await here.answer(item_id, TEXT, Action.EDIT)

        assert here.requests() == 0


async def test_our_answer_is_taken_away_and_nobody_else_s() -> None:
    async with shop() as here:
        item_id, other = here.customer(age=500), here.customer(age=400)
        receipt = await here.connector.publish(here.dispatch(item_id, TEXT))
        await here.answer(other, "Ответил коллега")
        ours = replace(here.dispatch(item_id, TEXT), receipt_id=receipt.platform_id)

        for one in (ours, ours, here.dispatch(other, TEXT)):
            await here.connector.retract(one)

        assert effects(here, item_id) == ["answer", "retract"]
        assert here.ledger(other).visible == "Ответил коллега"
        with pytest.raises(Refused, match="not edited"):
            await here.connector.retract(replace(ours, action=Action.EDIT))


async def test_a_deletion_that_the_page_does_not_show_is_in_doubt() -> None:
    async with shop() as here:
        item_id = here.customer()
        await here.answer(item_id, TEXT)
        here.plan("swallow")

        with pytest.raises(InDoubt, match="still shows"):
            await here.connector.retract(here.dispatch(item_id, TEXT))


async def test_each_of_several_organisations_is_answered_on_its_own_page() -> None:
    async with shop(organizations=3) as here:
        theirs = [here.customer(f"№ {number}", age=500 - number) for number in range(6)]

        for item in await here.collect():
            await here.connector.publish(sent(here, item, f"Ответ: {item.words}"))

        assert [here.ledger(one).visible for one in theirs] == [f"Ответ: № {number}" for number in range(6)]


async def test_nothing_is_written_on_the_page_of_another_organisation_that_selectors_lead_to(tmp_path: Path) -> None:
    async with shop(organizations=2) as here:
        items = [here.customer("Вкусно", age=500) for _ in range(2)]
        first, second = here.credentials["organization_ids"].split(",")
        selectors = f'[pages]\nreviews = "/organizations/{first}/reviews?page={{page}}"\n'
        (tmp_path / "zoon.toml").write_text(selectors, "utf-8")
        connector = find("zoon").connect(replace(browsing(here), selectors=tmp_path))

        found = {item.product.sku: item for item in await here.collect() if isinstance(item, Review)}
        with pytest.raises(Retryable, match=f"not the page of {second}"):
            await connector.publish(sent(here, found[second]))
        await connector.publish(sent(here, found[first]))
        await connector.close()

        assert [effects(here, one) for one in items] == [["answer"], []]


async def test_an_organisation_of_others_is_told_and_nothing_is_sent_there() -> None:
    async with shop() as here:
        item_id = here.customer()
        stranger = ItemId("0" * 24)
        credentials = {"organization_ids": f"{stranger},{here.credentials['organization_ids']}"}
        connector = find("zoon").connect(replace(browsing(here), credentials=credentials))

        facts = await connector.check()
        await connector.publish(here.dispatch(item_id, TEXT))
        await connector.close()

        (bad,) = [fact for fact in facts if not fact.ok]
        assert "Нет доступа" in bad.finding
        assert "organization_ids" in bad.remedy
        assert effects(here, item_id) == ["answer"]


async def test_a_session_that_ended_pauses_the_account_and_reading_goes_on() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.sandbox.gates["zoon"].revoke(SHOP)

        with pytest.raises(AccountFault, match="feedback-service login"):
            await here.answer(item_id)

        assert len(await here.collect()) == 1


async def test_a_session_that_ends_under_the_write_leaves_it_in_doubt() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.sandbox.faults.add(Fault("expire", match=FORM, count=1))

        with pytest.raises(InDoubt):
            await here.answer(item_id)


async def test_nothing_is_sent_for_somebody_who_waited_too_long_for_the_browser() -> None:
    async with shop() as here:
        item_id = here.customer()
        here.plan("slow", delay=LATEST + 1)

        with pytest.raises(Retryable, match="busy"):
            await here.answer(item_id)

        assert effects(here, item_id) == []


async def test_where_the_list_is_gone_the_page_is_read_and_what_it_shows_is_answered() -> None:
    async with shop() as here:
        item_id = here.customer("Вчера", age=500)
        here.customer("Давно", age=500_000)
        credentials = {**here.credentials, "site": replica(here).page_of(SHOP)}
        here.sandbox.faults.add(Fault("list_gone"))
        connector = find("zoon").connect(replace(browsing(here), credentials=credentials, way=Way.API))

        items = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]
        seen = (await connector.sight([here.ref(item_id)]))[item_id].item
        facts = await connector.check()
        await connector.close()

        assert [item.words for item in items] == ["Давно", "Вчера"]
        assert seen is not None
        assert fingerprint(seen) == fingerprint(items[1])
        assert [fact.ok for fact in facts] == [False]


async def test_a_browser_does_not_read() -> None:
    async with shop() as here:
        with pytest.raises(Unavailable, match="reading"):
            await cabinet(here).sight([])
        with pytest.raises(Unavailable, match="reading"):
            cabinet(here).unanswered(Kind.REVIEW)
