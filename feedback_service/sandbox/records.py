"""Splits the text of a JSONL or CSV file into records, each with the line where it begins."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

KNOWN = ("text", "rating", "kind", "product", "author", "pros", "cons")
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `line` counts from 1."""

    line: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A line that is no record; the problem says what to do."""

    line: int
    problem: str


def json_records(text: str) -> Iterator[Record | BadRecord]:
    """One JSON object a line; empty lines are passed over."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as problem:
            where = f" at column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else ""
            yield BadRecord(number, f"no JSON{where}; write one JSON object on each line")
            continue
        if isinstance(found, dict):
            yield Record(number, found)
        else:
            yield BadRecord(number, 'no JSON object; write {"text": …, "rating": …} on each line')


def csv_records(text: str) -> Iterator[Record | BadRecord]:
    """Rows below the line that names the columns; a quoted cell may run over several lines."""
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    first = next(rows, None)
    if first is None:
        return
    _, header = first
    names = [name.strip().lower() for name in header] if header else []
    if not {"text", "rating"} & set(names):
        yield BadRecord(1, "no column is named text or rating; name the columns in the first line")
        return
    for line, cells in rows:
        if cells is None:
            yield BadRecord(line, "a quotation mark or a cell does not end; close it, and double those inside cells")
        elif len(cells) != len(names):
            counts = f"{len(cells)} cells where the first line names {len(names)}"
            yield BadRecord(line, f"{counts}; put texts with a {_DELIMITERS[delimiter]} in quotation marks")
        else:
            yield Record(line, dict(zip(names, cells, strict=True)))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each row that is not empty, with its first line; None where the file cannot be read further."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """The one by which the first line shows most of the names that we know."""
    header = text.lstrip("\r\n").split("\n", 1)[0].lower()

    def known(delimiter: str) -> int:
        return sum(cell.strip(' "\r') in KNOWN for cell in header.split(delimiter))

    return max(_DELIMITERS, key=known)
