"""Reads which organisations and chains a login sees in the cabinet."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.feedback import Product
from feedback_service.platforms.yandex_business.wire import Unreadable
from feedback_service.transports.documents import count_of, row_of, text_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Its branches are asked for by `tycoon_id`; the other two go with the question where they are known."""

    tycoon_id: str
    permanent_id: str
    geo_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Companies:
    """One page: organisations by permanent id, chains, and the names of those that the login may not open.

    `came`: rows that came, readable or not. `total`: of the whole list.
    """

    organisations: tuple[Product, ...]
    chains: tuple[Chain, ...]
    closed: tuple[str, ...]
    came: int
    total: int | None


def read_companies(document: object) -> Companies:
    """The login's own list. Raises Unreadable where there is none."""
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    return _read(document.get("listCompanies"), document.get("total"))


def read_branches(document: object) -> Companies:
    """A chain's list. Raises Unreadable where there is none."""
    listed = document.get("companyList") if isinstance(document, dict) else None
    if not isinstance(listed, dict):
        raise Unreadable("the list of branches is missing")
    return _read(listed.get("companies"), row_of(listed.get("pager")).get("total"))


def _read(rows: object, total: object) -> Companies:
    if not isinstance(rows, list):
        raise Unreadable("the list of organisations is missing")
    named = [row for row in rows if isinstance(row, dict) and _is_named(row)]
    if len(named) < len(rows):
        about = {"action": "rows_left_out"}
        log.warning("Left out %d of %d organisations: no number.", len(rows) - len(named), len(rows), extra=about)
    is_open = [row for row in named if row.get("noAccess") is not True]
    return Companies(
        organisations=tuple(_organisation(row) for row in is_open if not _is_chain(row)),
        chains=tuple(_chains(is_open)),
        closed=tuple(_organisation(row).sku for row in named if row.get("noAccess") is True),
        came=len(rows),
        total=count_of(total),
    )


def _chains(rows: Sequence[Mapping[str, object]]) -> Iterator[Chain]:
    for row in rows:
        if not _is_chain(row):
            continue
        yield Chain(
            tycoon_id=_number(row.get("tycoon_id")) or _number(row.get("id")),
            permanent_id=_number(row.get("permanent_id")),
            geo_id=_number(row_of(row.get("address")).get("geo_id")),
        )


def _organisation(row: Mapping[str, object]) -> Product:
    return Product(sku=_number(row.get("permanent_id")), name=text_of(row.get("displayName")))


def _is_chain(row: Mapping[str, object]) -> bool:
    return row.get("type") == "chain"


def _is_named(row: Mapping[str, object]) -> bool:
    """Whether it has the number that its own list is asked for by."""
    names = ("tycoon_id", "id") if _is_chain(row) else ("permanent_id",)
    return any(_number(row.get(name)) for name in names)


def _number(value: object) -> str:
    number = count_of(value)
    return str(number) if number else ""
