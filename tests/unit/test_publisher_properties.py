"""What holds for a publisher whatever the queue brings and however its deliveries end."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.ports.queue import Foreign, Notice
from feedback_service.publisher.consume import AHEAD, RESTING
from tests.support.publishing import Content, Publishing, notice

Ends = list[float | BaseException]
ERRORS: list[Callable[[], BaseException]] = [
    lambda: Retryable("the page is down"),
    lambda: Retryable("slow down", retry_after=7.0),
    lambda: AccountFault("the session has run out", "sign in again"),
    lambda: Configuration("Chromium is missing"),
    lambda: ValueError("a defect"),
]
seconds = st.sampled_from([0.0, 1.0, 4.0, 25.0, 90.0])
ends = st.one_of(
    st.just([]),
    seconds.map(lambda one: [one]),
    st.tuples(seconds, st.sampled_from(ERRORS)).map(lambda both: [both[0], both[1]()]),
)


@dataclass(frozen=True)
class Day:
    """What happens to one publisher: what is posted in which second, how deliveries end, and when it is stopped."""

    slots: int
    drain_seconds: float
    posts: list[tuple[int, Content]]
    script: dict[int, Ends]
    away: tuple[int, int]
    stops_at: int


@st.composite
def days(draw: st.DrawFn) -> Day:
    posts: list[tuple[int, Content]] = []
    script: dict[int, Ends] = {}
    moments = draw(st.lists(st.integers(0, 40), max_size=25).map(sorted))
    for number, moment in enumerate(moments, start=1):
        if draw(st.integers(0, 9)) == 0:
            posts.append((moment, Foreign("no JSON")))
            continue
        expires = draw(st.sampled_from([86_400.0, 86_400.0, 30.0]))
        posts.append((moment, notice(number, draw(st.integers(1, 4)), expires)))
        script[number] = draw(ends)
    begin = draw(st.integers(0, 80))
    return Day(
        slots=draw(st.integers(1, 3)),
        drain_seconds=draw(st.sampled_from([3.0, 200.0])),  # a reception that is under way takes 2
        posts=posts,
        script=script,
        away=(begin, begin + draw(st.sampled_from([0, 0, 5]))),
        stops_at=draw(st.integers(0, 120)),
    )


async def lived(day: Day) -> Publishing:
    """The publisher after that day."""
    async with Publishing(day.slots, day.drain_seconds) as publishing:
        publishing.work.script = dict(day.script)
        for moment in range(day.stops_at):
            for posted_at, content in day.posts:
                if posted_at == moment:
                    publishing.broker.post(content)
            if moment in day.away:
                publishing.broker.lose(Retryable("unreachable") if moment == day.away[0] != day.away[1] else None)
            await publishing.settle()
            await publishing.tick(1)
        publishing.broker.lose(None)
    return publishing


@settings(max_examples=80, deadline=None)
@given(days())
def test_every_message_ends_once_and_in_time_and_no_account_is_served_twice_at_once(day: Day) -> None:
    publishing = asyncio.run(lived(day))

    assert publishing.work.wrongs == publishing.broker.wrongs == []
    assert all(len(one.ends) == 1 for one in publishing.broker.handed)
    assert publishing.consumer.held == 0
    assert publishing.work.most_at_once <= day.slots
    assert publishing.broker.most_held <= day.slots * AHEAD * (1 + RESTING)


@settings(max_examples=80, deadline=None)
@given(days())
def test_an_accounts_notices_are_begun_in_the_order_in_which_they_came(day: Day) -> None:
    publishing = asyncio.run(lived(day))

    came: dict[int, list[int]] = defaultdict(list)
    for one in publishing.broker.handed:
        if isinstance(one.content, Notice):
            came[one.content.account].append(one.content.dispatch)
    for account, begun in publishing.by_account().items():
        rest = iter(came[account])
        assert all(dispatch in rest for dispatch in begun), f"{begun} is not in the order of {came[account]}"


@settings(max_examples=50, deadline=None)
@given(days())
def test_what_is_not_ours_is_buried_and_what_is_ours_is_not_unless_it_keeps_failing(day: Day) -> None:
    publishing = asyncio.run(lived(day))

    for one in publishing.broker.handed:
        if isinstance(one.content, Foreign):
            assert one.ends[0] in {"buried", "given back"}  # given back where it came after the stop
        else:
            assert one.ends[0] in {"done", "given back"}
