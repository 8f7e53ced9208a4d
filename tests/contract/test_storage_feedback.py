"""Claims and changes of feedback: the same in memory and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import FeedbackId, ItemId
from feedback_service.domain.reply import Classification, Draft, DraftOrigin, Sentiment, Urgency, Usage
from feedback_service.ports.storage import Approval, Change
from tests.support.stores import LEASE, Stores, approved, kept, move, question, review

COLLECTED = FeedbackStatus.COLLECTED
CLASSIFIED = FeedbackStatus.CLASSIFIED


async def test_a_claimed_item_is_left_alone_by_others_until_its_lease_runs_out(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)

    first = await stores.own.feedback.claim(COLLECTED, 10, LEASE)
    second = await stores.own.feedback.claim(COLLECTED, 10, LEASE)
    stores.clock.pass_by(LEASE)
    third = await stores.own.feedback.claim(COLLECTED, 10, LEASE)

    assert [one.attempts for one in first] == [1]
    assert second == []
    assert [one.attempts for one in third] == [2]


async def test_the_item_that_waits_longest_is_claimed_first(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("late")], True)
    stores.clock.pass_by(timedelta(seconds=1))
    await stores.own.feedback.record(stores.account, [review("later"), review("latest")], True)
    await _give_back(stores, "late", timedelta(seconds=0))

    claimed = await stores.own.feedback.claim(COLLECTED, 2, LEASE)

    assert [one.item.item_id for one in claimed] == ["late", "later"]


async def test_a_claim_takes_no_other_status(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)

    assert await stores.own.feedback.claim(CLASSIFIED, 10, LEASE) == []


async def test_a_change_is_applied_once_and_loses_the_race_the_second_time(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    stale = await kept(stores)
    change = Change(feedback=stale, to=CLASSIFIED, because="read")

    assert await stores.own.feedback.apply([change]) == []
    assert await stores.own.feedback.apply([change]) == [stale.id]


async def test_a_change_made_for_words_that_were_edited_meanwhile_loses_the_race(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    (claimed,) = await stores.own.feedback.claim(COLLECTED, 1, LEASE)
    await stores.own.feedback.record(stores.account, [review(text="Разбилась")], True)

    lost = await stores.own.feedback.apply([Change(feedback=claimed, to=CLASSIFIED, because="read")])

    assert lost == [claimed.id]
    assert (await kept(stores)).status is COLLECTED


async def test_of_many_changes_only_the_stale_ones_are_lost(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("a"), review("b"), review("c")], True)
    items = [await kept(stores, name) for name in "abc"]
    await move(stores, CLASSIFIED, "b")

    changes = [Change(feedback=one, to=CLASSIFIED, because="read") for one in items]
    lost = await stores.own.feedback.apply(changes)

    assert lost == [items[1].id]
    assert [(await kept(stores, name)).status for name in "abc"] == [CLASSIFIED] * 3


async def test_a_change_of_state_starts_afresh_and_keeps_what_it_brings(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    await stores.own.feedback.claim(COLLECTED, 1, LEASE)
    old = await kept(stores)
    classification = Classification(
        sentiment=Sentiment.MIXED,
        topics=("цена", "доставка\x00"),
        language="ru",
        urgency=Urgency.HIGH,
        needs_person=True,
        usage=Usage("small", 10, 5, 12),
    )

    change = Change(feedback=old, to=CLASSIFIED, because="read", classification=classification, redrafts=1)
    await stores.own.feedback.apply([change])

    new = await kept(stores)
    assert new.classification == classification
    assert (new.attempts, new.redrafts, new.revision, new.note) == (0, 1, old.revision + 1, "read")
    assert [one.id for one in await stores.own.feedback.claim(CLASSIFIED, 1, LEASE)] == [new.id]


async def test_what_a_change_does_not_bring_stays(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    draft = Draft("Спасибо\ud800!", DraftOrigin.MODEL, Usage("large", 100, 50))
    await stores.own.feedback.apply(
        [Change(feedback=await kept(stores), to=FeedbackStatus.HELD, because="asks", draft=draft)]
    )

    await move(stores, FeedbackStatus.HELD, because="asks again")

    assert (await kept(stores)).draft == draft


async def test_a_claim_given_back_waits_out_its_delay_and_keeps_its_state(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    (claimed,) = await stores.own.feedback.claim(COLLECTED, 1, LEASE)

    await _give_back(stores, "r1", timedelta(minutes=1))

    assert await stores.own.feedback.claim(COLLECTED, 1, LEASE) == []
    stores.clock.pass_by(timedelta(minutes=1))
    (again,) = await stores.own.feedback.claim(COLLECTED, 1, LEASE)
    assert (again.revision, again.attempts, again.note) == (claimed.revision, 2, claimed.note)


async def test_an_outage_is_not_counted_against_the_item(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    (claimed,) = await stores.own.feedback.claim(COLLECTED, 1, LEASE)

    await stores.own.feedback.apply([Change(feedback=claimed, to=None, because="model away", forgive=True)])

    assert (await kept(stores)).attempts == 0


async def test_a_transition_that_the_table_lacks_is_refused_and_nothing_is_applied(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("a"), review("b")], True)
    good = Change(feedback=await kept(stores, "a"), to=CLASSIFIED, because="read")
    bad = Change(feedback=await kept(stores, "b"), to=FeedbackStatus.ANSWERED, because="no")

    with pytest.raises(NotAllowed):
        await stores.own.feedback.apply([good, bad])

    assert (await kept(stores, "a")).status is COLLECTED


async def test_an_approval_makes_one_outbox_entry(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review(text="Ок\x00")], True)
    await move(stores, FeedbackStatus.HELD)
    held = await kept(stores)

    approval = Approval("Спасибо\x00!", Action.EDIT, "Было")
    await stores.own.feedback.apply(
        [Change(feedback=held, to=FeedbackStatus.APPROVED, because="yes", who="Олег", approve=approval)]
    )

    (dispatch,) = await stores.own.outbox.of(held.id)
    assert (dispatch.text, dispatch.action, dispatch.previous_text) == ("Спасибо\x00!", Action.EDIT, "Было")
    assert (dispatch.status, dispatch.ref.item_id) == (DispatchStatus.PENDING, "r1")


async def test_an_approval_without_an_outbox_entry_is_refused(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review()], True)
    held = await move(stores, FeedbackStatus.HELD)

    with pytest.raises(NotAllowed):
        await stores.own.feedback.apply([Change(feedback=held, to=FeedbackStatus.APPROVED, because="yes")])


async def test_an_approved_item_is_not_taken_back_beside_its_delivery(stores: Stores) -> None:
    one = await approved(stores)

    lost = await stores.own.feedback.apply([Change(feedback=one, to=FeedbackStatus.HELD, because="stop")])

    assert lost == [one.id]


async def test_waiting_lists_what_is_not_yet_in_delivery(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [review("a"), review("b"), review("c"), question("q")], True)
    await stores.own.feedback.record(stores.other_account, [review("d")], True)
    await move(stores, FeedbackStatus.HELD, "b")
    await move(stores, FeedbackStatus.SKIPPED, "c")

    found = await stores.own.feedback.waiting(stores.account, Kind.REVIEW)

    assert sorted(one.item.item_id for one in found) == ["a", "b"]


async def test_an_unknown_item_is_not_there(stores: Stores) -> None:
    assert await stores.own.feedback.by_item(stores.account, ItemId("nowhere")) is None
    assert await stores.own.feedback.get(FeedbackId(10**12)) is None


async def _give_back(stores: Stores, item: str, delay: timedelta) -> None:
    change = Change(feedback=await kept(stores, item), to=None, because="later", delay=delay)
    assert await stores.own.feedback.apply([change]) == []
