"""The keys and ids by which everything else is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

SupplierKey = NewType("SupplierKey", str)
"""A seller's name in suppliers.yaml: a slug, unique in the database."""
AccountKey = NewType("AccountKey", str)
"""An account's name in suppliers.yaml: a slug, unique within its supplier."""
PlatformKey = NewType("PlatformKey", str)
"""Equal to the platform's folder name; text, so that a new platform is a new folder and nothing else."""
AccountId = NewType("AccountId", int)
FeedbackId = NewType("FeedbackId", int)
DispatchId = NewType("DispatchId", int)
ItemId = NewType("ItemId", str)
"""The platform's own id of a review or question."""

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


def is_slug(text: str) -> bool:
    """Whether the text may name a supplier or an account: a-z, 0-9 and inner hyphens, 1 to 64 characters."""
    return SLUG.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to act for one supplier: the lease's holder and epoch, checked in every claiming transaction."""

    supplier: SupplierKey
    host: str
    epoch: int
