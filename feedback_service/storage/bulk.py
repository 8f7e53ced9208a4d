"""Sends many rows as one table of array parameters: one statement, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

Row = Mapping[str, object]


def table_of(name: str, types: Mapping[str, TypeEngine[Any]], rows: Sequence[Row]) -> TableValuedAlias:
    """A FROM clause with the given rows; the statement's text does not depend on how many there are."""
    arrays = [sa.literal([row[column] for row in rows], ARRAY(kind)) for column, kind in types.items()]
    columns = [sa.column(column, kind) for column, kind in types.items()]
    return sa.func.unnest(*arrays).table_valued(*columns).render_derived(name=name)


def insert_rows(target: sa.Table, rows: Sequence[Row]) -> sa.Insert:
    """INSERT … SELECT FROM unnest; the rows' keys are column names of the target."""
    types = {column: target.c[column].type for column in rows[0]}
    source = table_of("fresh", types, rows)
    return sa.insert(target).from_select(list(types), sa.select(*[source.c[column] for column in types]))
