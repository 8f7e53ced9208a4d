"""The bounded backlog and the thread that empties it, with a sender that does as it is told."""

import threading
from collections.abc import Callable

import pytest

from feedback_service.logs.backlog import Backlog, Bounds, Line
from feedback_service.logs.shipper import Refused, Shipper, ShipperLimits

AT_ONCE = Bounds(lines=100, batch_lines=10, linger=0)
LIMITS = ShipperLimits(bounds=AT_ONCE, first_retry=0.001, last_retry=0.002, exit=2)


class Receiver:
    """A Sender that keeps what it is given; `mood` may raise or wait."""

    def __init__(self, mood: Callable[[], None] = lambda: None) -> None:
        self.mood = mood
        self.batches: list[list[str]] = []
        self.closed = threading.Event()

    def send(self, lines: list[Line], timeout: float) -> None:
        self.mood()
        self.batches.append([line.body.decode() for line in lines])

    def close(self) -> None:
        self.closed.set()

    @property
    def lines(self) -> list[str]:
        return [line for batch in self.batches for line in batch]


def bodies(lines: list[Line]) -> list[str]:
    return [line.body.decode() for line in lines]


def test_the_oldest_lines_make_room_and_are_counted() -> None:
    backlog = Backlog(Bounds(lines=3))

    for word in ("one", "two", "three", "four", "five"):
        backlog.put(word.encode())

    assert bodies(backlog.remaining()) == ["three", "four", "five"]
    assert backlog.count_dropped() == 2


def test_the_bytes_are_bounded_as_well_as_the_lines() -> None:
    backlog = Backlog(Bounds(bytes=10))

    for word in (b"aaaa", b"bbbb", b"cccc", b"d" * 11, b"eeee"):
        backlog.put(word)

    assert bodies(backlog.remaining()) == ["eeee"]
    assert backlog.count_dropped() == 4


def test_a_batch_is_bounded_by_lines_and_by_bytes() -> None:
    backlog = Backlog(Bounds(batch_lines=3, batch_bytes=8, linger=0))
    for word in (b"a", b"b", b"c", b"dddddddd", b"e"):
        backlog.put(word)

    batches = [bodies(backlog.take()) for _ in range(3)]

    assert batches == [["a", "b", "c"], ["dddddddd"], ["e"]]


def test_a_full_batch_does_not_wait_for_the_linger() -> None:
    backlog = Backlog(Bounds(batch_lines=2, linger=600))
    backlog.put(b"a")
    backlog.put(b"b")

    assert bodies(backlog.take()) == ["a", "b"]


def test_a_closed_backlog_gives_the_rest_and_then_nothing() -> None:
    backlog = Backlog(Bounds(linger=600))
    backlog.put(b"a")
    backlog.close()

    assert bodies(backlog.take()) == ["a"]
    assert backlog.take() == []


def test_all_lines_arrive_in_order_in_few_batches() -> None:
    receiver = Receiver()
    shipper = Shipper(receiver, LIMITS)

    for number in range(50):
        shipper.put(str(number).encode())
    undelivered = shipper.stop()

    assert receiver.lines == [str(number) for number in range(50)]
    assert undelivered == []
    assert receiver.closed.is_set()


def test_a_batch_that_failed_is_repeated_until_it_is_taken() -> None:
    failures = iter([ConnectionError("away"), TimeoutError("still away")])
    taken = threading.Event()

    def mood() -> None:
        if failure := next(failures, None):
            raise failure
        taken.set()

    receiver = Receiver(mood)
    shipper = Shipper(receiver, LIMITS)
    shipper.put(b"patient")
    arrived = taken.wait(10)
    shipper.stop()

    assert arrived
    assert receiver.lines == ["patient"]


def test_refused_lines_are_given_up_so_that_the_later_ones_pass(caplog: pytest.LogCaptureFixture) -> None:
    refusals = iter([Refused("no such field")])

    def mood() -> None:
        if refusal := next(refusals, None):
            raise refusal

    receiver = Receiver(mood)
    shipper = Shipper(receiver, ShipperLimits(bounds=Bounds(batch_lines=1)))
    shipper.put(b"bad")
    shipper.put(b"good")
    undelivered = shipper.stop()

    assert receiver.lines == ["good"]
    assert undelivered == []
    assert any("1 were dropped" in message for message in caplog.messages)


def test_one_outage_is_told_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    tries = iter(range(100))
    taken = threading.Event()

    def mood() -> None:
        if next(tries) < 5:
            raise ConnectionError("away")
        taken.set()

    shipper = Shipper(Receiver(mood), LIMITS)
    shipper.put(b"a")
    assert taken.wait(10)
    shipper.stop()

    assert [record.__dict__["action"] for record in caplog.records] == ["logs.away", "logs.back"]


def test_what_could_not_be_sent_at_the_end_is_handed_back() -> None:
    def mood() -> None:
        raise ConnectionError("away")

    shipper = Shipper(Receiver(mood), LIMITS)
    for word in (b"a", b"b", b"c"):
        shipper.put(word)

    assert sorted(bodies(shipper.stop())) == ["a", "b", "c"]


def test_a_hanging_receiver_is_given_up_after_the_limit() -> None:
    receiver = Receiver()
    receiver.mood = lambda: _hang_until(receiver.closed)
    shipper = Shipper(receiver, ShipperLimits(bounds=AT_ONCE, first_retry=5, exit=0.05))
    shipper.put(b"a")

    assert bodies(shipper.stop()) == ["a"]


def _hang_until(event: threading.Event) -> None:
    event.wait(30)
    raise ConnectionError("closed")
