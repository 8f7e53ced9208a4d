"""An account's past by its ways: the one that is read, and the other where that knows none or is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from feedback_service.domain.errors import FeedbackServiceError, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.ways import Ways
from feedback_service.ports.platform import HistoryPage, Span
from tests.support.bazaar import FakePlatform
from tests.support.clock import ManualClock
from tests.support.flow import WRITTEN, actions, review
from tests.support.past import ids, told

SPAN = Span(WRITTEN - timedelta(days=1), WRITTEN + timedelta(days=1))
NO = Unavailable("not available with existing subscription", "subscribe, or read in the cabinet")


@dataclass
class Archive(FakePlatform):
    """Three reviews, one on each page; `closes` comes instead of the page of that number."""

    closes: dict[int, FeedbackServiceError] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        self.begun.append(cursor)
        for number in range(int(cursor.removeprefix("page ") or 0) + 1, 4):
            if number in self.closes:
                raise self.closes[number]
            yield HistoryPage([review(f"r{number}")], f"page {number}", number / 3)


def ways(clock: ManualClock, api: FakePlatform, browser: FakePlatform | None = None) -> Ways:
    opened = {Way.API: api} if browser is None else {Way.API: api, Way.BROWSER: browser}
    return Ways("acme/main", Way.API, Way.API, opened, Closures())


async def test_the_way_that_is_read_is_taken_and_named_in_the_cursor(clock: ManualClock) -> None:
    api, browser = Archive(clock), Archive(clock)

    pages = await told(ways(clock, api, browser).history(Kind.REVIEW, SPAN))

    assert ids(pages) == ["r1", "r2", "r3"]
    assert [page.cursor for page in pages] == ["api:page 1", "api:page 2", "api:page 3"]
    assert browser.begun == []


async def test_a_way_that_knows_no_history_leaves_it_to_the_other(clock: ManualClock) -> None:
    pages = await told(ways(clock, FakePlatform(clock), Archive(clock)).history(Kind.REVIEW, SPAN))

    assert [page.cursor for page in pages] == ["browser:page 1", "browser:page 2", "browser:page 3"]


async def test_without_a_way_that_knows_a_history_a_person_hears_of_it(clock: ManualClock) -> None:
    account = ways(clock, FakePlatform(clock), FakePlatform(clock))

    with pytest.raises(Refused, match="acme/main: the history of Bazaar cannot be read by the api or the browser"):
        await told(account.history(Kind.REVIEW, SPAN))


async def test_a_way_that_closes_in_the_middle_is_said_and_the_other_begins_anew(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    api, browser = Archive(clock, closes={2: NO}), Archive(clock)

    pages = await told(ways(clock, api, browser).history(Kind.REVIEW, SPAN))

    assert ids(pages) == ["r1", "r1", "r2", "r3"]
    assert pages[1].cursor == "browser:page 1"
    assert actions(caplog.records) == ["way_closed"]


async def test_a_reading_goes_on_by_the_way_that_it_was_begun_by(clock: ManualClock) -> None:
    api, browser = Archive(clock), Archive(clock)

    pages = await told(ways(clock, api, browser).history(Kind.REVIEW, SPAN, "browser:page 2"))

    assert ids(pages) == ["r3"]
    assert (api.begun, browser.begun) == ([], ["page 2"])


@pytest.mark.parametrize("other", [None, FakePlatform])
async def test_where_that_way_is_gone_the_other_begins_anew(
    clock: ManualClock, other: type[FakePlatform] | None
) -> None:
    account = ways(clock, Archive(clock), other(clock) if other else None)

    assert ids(await told(account.history(Kind.REVIEW, SPAN, "browser:page 2"))) == ["r1", "r2", "r3"]


async def test_a_closed_way_without_another_history_is_heard(clock: ManualClock) -> None:
    account = ways(clock, Archive(clock, closes={1: NO}), FakePlatform(clock))

    with pytest.raises(Unavailable, match="existing subscription"):
        await told(account.history(Kind.REVIEW, SPAN))


async def test_an_outage_is_no_reason_to_take_the_other_way(clock: ManualClock) -> None:
    api, browser = Archive(clock, closes={2: Retryable("away")}), Archive(clock)
    got: list[HistoryPage] = []

    with pytest.raises(Retryable):
        await told(ways(clock, api, browser).history(Kind.REVIEW, SPAN), got)

    assert (ids(got), browser.begun) == (["r1"], [])


@pytest.mark.parametrize("cursor", ["page 2", "api:", "queue:page 2", "ftp:page 2"])
async def test_a_cursor_of_no_way_is_refused(clock: ManualClock, cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await told(ways(clock, Archive(clock)).history(Kind.REVIEW, SPAN, cursor))
