"""One seller's account on Ozon by the Seller API, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.ports.platform import Access, Fact, PlatformSpec

NOT_YET = "Ozon is being built"


@dataclass(frozen=True, slots=True, kw_only=True)
class OzonConnector:
    """A placeholder that refuses every call."""

    spec: PlatformSpec

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> OzonConnector:
        return cls(spec=spec)

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        raise Retryable(NOT_YET)
        yield []

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        raise Retryable(NOT_YET)

    async def publish(self, dispatch: Dispatch) -> Receipt:
        raise Retryable(NOT_YET)

    async def retract(self, dispatch: Dispatch) -> None:
        raise Retryable(NOT_YET)

    async def check(self) -> Sequence[Fact]:
        return []

    async def close(self) -> None:
        return None
