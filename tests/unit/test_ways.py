"""An account's ways: the one in use, and the other where that is not part of the subscription."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.ways import Ways
from feedback_service.ports.storage import ref
from tests.support.bazaar import FakePlatform, Fault
from tests.support.clock import ManualClock
from tests.support.flow import Flow, actions, question, review

NO = Unavailable("not available with existing subscription", "subscribe, or read in the cabinet")


@dataclass
class Pair:
    """One marketplace by its two ways, which show the same items."""

    clock: ManualClock
    api: FakePlatform = field(init=False)
    browser: FakePlatform = field(init=False)

    def __post_init__(self) -> None:
        self.api = FakePlatform(self.clock)
        self.browser = FakePlatform(self.clock, items=self.api.items, answers=self.api.answers)

    def ways(self, *, only: bool = False) -> Ways:
        opened = {Way.API: self.api} if only else {Way.API: self.api, Way.BROWSER: self.browser}
        return Ways("acme/main", Way.API, Way.API, opened)


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
