"""An account's ways: the one in use, and the other where that is not part of the subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.ways import Ways
from feedback_service.ports.platform import Fact
from feedback_service.ports.storage import ref
from tests.contract.memory_store import MemoryAccounts, MemoryStorage
from tests.support.bazaar import SPEC, FakePlatform, Fault
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, ACME, Flow, actions, question, review

HOUR = timedelta(hours=1)
SIGNED_IN = Fact("session", True, "signed in")
NO = Unavailable("not available with existing subscription", "subscribe, or read in the cabinet")


class Told(FakePlatform):
    """A platform whose check finds something."""

    async def check(self) -> Sequence[Fact]:
        return [SIGNED_IN]


class DeadAccounts(MemoryAccounts):
    """Those of a database that is away."""

    async def open_way(self, *_: object) -> bool:
        raise Retryable("the database is away")


@dataclass
class Pair:
    """One marketplace by its two ways, which show the same items."""

    clock: ManualClock
    api: FakePlatform = field(init=False)
    browser: FakePlatform = field(init=False)

    def __post_init__(self) -> None:
        self.store = MemoryStorage(self.clock)
        self.api = FakePlatform(self.clock)
        self.browser = FakePlatform(self.clock, items=self.api.items, answers=self.api.answers)

    store: MemoryStorage = field(init=False)

    def ways(self, *, only: bool = False) -> Ways:
        """As a new process opens them: what it knows of closed ways is in the store."""
        opened = {Way.API: self.api} if only else {Way.API: self.api, Way.BROWSER: self.browser}
        closures = Closures(ACCOUNT, self.store.for_supplier(ACME).accounts, self.clock)
        return Ways("acme/main", Way.API, Way.API, opened, closures)


async def sent(ways: Ways, clock: ManualClock, item: str = "r1") -> None:
    flow = Flow(clock)
    await flow.approved(review(item))
    await ways.publish(flow.dispatch(item))


@pytest.fixture
def pair(clock: ManualClock) -> Pair:
    return Pair(clock)


async def listed(ways: Ways, kind: Kind = Kind.REVIEW) -> list[str]:
    return [item.item_id async for page in ways.unanswered(kind) for item in page]


async def test_the_way_in_use_is_taken_while_it_is_open(pair: Pair):
    pair.api.show(review())
    ways = pair.ways()

    await ways.sight([ref(review())])

    assert await listed(ways) == ["r1"]
    assert (len(pair.api.sights), len(pair.browser.sights)) == (1, 0)


async def test_a_way_outside_the_subscription_is_said_once_and_the_other_taken(
    pair: Pair, caplog: pytest.LogCaptureFixture
):
    pair.api.show(review())
    pair.api.away.extend([NO])
    ways = pair.ways()

    first, second = await listed(ways), await listed(ways)

    assert (first, second) == (["r1"], ["r1"])
    assert actions(caplog.records) == ["way_closed"]
    assert "reading of reviews goes by the browser now" in caplog.text


async def test_what_is_closed_for_questions_stays_open_for_reviews(pair: Pair):
    pair.api.show(review(), question())
    pair.api.away.extend([NO])
    ways = pair.ways()

    assert await listed(ways, Kind.QUESTION) == ["q1"]
    await ways.sight([ref(review()), ref(question())])

    assert [one.kind for refs in pair.api.sights for one in refs] == [Kind.REVIEW]
    assert [one.kind for refs in pair.browser.sights for one in refs] == [Kind.QUESTION]


async def test_without_another_way_the_reason_is_heard_every_time(pair: Pair):
    pair.api.away.extend([NO, NO])
    ways = pair.ways(only=True)

    for _ in range(2):
        with pytest.raises(Unavailable, match="not available with existing subscription"):
            await listed(ways)


async def test_an_answer_that_the_api_may_not_write_leaves_by_the_browser_once(clock: ManualClock, pair: Pair):
    flow = Flow(clock)
    await flow.approved()
    dispatch = flow.dispatch()
    assert dispatch.status is DispatchStatus.PENDING
    pair.api.show(review())
    pair.api.faults.append(Fault(NO))

    await pair.ways().publish(dispatch)

    assert (len(pair.api.landed), len(pair.browser.landed)) == (0, 1)


async def test_a_closed_way_is_said_once_over_all_processes_and_its_return_once(
    pair: Pair, caplog: pytest.LogCaptureFixture
):
    pair.api.unreadable[Kind.REVIEW] = NO

    with caplog.at_level("INFO"):
        for _ in range(3):
            await listed(pair.ways())
            pair.clock.pass_by(HOUR)
        pair.api.unreadable.clear()
        for _ in range(2):
            await listed(pair.ways())

    assert actions(caplog.records) == ["way_closed", "way_open"]


async def test_a_closed_way_is_left_alone_for_an_hour_and_then_asked_again(pair: Pair):
    pair.api.show(review())
    pair.api.unreadable[Kind.REVIEW] = NO
    await pair.ways().sight([ref(review())])
    pair.api.unreadable.clear()

    pair.clock.pass_by(HOUR - timedelta(seconds=1))
    await pair.ways().sight([ref(review())])
    before = len(pair.api.sights)
    pair.clock.pass_by(timedelta(seconds=1))
    await pair.ways().sight([ref(review())])

    assert (before, len(pair.api.sights)) == (0, 1)


async def test_a_way_that_may_read_and_not_write_neither_opens_nor_closes_by_reading(
    pair: Pair, caplog: pytest.LogCaptureFixture
):
    pair.api.show(review())
    pair.api.unwritable[Kind.REVIEW] = NO
    ways = pair.ways()

    with caplog.at_level("INFO"):
        for item in ("r1", "r2", "r3"):
            await sent(ways, pair.clock, item)
            await ways.sight([ref(review())])
            pair.clock.pass_by(HOUR)

    assert [one for one in actions(caplog.records) if one.startswith("way")] == ["way_closed"]
    assert len(pair.api.sights) == 3
    assert len(pair.browser.landed) == 3


async def test_a_write_that_was_made_does_not_look_undone_because_the_database_is_away(pair: Pair):
    pair.api.unwritable[Kind.REVIEW] = NO
    ways = pair.ways()
    await sent(ways, pair.clock, "r1")
    pair.api.unwritable.clear()
    pair.clock.pass_by(HOUR)
    ways = replace(ways, closures=replace(ways.closures, accounts=DeadAccounts(pair.store), loaded=True))

    await sent(ways, pair.clock, "r2")

    assert [one.ref.item_id for one in pair.api.landed] == ["r2"]


async def test_the_strictest_windows_count_as_soon_as_answers_may_leave_by_the_other_way(pair: Pair):
    pair.browser.spec = replace(SPEC, batch=3, send_window=timedelta(minutes=9))
    ways = pair.ways()
    assert ways.spec == SPEC

    pair.api.unreadable[Kind.REVIEW] = NO
    await listed(ways)
    assert ways.spec == SPEC  # answers still leave by the API
    pair.api.unwritable[Kind.REVIEW] = NO
    await sent(ways, pair.clock)

    assert (ways.spec.batch, ways.spec.send_window) == (3, timedelta(minutes=9))
    later = pair.ways()
    await later.closures.load()
    assert later.spec == ways.spec


async def test_a_check_looks_at_the_other_way_as_soon_as_it_stands_in(pair: Pair):
    pair.browser = Told(pair.clock, items=pair.api.items, answers=pair.api.answers)
    ways = pair.ways()
    before = await ways.check()

    pair.api.unreadable[Kind.REVIEW] = NO
    await listed(ways)

    assert (before, await pair.ways().check()) == ([], [SIGNED_IN])


async def test_items_are_dismissed_by_a_way_that_knows_of_it(pair: Pair):
    ways = pair.ways()

    await ways.dismiss([ref(review())])

    assert (pair.api.dismissed, pair.browser.dismissed) == ([ref(review())], [])


async def test_a_kind_outside_the_subscription_leaves_the_other_kind_alone(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    flow = Flow(clock)
    flow.platform.show(review(), question())
    flow.platform.away.extend([NO, None, NO, None])  # questions are read first

    first = await flow.collect.step()
    await flow.collect.step()

    assert first.moved == 1
    assert flow.store.paused == {}
    assert [one for one in actions(caplog.records) if one == "kind_unavailable"] == ["kind_unavailable"]


async def test_an_account_of_which_nothing_can_be_read_is_paused(clock: ManualClock):
    flow = Flow(clock)
    flow.platform.away.extend([NO, NO])

    progress = await flow.collect.step()

    assert progress.failed == 1
    assert list(flow.store.paused.values()) == [str(NO)]
