"""What is wrong with suppliers.yaml: all of it at once, each problem one line that names the place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from feedback_service.domain.errors import Configuration

MOST_SHOWN = 20
"""Problems listed at once; behind the first twenty, the rest usually follows from them."""


class SuppliersFileError(Configuration):
    """The file cannot be applied; `lines` has one problem each, in the order of the file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        more = f" (and {len(self.lines) - 1} more)" if len(self.lines) > 1 else ""
        super().__init__(self.lines[0] + more)


class Problems:
    """Collects problems while the reading goes on with harmless values in their place."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, path: str, message: str) -> None:
        """Note one problem; `line` counts from 1."""
        place = f"{path}: " if path else ""
        self._found.append((line, f"{self._file}:{line}: {place}{message}"))

    def raise_if_any(self) -> None:
        """Raise SuppliersFileError where anything was noted."""
        if not self._found:
            return
        lines = list(dict.fromkeys(text for _, text in sorted(self._found, key=lambda one: one[0])))
        if len(lines) > MOST_SHOWN:
            lines[MOST_SHOWN:] = [f"{self._file}: … and {len(lines) - MOST_SHOWN} more problems"]
        raise SuppliersFileError(lines)


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the one it was probably meant to be, or all there are."""
    names = list(known)
    near = difflib.get_close_matches(wrong, names, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names) or 'none'}"
