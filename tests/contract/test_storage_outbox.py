"""Deliveries from approval to confirmation or back: the same in memory and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Receipt
from feedback_service.domain.errors import LostRace, NotAllowed
from feedback_service.domain.feedback import FeedbackStatus, fingerprint
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.pauses import ENDED_BY, Pause, Pauser
from feedback_service.ports.storage import Outcome
from tests.support.stores import LEASE, Stores, approved, kept, review

PENDING = frozenset({DispatchStatus.PENDING})
IN_QUESTION = frozenset({DispatchStatus.SENT, DispatchStatus.IN_DOUBT})
WINDOW = timedelta(minutes=2)


async def test_an_approved_answer_is_claimed_once_per_lease(stores: Stores) -> None:
    await approved(stores)

    first = await _claim(stores)
    second = await _claim(stores)
    stores.clock.pass_by(LEASE)
    third = await _claim(stores)

    assert (len(first), len(second), len(third)) == (1, 0, 1)
    assert first[0].fingerprint == fingerprint(review())
    assert first == third


async def test_another_accounts_claim_does_not_see_it(stores: Stores) -> None:
    await approved(stores)

    assert await stores.own.outbox.claim(stores.other_account, PENDING, 10, LEASE) == []


async def test_beginning_counts_the_attempt_and_notes_the_moment(stores: Stores) -> None:
    await approved(stores)
    (pending,) = await _claim(stores)

    sending = await stores.own.outbox.begin(pending, WINDOW)

    assert sending == (await stores.own.outbox.of(pending.feedback_id))[0]
    assert (sending.status, sending.attempts, sending.sent_at) == (DispatchStatus.SENDING, 1, stores.clock.now())


async def test_only_one_of_two_senders_may_begin(stores: Stores) -> None:
    await approved(stores)
    (pending,) = await _claim(stores)
    await stores.own.outbox.begin(pending, WINDOW)

    with pytest.raises(LostRace):
        await stores.own.outbox.begin(pending, WINDOW)


async def test_an_entry_that_was_sent_and_came_back_meanwhile_is_another_one(stores: Stores) -> None:
    await approved(stores)
    (pending,) = await _claim(stores)
    sending = await stores.own.outbox.begin(pending, WINDOW)
    again = await _settle(stores, sending, DispatchStatus.PENDING, because="limit reached")

    with pytest.raises(LostRace):
        await stores.own.outbox.begin(pending, WINDOW)
    resent = await stores.own.outbox.begin(again, WINDOW)
    late = Outcome(dispatch=sending, to=DispatchStatus.SENT, because="accepted")

    assert await stores.own.outbox.settle([late]) == [sending.id]
    assert (resent.status, resent.attempts) == (DispatchStatus.SENDING, 2)


async def test_a_sender_that_does_not_come_back_leaves_doubt_and_never_a_second_write(stores: Stores) -> None:
    sending = await _sending(stores)
    stores.clock.pass_by(WINDOW - timedelta(seconds=1))

    too_early = await stores.own.outbox.abandon(stores.account)
    stores.clock.pass_by(timedelta(seconds=1))
    in_time = await stores.own.outbox.abandon(stores.account)

    assert (too_early, in_time) == (0, 1)
    assert await _claim(stores) == []
    (doubted,) = await stores.own.outbox.claim(stores.account, IN_QUESTION, 10, LEASE)
    assert (doubted.id, doubted.status, doubted.sent_at) == (sending.id, DispatchStatus.IN_DOUBT, sending.sent_at)


async def test_a_late_sender_finds_that_its_entry_was_given_up(stores: Stores) -> None:
    sending = await _sending(stores)
    stores.clock.pass_by(WINDOW)
    await stores.own.outbox.abandon(stores.account)

    sent = Outcome(dispatch=sending, to=DispatchStatus.SENT, because="accepted", receipt=Receipt(stores.clock.now()))

    assert await stores.own.outbox.settle([sent]) == [sending.id]


async def test_an_accepted_answer_is_looked_at_after_its_delay(stores: Stores) -> None:
    sending = await _sending(stores)

    await _settle(stores, sending, DispatchStatus.SENT, delay=timedelta(seconds=30))

    assert await stores.own.outbox.claim(stores.account, IN_QUESTION, 10, LEASE) == []
    stores.clock.pass_by(timedelta(seconds=30))
    (sent,) = await stores.own.outbox.claim(stores.account, IN_QUESTION, 10, LEASE)
    assert (sent.status, sent.looks, sent.attempts) == (DispatchStatus.SENT, 0, 1)


async def test_a_look_is_counted_unless_nothing_was_seen(stores: Stores) -> None:
    sending = await _sending(stores)
    sent = await _settle(stores, sending, DispatchStatus.SENT)

    await stores.own.outbox.settle([Outcome(dispatch=sent, to=None, because="not shown yet")])
    await stores.own.outbox.settle([Outcome(dispatch=sent, to=None, because="platform away", forgive=True)])

    (now,) = await stores.own.outbox.of(sent.feedback_id)
    assert (now.looks, now.status, now.revision) == (1, DispatchStatus.SENT, sent.revision)


async def test_a_confirmed_answer_settles_its_feedback_too(stores: Stores) -> None:
    sent = await _settle(stores, await _sending(stores), DispatchStatus.SENT)

    await _settle(stores, sent, DispatchStatus.CONFIRMED, feedback_to=FeedbackStatus.ANSWERED)

    assert (await kept(stores)).status is FeedbackStatus.ANSWERED
    assert await stores.own.outbox.claim(stores.account, LIVE_DISPATCH, 10, LEASE) == []


async def test_a_refused_answer_comes_before_a_person_with_its_reason_and_can_be_sent_again(stores: Stores) -> None:
    refused = await _settle(
        stores, await _sending(stores), DispatchStatus.REFUSED, feedback_to=FeedbackStatus.HELD, because="too rude"
    )

    feedback = await kept(stores)
    assert (feedback.status, feedback.note) == (FeedbackStatus.HELD, "too rude")
    await approved(stores)
    statuses = [one.status for one in await stores.own.outbox.of(refused.feedback_id)]
    assert statuses == [DispatchStatus.REFUSED, DispatchStatus.PENDING]


async def test_an_outcome_that_the_table_lacks_is_refused(stores: Stores) -> None:
    await approved(stores)
    (pending,) = await _claim(stores)

    with pytest.raises(NotAllowed):
        await stores.own.outbox.settle([Outcome(dispatch=pending, to=DispatchStatus.CONFIRMED, because="no")])


async def test_of_many_outcomes_only_the_stale_ones_are_lost(stores: Stores) -> None:
    for name in "abc":
        await approved(stores, name)
    claimed = await _claim(stores)
    begun = [await stores.own.outbox.begin(one, WINDOW) for one in claimed]
    await _settle(stores, begun[1], DispatchStatus.SENT)

    outcomes = [Outcome(dispatch=one, to=DispatchStatus.SENT, because="accepted") for one in begun]

    assert await stores.own.outbox.settle(outcomes) == [begun[1].id]


async def test_an_account_is_paused_once_and_resumed_once(stores: Stores) -> None:
    accounts = stores.own.accounts

    pauses = [await accounts.pause(stores.account, Pauser.READING, "token expired", None) for _ in range(2)]
    resumes = [await accounts.resume(stores.account, ENDED_BY[Pauser.READING]) for _ in range(2)]

    assert (pauses, resumes) == ([True, False], [True, False])


async def test_a_pause_is_ended_by_the_work_that_paused_and_gives_way_to_a_graver_one(stores: Stores) -> None:
    accounts, account = stores.own.accounts, stores.account

    assert await accounts.pause(account, Pauser.WRITING, "may only read", None)
    assert not await accounts.resume(account, ENDED_BY[Pauser.READING])
    assert not await accounts.pause(account, Pauser.PUBLISHERS, "nobody begins", None)
    stores.clock.pass_by(LEASE)
    assert await accounts.pause(account, Pauser.CABINET, "strange", None)
    stores.clock.pass_by(LEASE)
    assert not await accounts.pause(account, Pauser.CABINET, "stranger still", None)

    stores.clock.pass_by(LEASE)
    assert await accounts.paused(account) == Pause(Pauser.CABINET, "stranger still", lasted=2 * LEASE, silent=LEASE)
    assert not await accounts.resume(account, ENDED_BY[Pauser.WRITING])
    assert await accounts.resume(account, ENDED_BY[Pauser.CABINET])
    assert await accounts.paused(account) is None


async def _claim(stores: Stores) -> list[Dispatch]:
    return list(await stores.own.outbox.claim(stores.account, PENDING, 10, LEASE))


async def _sending(stores: Stores) -> Dispatch:
    await approved(stores)
    (pending,) = await _claim(stores)
    return await stores.own.outbox.begin(pending, WINDOW)


async def _settle(
    stores: Stores, dispatch: Dispatch, to: DispatchStatus, because: str = "said", **fields: object
) -> Dispatch:
    outcome = Outcome(dispatch=dispatch, to=to, because=because, **fields)  # type: ignore[arg-type]
    assert await stores.own.outbox.settle([outcome]) == []
    return next(one for one in await stores.own.outbox.of(dispatch.feedback_id) if one.id == dispatch.id)
