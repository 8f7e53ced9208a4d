"""What people may look at, over a small and known history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus, Receipt
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import AccountKey, FeedbackId, PlatformKey
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.reply import Classification, Draft, DraftOrigin, Sentiment, Usage
from feedback_service.ports.storage import Approval, Change, Outcome
from feedback_service.ports.views import Count, Filter, HistoryStep, Overdue, Standing, UsageSum
from feedback_service.storage import Database
from tests.support.clock import ManualClock
from tests.support.stores import ACME, LEASE, WRITTEN, Stores, approved, kept, move, postgres_stores, question, review

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    stores: Stores
    database: Database


@pytest.fixture
async def scene(database_url: str, clock: ManualClock) -> AsyncIterator[Scene]:
    async with postgres_stores(database_url, clock) as (stores, database):
        page = [
            review("r1", "Кружка 100% керамика", rating=5, author="Вера"),
            review("r2", "РАЗБИЛАСЬ\x00", rating=1, created_at=WRITTEN + DAY),
            question("q1", created_at=WRITTEN + 2 * DAY),
        ]
        await stores.own.feedback.record(stores.account, page, True)
        await stores.own.feedback.record(stores.other_account, [review("r3", rating=3)], True)
        yield Scene(stores, database)


@pytest.mark.parametrize(
    ("wanted", "items"),
    [
        (Filter(), ["r3", "q1", "r2", "r1"]),
        (Filter(limit=2), ["r3", "q1"]),
        (Filter(limit=2, offset=2), ["r2", "r1"]),
        (Filter(supplier=ACME, account=AccountKey("second")), ["r3"]),
        (Filter(platform=PlatformKey("ozon")), []),
        (Filter(kind=Kind.QUESTION), ["q1"]),
        (Filter(rating_from=2), ["r3", "r1"]),
        (Filter(rating_to=3), ["r3", "r2"]),
        (Filter(text="разбилась"), ["r2"]),
        (Filter(text="100%"), ["r1"]),
        (Filter(text="%"), ["r1"]),
        (Filter(text="\x00"), ["r2"]),
        (Filter(text="вера"), ["r1"]),
        (Filter(since=WRITTEN + DAY), ["q1", "r2"]),
        (Filter(until=WRITTEN + DAY), ["r3", "r1"]),
        (Filter(statuses=frozenset({FeedbackStatus.HELD})), []),
        (Filter(statuses=frozenset({FeedbackStatus.COLLECTED}), rating_to=1), ["r2"]),
    ],
)
async def test_a_list_shows_what_its_filter_lets_through(scene: Scene, wanted: Filter, items: list[str]) -> None:
    found = await scene.database.views.list(wanted)

    assert [one.feedback.item.item_id for one in found] == items


async def test_a_count_knows_no_pages(scene: Scene) -> None:
    assert await scene.database.views.count(Filter(limit=1, rating_from=1)) == 3


async def test_a_list_names_supplier_account_and_moments(scene: Scene) -> None:
    (found,) = await scene.database.views.list(Filter(account=AccountKey("second")))

    assert (found.feedback.supplier, found.account) == (ACME, "second")
    assert found.collected_at == found.changed_at == scene.stores.clock.now()


async def test_a_story_tells_everything_in_order(scene: Scene) -> None:
    feedback_id = await _answer(scene.stores, "r1")

    story = await scene.database.views.story(feedback_id)

    assert story is not None
    at = scene.stores.clock.now()
    assert story.steps == (
        HistoryStep(at, "", "collected", "collected", "service"),
        HistoryStep(at, "collected", "classified", "read", "service"),
        HistoryStep(at, "classified", "held", "asks", "service"),
        HistoryStep(
            at,
            "held",
            "approved",
            "yes\x00",
            "Олег",
        ),
        HistoryStep(at, "approved", "answered", "shown", "service"),
    )
    (delivery,) = story.dispatches
    assert delivery.receipt == Receipt(at, "answer-7")
    assert [(step.old, step.new) for step in delivery.steps] == [
        ("", "pending"),
        ("pending", "sending"),
        ("sending", "sent"),
        ("sent", "confirmed"),
    ]
    assert delivery.dispatch.status is DispatchStatus.CONFIRMED
    assert story.usage == (
        UsageSum(ACME, "classification", "small", 1, 10, 5, 12),
        UsageSum(ACME, "draft", "large", 1, 100, 50, 700),
    )


async def test_an_unknown_story_is_not_told(scene: Scene) -> None:
    assert await scene.database.views.story(FeedbackId(10**9)) is None


async def test_progress_counts_by_account_and_status(scene: Scene) -> None:
    await move(scene.stores, FeedbackStatus.HELD, "r2")

    progress = await scene.database.views.progress()

    wb = PlatformKey("wildberries")
    assert progress == [
        Count(ACME, wb, AccountKey("first"), FeedbackStatus.COLLECTED, 2),
        Count(ACME, wb, AccountKey("first"), FeedbackStatus.HELD, 1),
        Count(ACME, wb, AccountKey("second"), FeedbackStatus.COLLECTED, 1),
    ]


async def test_standings_name_every_item(scene: Scene) -> None:
    standings = await scene.database.views.standings()

    assert len(standings) == 4
    r1 = review("r1").item_id
    first = Standing(ACME, PlatformKey("wildberries"), AccountKey("first"), r1, FeedbackStatus.COLLECTED)
    assert standings[0] == first


async def test_totals_count_feedback_and_dispatches(scene: Scene) -> None:
    await _answer(scene.stores, "r1")

    totals = await scene.database.views.totals()

    assert totals.feedback == {FeedbackStatus.ANSWERED: 1, FeedbackStatus.COLLECTED: 3}
    assert totals.dispatches == {DispatchStatus.CONFIRMED: 1}


async def test_a_paused_account_shows_its_reason(scene: Scene) -> None:
    await scene.stores.own.accounts.pause(scene.stores.account, Pauser.READING, "token expired", timedelta(hours=1))

    first, second = await scene.database.views.accounts()

    now = scene.stores.clock.now()
    assert (first.paused_at, first.paused_until) == (now, now + timedelta(hours=1))
    assert (first.paused_reason, second.paused_reason, second.paused_at) == ("token expired", "", None)


async def test_usage_counts_every_draft_that_was_made_also_those_replaced(scene: Scene) -> None:
    await move(scene.stores, FeedbackStatus.CLASSIFIED, "r1")
    for text in ("first", "second"):
        await _draft(scene.stores, text)
        scene.stores.clock.pass_by(DAY)

    usage = await scene.database.views.usage()
    recent = await scene.database.views.usage(since=scene.stores.clock.now() - DAY)

    assert usage == [UsageSum(ACME, "draft", "large", 2, 200, 100, 1400)]
    assert recent == [UsageSum(ACME, "draft", "large", 1, 100, 50, 700)]


async def _draft(stores: Stores, text: str) -> None:
    draft = Draft(text, DraftOrigin.MODEL, Usage("large", 100, 50, 700))
    drafted = Change(feedback=await kept(stores), to=FeedbackStatus.DRAFTED, because="drafted", draft=draft)
    assert await stores.own.feedback.apply([drafted]) == []
    await move(stores, FeedbackStatus.CLASSIFIED)


async def _answer(stores: Stores, item: str) -> FeedbackId:
    """All the way to an answer that is shown."""
    classification = Classification(sentiment=Sentiment.POSITIVE, usage=Usage("small", 10, 5, 12))
    draft = Draft("Спасибо!", DraftOrigin.MODEL, Usage("large", 100, 50, 700))
    apply = stores.own.feedback.apply
    collected = await kept(stores, item)
    await apply(
        [Change(feedback=collected, to=FeedbackStatus.CLASSIFIED, because="read", classification=classification)]
    )
    await apply([Change(feedback=await kept(stores, item), to=FeedbackStatus.HELD, because="asks", draft=draft)])
    approve = Approval(draft.text)
    held = await kept(stores, item)
    await apply([Change(feedback=held, to=FeedbackStatus.APPROVED, because="yes\x00", who="Олег", approve=approve)])
    outbox = stores.own.outbox
    (pending,) = await outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE)
    sending = await outbox.begin(pending, LEASE)
    receipt = Receipt(stores.clock.now(), "answer-7")
    await outbox.settle([Outcome(dispatch=sending, to=DispatchStatus.SENT, because="accepted", receipt=receipt)])
    (sent,) = await outbox.of(held.id)
    await outbox.settle(
        [
            Outcome(
                dispatch=sent,
                to=DispatchStatus.CONFIRMED,
                because="shown",
                feedback_to=FeedbackStatus.ANSWERED,
            )
        ]
    )
    return held.id


async def test_answers_that_nobody_begins_are_counted_by_account_once_they_are_late(scene: Scene) -> None:
    stores, views = scene.stores, scene.database.views
    half_an_hour = timedelta(minutes=30)
    begin = stores.clock.now()
    for item in ("r1", "r2", "q1"):
        await approved(stores, item)
    pending = frozenset({DispatchStatus.PENDING})
    first, second, third = await stores.own.outbox.claim(stores.account, pending, 3, timedelta(minutes=10))
    await stores.own.outbox.begin(first, LEASE)
    put_off = Outcome(dispatch=second, to=None, because="the platform asks for an hour", delay=timedelta(hours=1))
    await stores.own.outbox.settle([put_off])

    early = await views.overdue(begin + timedelta(minutes=29), half_an_hour)
    (late,) = await views.overdue(begin + half_an_hour, half_an_hour)

    assert early == []
    assert late == Overdue(
        supplier=ACME,
        account=AccountKey("first"),
        platform=PlatformKey("wildberries"),
        delivery=None,
        count=1,
        since=begin,
        paused_reason="",
    )
    assert third.status is DispatchStatus.PENDING


async def test_what_a_publisher_has_looked_at_is_not_waiting_for_one(scene: Scene) -> None:
    stores, begin = scene.stores, scene.stores.clock.now()
    await approved(stores)
    (pending,) = await stores.own.outbox.claim(stores.account, frozenset({DispatchStatus.PENDING}), 1, LEASE)
    await stores.own.outbox.settle([Outcome(dispatch=pending, to=None, because="the platform moderates an answer")])

    assert await scene.database.views.overdue(begin + DAY, timedelta(minutes=30)) == []
