"""A subscription's rules, by a clock of plain numbers: order, deadlines, backoff, dead letters."""

from __future__ import annotations

from feedback_service.sandbox.pubsub.backlog import Backlog, Entry, Stored, Terms


def backlog(*keys: str, terms: Terms | None = None) -> Backlog:
    """Messages named by their key and place: "a", "a", "b" become a0, a1, b2."""
    made = Backlog(terms or Terms(deadline=10))
    for number, key in enumerate(keys):
        made.add(Stored(str(number), key, f"{key}{number}".encode(), {}, 0.0))
    return made


def names(entries: list[Entry]) -> list[str]:
    return [entry.message.body.decode() for entry in entries]


def test_while_a_message_of_a_key_is_out_later_ones_of_that_key_wait() -> None:
    box = backlog("a", "a", "b", "a")

    first, others, nothing = box.take(1, 0), box.take(9, 0), box.take(9, 0)
    box.acknowledge(first[0].ack_id)

    assert (names(first), names(others), nothing) == (["a0"], ["b2"], [])
    assert names(box.take(9, 1)) == ["a1", "a3"]


def test_messages_without_a_key_wait_for_nobody() -> None:
    box = backlog("", "", "")

    assert [names(box.take(1, 0)) for _ in range(4)] == [["0"], ["1"], ["2"], []]


def test_without_ordering_keys_do_not_count() -> None:
    box = backlog("a", "a", terms=Terms(ordered=False))

    assert [names(box.take(1, 0)), names(box.take(1, 0))] == [["a0"], ["a1"]]


def test_keys_take_turns() -> None:
    box = backlog("a", "a", "b", "b")
    order = []
    while taken := box.take(1, 0):
        box.acknowledge(taken[0].ack_id)
        order += names(taken)

    assert order == ["a0", "b2", "a1", "b3"]


def test_a_message_given_back_comes_again_before_what_follows_it() -> None:
    box = backlog("a", "a", "a")
    first = box.take(3, 0)[0]

    box.keep(first.ack_id, 0, 1)
    again = box.take(3, 1)

    assert names(again) == ["a0", "a1", "a2"]
    assert [entry.attempts for entry in again] == [2, 2, 2]


def test_an_earlier_message_that_is_still_out_holds_back_what_was_given_back() -> None:
    box = backlog("a", "a")
    first, second = box.take(2, 0)

    box.keep(second.ack_id, 0, 1)
    meanwhile = box.take(2, 1)
    box.acknowledge(first.ack_id)

    assert meanwhile == []
    assert names(box.take(2, 1)) == ["a1"]


def test_a_message_comes_again_when_its_deadline_has_passed_and_not_before() -> None:
    box = backlog("a")
    [message] = box.take(1, 0)
    box.keep(message.ack_id, 10, 8)

    assert box.take(1, 17.9) == []
    assert box.next_event() == 18
    assert names(box.take(1, 18)) == ["a0"]


def test_an_old_acknowledgement_counts_until_the_message_is_out_again() -> None:
    early, late = backlog("a"), backlog("a")
    for box, moments in ((early, (11,)), (late, (11, 12))):
        old = box.take(1, 0)[0].ack_id
        box.expire(moments[0])
        if box is late:
            box.take(1, moments[1])
        box.acknowledge(old)

    assert (len(early), len(late)) == (0, 1)


def test_an_unknown_acknowledgement_does_nothing() -> None:
    box = backlog("a")

    for ack_id in ("", "junk", "1-0-0", "99-1", "-1-1", "²-1"):
        box.acknowledge(ack_id)
        box.keep(ack_id, 0, 0)

    assert len(box) == 1


def test_what_is_given_back_stays_away_longer_each_time() -> None:
    box = backlog("a", terms=Terms(min_backoff=2, max_backoff=5))
    moments = []
    now = 0.0
    for _ in range(4):
        [message] = box.take(1, now)
        box.keep(message.ack_id, 0, now)
        assert box.take(1, now) == []
        moments.append((box.next_event() or 0) - now)
        now = box.next_event() or 0

    assert moments == [2, 4, 5, 5]


def test_after_the_last_attempt_a_message_is_buried_and_the_next_one_follows() -> None:
    buried: list[Entry] = []
    box = backlog("a", "a", terms=Terms(most_attempts=2))
    box.bury = buried.append
    for now in (0, 1):
        [message] = box.take(1, now)
        box.keep(message.ack_id, 0, now)

    assert names(buried) == ["a0"]
    assert names(box.take(2, 2)) == ["a1"]
