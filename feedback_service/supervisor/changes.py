"""What a new whole set of assignments changes: a pure comparison."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback_service.ports.roster import Assignment


@dataclass(frozen=True, slots=True)
class Changes:
    """Suppliers by what has to be done with them; an assignment that stays the same is in none."""

    added: tuple[Assignment, ...] = ()
    changed: tuple[Assignment, ...] = ()
    removed: tuple[str, ...] = ()


def compare(present: Mapping[str, Assignment], wanted: Iterable[Assignment]) -> Changes:
    """From what is assigned now, by supplier, to what shall be; a supplier named twice counts as named last."""
    by_supplier = {one.supplier: one for one in wanted}
    return Changes(
        added=tuple(one for name, one in by_supplier.items() if name not in present),
        changed=tuple(one for name, one in by_supplier.items() if name in present and present[name] != one),
        removed=tuple(name for name in present if name not in by_supplier),
    )
