"""Looks at the items of several dispatches, kind by kind, as their numbers and the right to see them may differ."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_service.domain.dispatch import Dispatch, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.identity import DispatchId
from feedback_service.ports.platform import Collector


async def look(connector: Collector, dispatches: Sequence[Dispatch]) -> dict[DispatchId, Sighting]:
    """What stands on the platform for each dispatch.

    A kind that is not part of the account's subscription is left out while another kind can be seen.
    Raises Retryable or AccountFault where nothing can be seen.
    """
    found: dict[DispatchId, Sighting] = {}
    closed: Unavailable | None = None
    for kind in dict.fromkeys(one.ref.kind for one in dispatches):
        mine = [one for one in dispatches if one.ref.kind is kind]
        try:
            sightings = await connector.sight([one.ref for one in mine])
        except Unavailable as problem:
            closed = problem
            continue
        found |= {one.id: sightings[one.ref.item_id] for one in mine}
    if closed is not None and not found:
        raise closed
    return found
