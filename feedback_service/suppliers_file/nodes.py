"""The safe reading of YAML into nodes that still know their line and path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from feedback_service.suppliers_file.problems import Problems, SuppliersFileError, suggestion

LARGEST_FILE = 1_000_000
"""Bytes; some ten thousand accounts fit. PyYAML needs seconds beyond that."""
MOST_NODES = 200_000
"""How many values are looked at, counting a value again for every alias (`*name`) that leads to it."""
NULL = "tag:yaml.org,2002:null"


@dataclass
class Reading:
    """What one reading of a file shares: its problems, the variables, and how many values it may still look at."""

    problems: Problems
    variables: Mapping[str, str] = field(repr=False)
    allow_plain_secrets: bool = False
    nodes_left: int = MOST_NODES


@dataclass(frozen=True, eq=False)
class Spot:
    """One value of the file with the way to it; what is missing or empty has the node None and its parent's line."""

    node: yaml.Node | None
    path: str
    line: int
    reading: Reading = field(repr=False)

    def fail(self, message: str) -> None:
        """Note a problem here."""
        self.reading.problems.add(self.line, self.path, message)

    def under(self, node: yaml.Node | None, step: str) -> Spot:
        """The value below this one; YAML's null counts as missing."""
        self.reading.nodes_left -= 1
        if self.reading.nodes_left < 0:
            self.fail("the file unfolds to too many values; write it without so many aliases (*)")
            self.reading.problems.raise_if_any()
        line = node.start_mark.line + 1 if node else self.line
        present = None if node is None or node.tag == NULL else node
        return replace(self, node=present, path=self.path + step, line=line)

    @property
    def present(self) -> bool:
        return self.node is not None

    def pairs(self) -> list[tuple[str, Spot]]:
        """Keys and values of a mapping; a key that stands twice is a problem."""
        found: dict[str, Spot] = {}
        for key, value in self._mapping():
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            spot = self.under(value, f".{name}" if self.path else name)
            if name in found:
                replace(spot, line=key.start_mark.line + 1).fail(
                    f"stands twice; the first is in line {found[name].line}"
                )
            else:
                found[name] = spot if spot.present else replace(spot, line=key.start_mark.line + 1)
        return list(found.items())

    def fields(self, *known: str) -> dict[str, Spot]:
        """A mapping with these fields only, each with its spot, whether it is there or not."""
        there = dict(self.pairs())
        for name, spot in there.items():
            if name not in known:
                spot.fail(f"unknown field; {suggestion(name, known)}")
        prefix = f"{self.path}." if self.path else ""
        missing = {name: replace(self, node=None, path=f"{prefix}{name}") for name in known}
        return {name: there.get(name, missing[name]) for name in known}

    def items(self) -> Iterator[Spot]:
        """The elements of a list."""
        if isinstance(self.node, yaml.SequenceNode):
            for index, node in enumerate(self.node.value):
                yield self.under(node, f"[{index}]")
        elif self.present:
            self.fail("is not a list; begin each of its lines with a hyphen")

    def _mapping(self) -> list[tuple[yaml.Node, yaml.Node]]:
        if isinstance(self.node, yaml.MappingNode):
            return list(self.node.value)
        if self.present:
            self.fail("is not a mapping; write its fields as `name: value`, indented")
        return []


def open_document(path: Path, reading: Reading) -> Spot:
    """The root of the file; raises SuppliersFileError where it cannot be read at all."""
    text = _text(path)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise SuppliersFileError([f"{path}:{line}: not YAML: {problem.problem or problem.context}"]) from None
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        raise SuppliersFileError([f"{path}:{line}: has a control character; remove it"]) from None
    except RecursionError:
        raise SuppliersFileError([f"{path}: is nested too deeply"]) from None
    return Spot(root, "", 1, reading).under(root, "")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise SuppliersFileError([f"{path}: no such file; see docs/suppliers.example.yaml"]) from None
    except OSError as problem:
        raise SuppliersFileError([f"{path}: cannot be read: {problem.strerror}"]) from None
    if len(content) > LARGEST_FILE:
        raise SuppliersFileError([f"{path}: is larger than {LARGEST_FILE:,} bytes; split it and apply the parts"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise SuppliersFileError([f"{path}:{line}: not UTF-8 text; save it as UTF-8"]) from None
