"""Everything that the stages of one supplier share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.domain.identity import AccountId, PlatformKey
from feedback_service.domain.supplier import Supplier
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import LanguageModel, TextInspector
from feedback_service.ports.platform import Connector, PlatformSpec
from feedback_service.ports.storage import SupplierStorage


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One supplier, its open accounts, and the adapters that serve it; `idle_seconds` without news, then look."""

    supplier: Supplier
    storage: SupplierStorage
    connectors: Mapping[AccountId, Connector]
    language: LanguageModel
    inspector: TextInspector
    clock: Clock
    idle_seconds: float = 5.0

    @property
    def specs(self) -> Mapping[PlatformKey, PlatformSpec]:
        return {connector.spec.key: connector.spec for connector in self.connectors.values()}
