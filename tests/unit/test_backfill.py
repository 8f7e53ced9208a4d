"""A history is read to its end though it breaks off on the way, and nothing of it twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.pipeline.backfill import PATIENCE, Backfill
from feedback_service.ports.backfill import Course, Remembered
from feedback_service.ports.platform import HistoryPage, Span
from tests.support.flow import review
from tests.support.sandbox import HandClock

ACCOUNT = AccountId(1)
SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


@dataclass
class Archive:
    """Three pages, whose cursors are their numbers; `troubles` come instead of a page, each once, by its number."""

    troubles: dict[int, list[FeedbackServiceError]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        self.asked.append(cursor)
        for number in range(int(cursor or 0) + 1, 4):
            if troubles := self.troubles.get(number):
                raise troubles.pop(0)
            yield HistoryPage([_item(f"{number}a", number), _item(f"{number}b", number)], str(number), number / 3)


@dataclass
class Shelf:
    """Fulfils Memory and Backfills."""

    items: list[ItemId] = field(default_factory=list)
    courses: dict[Kind, Course] = field(default_factory=dict)

    async def remember(self, account: AccountId, items: Sequence[Item], *, take: bool) -> Remembered:
        fresh = [one.item_id for one in items if one.item_id not in self.items]
        self.items += fresh
        return Remembered(kept=len(fresh), known=len(items) - len(fresh))

    async def course(self, account: AccountId, kind: Kind) -> Course | None:
        return self.courses.get(kind)

    async def save(self, course: Course) -> None:
        self.courses[course.kind] = course


def _item(name: str, days: int) -> Item:
    return review(name, created_at=SPAN.since + timedelta(days=days))


def backfill(archive: Archive, shelf: Shelf, clock: HandClock) -> Backfill:
    return Backfill(historian=archive, memory=shelf, backfills=shelf, clock=clock)


async def read(job: Backfill, **more: bool) -> list[Course]:
    course = await job.begun(ACCOUNT, Kind.REVIEW, SPAN, **more)
    return [course async for course in job.run(course)]


async def test_a_history_is_read_page_by_page_to_its_end() -> None:
    archive, shelf, clock = Archive(), Shelf(), HandClock()

    courses = await read(backfill(archive, shelf, clock))

    assert [round(one.share, 2) for one in courses] == [0.33, 0.67, 1.0, 1.0]
    assert (courses[-1].total, courses[-1].ended_at) == (Remembered(kept=6), clock.now())
    assert shelf.items == ["1a", "1b", "2a", "2b", "3a", "3b"]


async def test_a_reading_that_a_person_breaks_off_goes_on_where_it_stopped() -> None:
    archive, shelf, clock = Archive(troubles={3: [AccountFault("the token is gone", "renew it")]}), Shelf(), HandClock()
    with pytest.raises(AccountFault):
        await read(backfill(archive, shelf, clock))

    courses = await read(backfill(archive, shelf, clock))

    assert archive.asked == ["", "2"]
    assert courses[-1].total == Remembered(kept=6)


@pytest.mark.parametrize(("later", "asked"), [(timedelta(minutes=5), ["", "2"]), (timedelta(days=1), ["", ""])])
async def test_as_many_days_ago_is_the_same_beginning_a_little_later(later: timedelta, asked: list[str]) -> None:
    archive, shelf, clock = Archive(troubles={3: [AccountFault("gone", "renew it")]}), Shelf(), HandClock()
    with pytest.raises(AccountFault):
        await read(backfill(archive, shelf, clock))
    job = backfill(archive, shelf, clock)

    course = await job.begun(ACCOUNT, Kind.REVIEW, Span(SPAN.since + later, SPAN.until + later))
    async for _ in job.run(course):
        pass

    assert archive.asked == asked


async def test_a_short_outage_is_waited_for_without_asking_for_a_page_twice() -> None:
    archive, shelf, clock = Archive(troubles={2: [Retryable("away", 40)]}), Shelf(), HandClock()

    courses = await read(backfill(archive, shelf, clock))

    assert (archive.asked, clock.slept) == (["", "1"], [40])
    assert courses[-1].total == Remembered(kept=6)


async def test_an_outage_without_end_is_told() -> None:
    archive = Archive(troubles={2: [Retryable("away") for _ in range(PATIENCE)]})
    shelf = Shelf()

    with pytest.raises(Retryable):
        await read(backfill(archive, shelf, HandClock()))

    assert shelf.courses[Kind.REVIEW].cursor == "1"


async def test_a_reading_that_begins_anew_after_each_failure_ends() -> None:
    @dataclass
    class Forgetful(Archive):
        async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
            self.asked.append(cursor)
            yield HistoryPage([_item("1a", 1)], "1", 0.3)
            raise Retryable("the place is too old")

    archive = Forgetful()

    with pytest.raises(Retryable):
        await read(backfill(archive, Shelf(), HandClock()))

    assert len(archive.asked) == PATIENCE


async def test_what_an_earlier_reading_left_is_read_again_where_it_is_to_be_taken_now() -> None:
    shelf, clock = Shelf(), HandClock()
    part = Course(account=ACCOUNT, kind=Kind.REVIEW, span=SPAN, cursor="2", share=0.6)
    job = replace(backfill(Archive(), shelf, clock), take=True)

    begun = []
    for left in (0, 3):
        await shelf.save(replace(part, total=Remembered(kept=1, left=left)))
        begun.append((await job.begun(ACCOUNT, Kind.REVIEW, SPAN)).cursor)

    assert begun == ["2", ""]


async def test_a_reading_of_less_goes_on_from_no_reading_of_more() -> None:
    shelf = Shelf()
    await shelf.save(Course(account=ACCOUNT, kind=Kind.REVIEW, span=SPAN, cursor="2"))
    job = backfill(Archive(), shelf, HandClock())

    course = await job.begun(ACCOUNT, Kind.REVIEW, Span(SPAN.since, SPAN.until - timedelta(days=20)))

    assert course.cursor == ""


async def test_a_history_that_was_read_whole_is_read_again_from_the_start() -> None:
    archive, shelf, clock = Archive(), Shelf(), HandClock()
    await read(backfill(archive, shelf, clock))

    courses = await read(backfill(archive, shelf, clock))

    assert courses[-1].total == Remembered(known=6)


async def test_a_person_may_begin_anew() -> None:
    archive, shelf, clock = Archive(troubles={3: [AccountFault("gone", "renew it")]}), Shelf(), HandClock()
    with pytest.raises(AccountFault):
        await read(backfill(archive, shelf, clock))

    await read(backfill(archive, shelf, clock), anew=True)

    assert archive.asked == ["", ""]


async def test_what_lies_outside_of_the_span_is_left_out() -> None:
    archive, shelf, clock = Archive(), Shelf(), HandClock()
    job = backfill(archive, shelf, clock)
    narrow = Span(SPAN.since + timedelta(days=2), SPAN.since + timedelta(days=3))

    async for _ in job.run(await job.begun(ACCOUNT, Kind.REVIEW, narrow)):
        pass

    assert shelf.items == ["2a", "2b"]
