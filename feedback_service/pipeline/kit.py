"""Everything that the stages of one supplier share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from feedback_service.domain.identity import AccountId, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Delivery, Supplier
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import LanguageModel, TextInspector
from feedback_service.ports.platform import Connector, PlatformSpec
from feedback_service.ports.queue import Queue
from feedback_service.ports.storage import SupplierStorage


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One supplier, its open accounts, and the adapters that serve it; `idle_seconds` without news, then look.

    `queue` and `storage_of` are there where an account's answers leave by the queue; `storage_of` gives any supplier's
    stores, unfenced.
    """

    supplier: Supplier
    storage: SupplierStorage
    connectors: Mapping[AccountId, Connector]
    language: LanguageModel
    inspector: TextInspector
    clock: Clock
    deliveries: Mapping[AccountId, Delivery] = field(default_factory=dict)
    queue: Queue | None = None
    storage_of: Callable[[SupplierKey], SupplierStorage] | None = None
    idle_seconds: float = 5.0

    @property
    def specs(self) -> Mapping[PlatformKey, PlatformSpec]:
        return {connector.spec.key: connector.spec for connector in self.connectors.values()}
