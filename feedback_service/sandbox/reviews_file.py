"""Reads a person's own reviews from a file, so that the sandbox can be tried with them instead of made-up ones.

JSONL (one object a line) or CSV (the first line names the columns; comma, semicolon or tab), UTF-8 with or without a
byte order mark. Fields: `text`, `rating` (1 to 5; a review needs it), `kind` ("review", which is meant where it is
left out, or "question"), and optional `product`, `author`, `pros`, `cons`. Other fields are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from feedback_service.ports.replica import CustomerKind, SandboxCustomer
from feedback_service.sandbox.records import BadRecord, Record, csv_records, json_records

MOST_PROBLEMS = 10
"""Bad lines that one error names; the rest are counted."""
SPACING = 37.0
"""Seconds between two customers of a file, which tells no times; its last line is the newest."""


class ReviewsFileError(Exception):
    """The file cannot be used; `problems` holds one line each: file, line, field and remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_reviews(path: Path, now: float) -> list[SandboxCustomer]:
    """All customers of the file, written before `now` (epoch seconds), oldest first.

    All or nothing: one bad line fails the whole file, so that no review gets lost unnoticed. Raises ReviewsFileError.
    """
    text = _text(path)
    records = list(csv_records(text) if _is_csv(path, text) else json_records(text))
    customers = [_customer(record) for record in records]
    problems = [f"{path}, line {bad.line}: {bad.problem}" for bad in customers if isinstance(bad, BadRecord)]
    good = [customer for customer in customers if isinstance(customer, SandboxCustomer)]
    if problems:
        raise ReviewsFileError(_shortened(path, problems))
    if not good:
        raise ReviewsFileError([f"{path}: it holds no review; write lines with the fields text, rating and kind"])
    return [replace(one, created_at=now - (len(good) - place) * SPACING) for place, one in enumerate(good)]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise ReviewsFileError([f"{path}: cannot be read ({problem.strerror}); name a JSONL or CSV file"]) from problem
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise ReviewsFileError([f"{path}, line {line}: the file is not UTF-8; save it as UTF-8"]) from None


def _is_csv(path: Path, text: str) -> bool:
    """By the name's ending, else by the first character."""
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        return True
    return ending not in (".jsonl", ".ndjson", ".json") and not text.lstrip().startswith(("{", "["))


def _customer(record: Record | BadRecord) -> SandboxCustomer | BadRecord:
    if isinstance(record, BadRecord):
        return record
    try:
        return _read(record.fields)
    except ValueError as problem:
        return BadRecord(record.line, str(problem))


def _read(fields: Mapping[str, object]) -> SandboxCustomer:
    kind = _kind(fields)
    rating = _rating(fields) if kind == "review" else None
    text = _words(fields, "text")
    if kind == "question" and not text.strip():
        raise ValueError('field "text" is empty; a question needs its words')
    return SandboxCustomer(
        kind=kind,
        created_at=0.0,
        text=text,
        pros=_words(fields, "pros"),
        cons=_words(fields, "cons"),
        rating=rating,
        author=_words(fields, "author"),
        product=_words(fields, "product"),
    )


def _kind(fields: Mapping[str, object]) -> CustomerKind:
    match _words(fields, "kind").strip().lower():
        case "" | "review":
            return "review"
        case "question":
            return "question"
    raise ValueError(f'field "kind" is {_shown(fields["kind"])}; write review or question')


def _rating(fields: Mapping[str, object]) -> int:
    """Whole stars; 5, "5" and "5.0" are the same."""
    value = fields.get("rating")
    if value is None or value == "":
        raise ValueError('field "rating" is missing; write the stars, 1 to 5, or kind question')
    try:
        stars = float(str(value).strip())
    except ValueError:
        stars = 0.0
    if stars not in (1, 2, 3, 4, 5):
        raise ValueError(f'field "rating" is {_shown(value)}; write a whole number from 1 to 5')
    return int(stars)


def _words(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'field "{name}" is {_shown(value)}; write a text in quotation marks')
    return value


def _shown(value: object) -> str:
    """The value in one short line."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _shortened(path: Path, problems: list[str]) -> list[str]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rest = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], f"{path}: and {rest} more bad lines; mend these first"]
