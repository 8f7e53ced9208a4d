"""Requests to publish: one ordering key each, in order, within Pub/Sub's limits."""

from __future__ import annotations

from feedback_service.transports.pubsub.batches import MOST_MESSAGES, batches, lanes
from feedback_service.transports.pubsub.body import Parcel


def parcel(key: str, body: bytes = b"{}") -> Parcel:
    return Parcel(body, key, {})


def test_each_lane_has_one_key_and_keeps_its_order() -> None:
    parcels = [parcel(str(number % 3), str(number).encode()) for number in range(9)]

    found = lanes(parcels)

    assert [{one.key for one in lane} for lane in found] == [{"0"}, {"1"}, {"2"}]
    assert [one.body for one in found[1]] == [b"1", b"4", b"7"]


def test_a_request_has_no_more_messages_than_pubsub_takes() -> None:
    lane = [parcel("1", str(number).encode()) for number in range(2 * MOST_MESSAGES + 1)]

    cut = list(batches(lane))

    assert [len(batch) for batch in cut] == [MOST_MESSAGES, MOST_MESSAGES, 1]
    assert [one for batch in cut for one in batch] == lane


def test_a_request_has_no_more_bytes_than_pubsub_takes() -> None:
    lane = [parcel("1", b"x" * 4_000_000) for _ in range(5)]

    cut = list(batches(lane))

    assert [len(batch) for batch in cut] == [2, 2, 1]


def test_nothing_makes_no_request() -> None:
    assert list(batches([])) == []
    assert lanes([]) == []
