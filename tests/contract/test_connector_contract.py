"""What every platform's connector owes the flow, against the platform's replica with all its faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.ports.platform import TextLimit
from feedback_service.ports.replica import CustomerEdit
from tests.support.platforms import CASES, SHOP, Stand, stand

TEXT = "Спасибо, что рассказали об этом."


def as_long_as(length: int, limit: TextLimit, letter: str = "ж") -> str:
    """Letters that measure just so in the platform's unit."""
    most = letter * (length // max(limit.measure(letter), 1))
    return most + "a" * (length - limit.measure(most))


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    key, kind = request.param
    async with stand(key, kind) as opened:
        yield opened


async def test_every_unanswered_item_is_collected_once_oldest_first(here: Stand) -> None:
    written = [here.customer(f"№ {number}", age=5000 - number) for number in range(here.manners.reviews_per_page + 200)]

    collected = [item.item_id for item in await here.collect()]

    assert collected == written


async def test_a_collected_item_is_what_the_customer_wrote(here: Stand) -> None:
    item_id = here.customer("Ручка отвалилась 😢\nчерез день", age=60)

    (item,) = await here.collect()

    assert (item.item_id, item.kind, item.text) == (item_id, here.kind, "Ручка отвалилась 😢\nчерез день")
    assert abs((here.clock.now() - item.created_at).total_seconds() - 60) < 2
    assert item.answer is None
    if isinstance(item, Review):
        assert (item.rating, item.author) == (4, "Аглая" if here.manners.names_reviewers else "")


async def test_nothing_unanswered_is_an_empty_collection(here: Stand) -> None:
    assert await here.collect() == []


async def test_an_answer_is_written_once_and_seen_again(here: Stand) -> None:
    item_id = here.customer()

    await here.answer(item_id, TEXT)

    answer = (await here.see(item_id)).answer
    assert answer is not None
    assert same_text(answer.text, TEXT)
    assert answer.state is AnswerState.VISIBLE
    assert (here.ledger(item_id).answers, here.ledger(item_id).visible) == (1, TEXT)


async def test_an_answered_item_is_not_collected_again(here: Stand) -> None:
    answered, waiting = here.customer(age=20), here.customer(age=10)

    await here.answer(answered, TEXT)

    assert [item.item_id for item in await here.collect()] == [waiting]


async def test_many_items_are_seen_each_as_it_stands(here: Stand) -> None:
    items = [here.customer(age=1000 - number) for number in range(12)]
    for item_id in items[::3]:
        await here.answer(item_id, TEXT)
    before = here.requests()

    sightings = await here.connector.sight([here.ref(item_id) for item_id in [*items, ItemId("A" * 20)]])

    answered = [item_id for item_id in items if sightings[item_id].answer]
    assert answered == items[::3]
    assert sightings[ItemId("A" * 20)].item is None
    assert here.requests() - before <= len(items) + here.manners.extra_looks


async def test_an_edit_of_the_customer_is_seen(here: Stand) -> None:
    item_id = here.customer("Было так")
    before = await here.item(item_id)

    here.sandbox.edit_customer(here.key, SHOP, item_id, CustomerEdit(text="Стало иначе"))

    after = await here.item(item_id)
    assert after.text == "Стало иначе"
    assert fingerprint(after) != fingerprint(before)


async def test_a_supplement_and_its_review_name_each_other(here: Stand) -> None:
    if not (here.manners.supplements and here.kind is Kind.REVIEW):
        pytest.skip("this platform has no supplements here")
    first = here.customer("Отличная кружка", age=5000)
    second = here.customer("Дополняю: треснула", age=100, supplement_of=first)

    older, newer = await here.collect()

    assert isinstance(older, Review)
    assert isinstance(newer, Review)
    assert (older.child, newer.parent) == (second, first)


async def test_a_connection_lost_after_the_write_is_in_doubt_and_the_re_read_shows_the_answer(here: Stand) -> None:
    item_id = here.customer()
    here.plan("drop_after_write")

    with pytest.raises(InDoubt):
        await here.answer(item_id, TEXT)

    seen = (await here.see(item_id)).answer
    assert seen is not None
    assert same_text(seen.text, TEXT)
    assert len(here.ledger(item_id).writes) == 1


async def test_a_connection_lost_before_the_write_is_in_doubt_and_the_re_read_shows_none(here: Stand) -> None:
    item_id = here.customer()
    here.plan("drop_before_write")

    with pytest.raises(InDoubt):
        await here.answer(item_id, TEXT)

    seen = await here.see(item_id)
    assert seen.item is not None
    assert seen.answer is None
    assert here.ledger(item_id).writes == ()


async def test_a_write_that_comes_too_early_is_surely_not_written(here: Stand) -> None:
    item_id = await here.ready()
    here.plan("too_many_requests", retry_after=17)

    with pytest.raises(Retryable) as caught:
        await here.answer(item_id, TEXT)

    assert caught.value.retry_after == pytest.approx(17, abs=1)
    assert here.ledger(item_id).writes == ()


async def test_a_server_error_leaves_a_write_in_doubt_and_is_not_repeated(here: Stand) -> None:
    item_id = await here.ready()
    before = here.writes()
    here.plan("server_error")

    with pytest.raises(InDoubt):
        await here.answer(item_id, TEXT)

    assert here.writes() - before == 1


@pytest.mark.parametrize("fault", ["server_error", "drop"])
async def test_a_read_gets_over_one_failure(here: Stand, fault: str) -> None:
    item_id = here.customer()
    here.plan(fault)

    assert [item.item_id for item in await here.collect()] == [item_id]


async def test_a_read_gets_over_a_short_refusal(here: Stand) -> None:
    item_id = here.customer()
    here.plan("too_many_requests", retry_after=1)

    assert [item.item_id for item in await here.collect()] == [item_id]


async def test_a_read_that_is_put_off_for_long_says_for_how_long(here: Stand) -> None:
    here.plan("too_many_requests", count=None, retry_after=600)

    with pytest.raises(Retryable) as caught:
        await here.collect()

    assert caught.value.retry_after == pytest.approx(600, abs=5)


@pytest.mark.parametrize("how", ["html", "truncated", "garbage"])
async def test_a_read_gets_over_one_answer_of_nonsense(here: Stand, how: str) -> None:
    item_id = here.customer()
    here.plan("mangle", how=how)

    assert [item.item_id for item in await here.collect()] == [item_id]


async def test_a_read_of_nothing_but_nonsense_ends_as_retryable_in_one_line(here: Stand) -> None:
    here.plan("mangle", count=None, how="html")

    with pytest.raises(Retryable) as caught:
        await here.collect()

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("how", ["html", "truncated", "garbage"])
async def test_nonsense_after_a_write_never_causes_a_second_one(here: Stand, how: str) -> None:
    item_id = await here.ready()
    here.plan("mangle", how=how)

    with suppress(InDoubt):
        await here.answer(item_id, TEXT)

    assert (await here.see(item_id)).answer is not None
    assert len(here.ledger(item_id).writes) == 1


async def test_a_slow_answer_is_waited_for(here: Stand) -> None:
    item_id = here.customer()
    here.plan("slow", delay=5)

    await here.answer(item_id, TEXT)

    assert len(here.ledger(item_id).writes) == 1


async def test_expired_credentials_are_the_account_s_fault_everywhere(here: Stand) -> None:
    item_id = here.customer()
    here.plan("expire", count=None)

    with pytest.raises(AccountFault) as reading:
        await here.collect()
    with pytest.raises(AccountFault):
        await here.see(item_id)
    with pytest.raises(AccountFault):
        await here.answer(item_id, TEXT)

    assert reading.value.remedy
    assert here.ledger(item_id).writes == ()


async def test_check_reports_good_credentials(here: Stand) -> None:
    facts = await here.connector.check()

    assert facts
    assert all(fact.ok for fact in facts)


@pytest.mark.parametrize("fault", ["expire", "server_error", "drop", "mangle", "too_many_requests"])
async def test_check_reports_trouble_with_a_remedy_instead_of_raising(here: Stand, fault: str) -> None:
    options = {"retry_after": 60} if fault == "too_many_requests" else {}
    here.plan(fault, count=None, **options)

    bad = [fact for fact in await here.connector.check() if not fact.ok]

    assert bad
    assert all(fact.finding and fact.remedy for fact in bad)


async def test_a_wrong_id_is_never_taken_for_an_answer(here: Stand) -> None:
    wrong = ItemId("Z" * 20)

    with suppress(Refused):
        await here.answer(wrong, TEXT)

    assert (await here.see(wrong)).item is None


@pytest.mark.parametrize(("verdict", "state"), [("approve", AnswerState.VISIBLE), ("reject", AnswerState.REJECTED)])
async def test_moderation_is_seen_while_it_lasts_and_when_it_ends(
    here: Stand, verdict: str, state: AnswerState
) -> None:
    if here.kind not in here.manners.moderates:
        pytest.skip("this platform does not moderate answers to this kind")
    item_id = here.customer()
    here.plan("moderate", verdict=verdict, delay=100)

    await here.answer(item_id, TEXT)
    waiting = (await here.see(item_id)).answer
    here.clock.advance(101)
    decided = (await here.see(item_id)).answer

    assert waiting is not None
    assert decided is not None
    assert (waiting.state, decided.state) == (AnswerState.MODERATING, state)


async def test_stars_that_change_between_draft_and_send_are_seen(here: Stand) -> None:
    if here.kind is not Kind.REVIEW:
        pytest.skip("questions have no stars")
    item_id = here.customer("Пришло вовремя")
    before = await here.item(item_id)

    here.sandbox.edit_customer(here.key, SHOP, item_id, CustomerEdit(rating=1))

    after = await here.item(item_id)
    assert isinstance(after, Review)
    assert after.rating == 1
    assert fingerprint(after) != fingerprint(before)


@pytest.mark.parametrize("letter", ["ж", "🙏"])
async def test_the_shortest_and_the_longest_text_are_taken(here: Stand, letter: str) -> None:
    limit = here.connector.spec.reply_limits[here.kind]

    for length in (limit.minimum, limit.maximum):
        item_id, text = here.customer(), as_long_as(length, limit, letter)
        await here.answer(item_id, text)
        assert here.ledger(item_id).visible == text


async def test_a_text_out_of_bounds_is_refused_without_a_request(here: Stand) -> None:
    limit = here.connector.spec.reply_limits[here.kind]
    item_id = here.customer()

    for length in (limit.minimum - 1, limit.maximum + 1):
        with pytest.raises(Refused, match=str(limit.maximum)):
            await here.answer(item_id, as_long_as(length, limit))

    assert here.requests() == 0


async def test_an_answer_of_ours_can_be_edited_where_the_platform_allows_it(here: Stand) -> None:
    if here.connector.spec.edit_window is None:
        pytest.skip("answers on this platform cannot be edited")
    item_id = here.customer()
    await here.answer(item_id, TEXT)

    edit = here.dispatch(item_id, "Исправили опечатку, спасибо!", Action.EDIT)
    await here.connector.publish(replace(edit, previous_text=TEXT))

    answer = (await here.see(item_id)).answer
    assert answer is not None
    assert same_text(answer.text, "Исправили опечатку, спасибо!")
    assert [write.effect for write in here.ledger(item_id).writes] == ["answer", "edit"]


@pytest.mark.parametrize("text", ["Спасибо 🙏🏽\nВаш магазин", "«Ёлки» & <b>палки</b>", "a\u200bb — \u202eвс\u2028ё"])
async def test_a_text_arrives_as_it_was_written(here: Stand, text: str) -> None:
    item_id = here.customer()

    await here.answer(item_id, text)

    assert here.ledger(item_id).visible == text
