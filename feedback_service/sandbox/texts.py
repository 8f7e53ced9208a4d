"""The sentences that made-up customers are put together from, read once from customers/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences by what they are for; `other` holds those in other languages, by BCP 47 tag."""

    lines: Mapping[str, Lines]
    other: Mapping[str, Mapping[str, Lines]]

    def __getitem__(self, name: str) -> Lines:
        return self.lines[name]


@cache
def texts(goods: str) -> Texts:
    """All that may be said about these goods ("home", "kitchen", "care"): the shop's own lines and everyone's."""
    own, shared = _read(goods), _read("everyone")
    names = {name for name in {**own, **shared} if name != "other"}
    joined = {name: (*own.get(name, ()), *shared.get(name, ())) for name in names}
    other = {tag: {name: tuple(lines) for name, lines in kinds.items()} for tag, kinds in shared["other"].items()}
    return Texts(joined, other)


@cache
def _read(name: str) -> dict[str, Any]:  # Any: TOML as its author wrote it
    path = resources.files("feedback_service.sandbox") / "customers" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
