"""The throttle against a model of the server's token bucket, with a network that delays each request differently."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import Retryable
from feedback_service.transports.throttle import Budget, Throttle

WILDBERRIES = Budget(3.0, 6)
HOURLY = Budget(5 / 3600, 1)
FOREVER = 1e9


@dataclass
class EventClock:
    """Time that passes only by sleeping, and on its way runs what was planned."""

    time: float = 0.0
    plans: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        end = self.time + seconds
        while self.plans and self.plans[0][0] <= end:
            self.time, _, plan = heapq.heappop(self.plans)
            plan()
        self.time = max(self.time, end)

    def plan(self, delay: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.plans, (self.time + delay, next(self.numbers), what))


@dataclass
class Server:
    """The platform's bucket as described: a request takes a token or is refused with 429."""

    clock: EventClock
    budget: Budget
    level: float
    at: float = 0.0
    served: int = 0
    refused: int = 0

    def take(self) -> tuple[int | None, float]:
        """What is left after this request, or None and the seconds until the next token."""
        grown = self.level + (self.clock.time - self.at) * self.budget.per_second
        self.level, self.at = min(float(self.budget.burst), grown), self.clock.time
        if self.level < 1 - 1e-9:
            self.refused += 1
            return None, (1 - self.level) / self.budget.per_second
        self.level -= 1
        self.served += 1
        return int(self.level + 1e-9), 0.0


@dataclass
class Network:
    """Carries a request to the server and its answer back to the throttle."""

    clock: EventClock
    server: Server
    throttle: Throttle

    def send(self, there: float, back: float) -> None:
        def arrive() -> None:
            left, wait = self.server.take()
            feed = self.throttle.synchronise if left is not None else self.throttle.penalise
            self.clock.plan(back, lambda: feed(left if left is not None else wait))

        self.clock.plan(there, arrive)


def network(budget: Budget, level: float) -> Network:
    clock = EventClock()
    return Network(clock, Server(clock, budget, level), Throttle(budget, clock))


async def send_all(net: Network, delays: list[tuple[float, float]]) -> float:
    """One request per delay as fast as the throttle allows; returns when the last one was sent."""
    for there, back in delays:
        await net.throttle.acquire(FOREVER)
        net.send(there, back)
    sent_at = net.clock.time
    await net.clock.sleep(10)
    return sent_at


def delays(seed: int, worst: float, count: int) -> list[tuple[float, float]]:
    """Seconds that each request takes to the server, and its answer back."""
    drawn = random.Random(seed)
    return [(drawn.uniform(0, worst), drawn.uniform(0, worst)) for _ in range(count)]


seeds = st.integers(0, 10**6)
worst_delays = st.floats(0.0, 0.3)


@settings(max_examples=150, deadline=None)
@given(seeds, worst_delays, st.floats(1.0, 6.0))
async def test_a_backlog_uses_the_limit_and_is_never_refused(seed: int, worst: float, level: float) -> None:
    net = network(WILDBERRIES, level)

    seconds = await send_all(net, delays(seed, worst, 100))

    assert net.server.refused == 0
    assert 100 / (WILDBERRIES.per_second * seconds) >= 0.95


@settings(max_examples=150, deadline=None)
@given(seeds, worst_delays)
async def test_bursts_after_a_rest_are_never_refused(seed: int, worst: float) -> None:
    net = network(WILDBERRIES, 6.0)

    for round_ in range(8):
        await send_all(net, delays(seed + round_, worst, 12))

    assert net.server.refused == 0


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(0.0, 5.0))
async def test_five_requests_an_hour_are_never_refused(seed: int, worst: float) -> None:
    net = network(HOURLY, 1.0)

    seconds = await send_all(net, delays(seed, worst, 10))

    assert net.server.refused == 0
    assert (10 - 1) / (HOURLY.per_second * seconds) >= 0.95


async def test_another_user_of_the_same_budget_slows_us_down_without_a_storm_of_refusals() -> None:
    net = network(WILDBERRIES, 6.0)

    def other() -> None:
        net.server.take()
        net.clock.plan(0.5, other)

    other()
    await send_all(net, [(0.05, 0.05)] * 200)

    assert net.server.served >= 3 * net.clock.time * 0.9
    assert net.server.refused <= net.server.served * 0.2


async def test_a_full_server_is_known_from_its_first_answer() -> None:
    clock = EventClock()
    throttle = Throttle(WILDBERRIES, clock)
    await throttle.acquire(FOREVER)

    throttle.synchronise(5)
    for _ in range(4):
        await throttle.acquire(FOREVER)

    assert clock.time == 0.0


async def test_a_refusal_closes_the_bucket_for_as_long_as_the_server_says() -> None:
    clock = EventClock()
    throttle = Throttle(WILDBERRIES, clock)

    throttle.penalise(20)
    await throttle.acquire(FOREVER)

    assert clock.time == pytest.approx(20)


async def test_a_shorter_penalty_does_not_lift_a_longer_one() -> None:
    clock = EventClock()
    throttle = Throttle(WILDBERRIES, clock)

    throttle.penalise(20)
    throttle.penalise(1)
    await throttle.acquire(FOREVER)

    assert clock.time == pytest.approx(20)


async def test_a_wait_beyond_patience_is_refused_at_once_and_takes_nothing() -> None:
    clock = EventClock()
    throttle = Throttle(HOURLY, clock)
    await throttle.acquire(1)

    with pytest.raises(Retryable) as caught:
        await throttle.acquire(30)
    await clock.sleep(caught.value.retry_after or 0)
    await throttle.acquire(0.001)

    assert clock.time == pytest.approx(720, rel=0.02)


class GateClock(EventClock):
    """Time moved by hand; sleepers wake in the order of their time."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = 0

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self.plan(seconds, lambda: None if woken.done() else woken.set_result(None))
        await woken

    async def advance(self, seconds: float) -> None:
        end = self.time + seconds
        await settle()
        while self.plans and self.plans[0][0] <= end:
            self.time, _, plan = heapq.heappop(self.plans)
            plan()
            await settle()
        self.time = end


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_waiters_are_served_in_their_order_and_a_cancelled_one_takes_nothing() -> None:
    clock = GateClock()
    throttle = Throttle(Budget(1.0, 2), clock)
    served: list[tuple[int, float]] = []

    async def wait(number: int) -> None:
        await throttle.acquire(FOREVER)
        served.append((number, round(clock.time, 3)))

    tasks = [asyncio.create_task(wait(number)) for number in range(5)]
    await settle()
    tasks[1].cancel()
    tasks[3].cancel()
    await clock.advance(10)
    await asyncio.gather(*tasks, return_exceptions=True)

    assert served == [(0, 0.0), (2, 2.0), (4, 3.0)]


async def test_the_queue_ahead_counts_towards_patience() -> None:
    clock = GateClock()
    throttle = Throttle(Budget(1.0, 2), clock)
    tasks = [asyncio.create_task(throttle.acquire(FOREVER)) for _ in range(5)]
    await settle()

    with pytest.raises(Retryable):
        await throttle.acquire(3)

    await clock.advance(10)
    await asyncio.gather(*tasks)
