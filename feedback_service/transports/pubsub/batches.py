"""Cuts what is to be published into requests that Pub/Sub accepts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback_service.transports.pubsub.body import Parcel

# Source: cloud.google.com/pubsub/quotas, "Resource limits", 2026-07: 1,000 messages and 10 MB per publish request.
MOST_MESSAGES = 1000
MOST_BYTES = 9_500_000
"""Below 10 MB, to leave room for the frame around the messages."""
_FRAME = 256
"""Bytes that a message may take besides its body, key and attributes."""


def lanes(parcels: Sequence[Parcel]) -> list[list[Parcel]]:
    """The parcels by ordering key, each lane in order: all messages of one request must share their key."""
    found: dict[str, list[Parcel]] = {}
    for parcel in parcels:
        found.setdefault(parcel.key, []).append(parcel)
    return list(found.values())


def batches(lane: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """The lane in order, in pieces of at most MOST_MESSAGES messages and MOST_BYTES bytes."""
    batch: list[Parcel] = []
    size = 0
    for parcel in lane:
        weight = _weight(parcel)
        if batch and (len(batch) == MOST_MESSAGES or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(parcel)
        size += weight
    if batch:
        yield batch


def _weight(parcel: Parcel) -> int:
    attributes = sum(len(name.encode()) + len(value.encode()) for name, value in parcel.attributes.items())
    return len(parcel.body) + len(parcel.key.encode()) + attributes + _FRAME
