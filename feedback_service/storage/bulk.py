"""Sends many rows as one table of array parameters: one statement, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

Row = Mapping[str, object]
Types = Mapping[str, TypeEngine[Any]]


def table_of(name: str, types: Types) -> TableValuedAlias:
    """A FROM clause whose rows are parameters, see `arrays`; its text does not depend on how many there are."""
    parameters = [sa.bindparam(f"{name}_{column}", type_=ARRAY(kind)) for column, kind in types.items()]
    columns = [sa.column(column, kind) for column, kind in types.items()]
    return sa.func.unnest(*parameters).table_valued(*columns).render_derived(name=name)


def arrays(name: str, types: Types, rows: Sequence[Row]) -> dict[str, list[object]]:
    """The rows as parameters of the `table_of` of the same name."""
    return {f"{name}_{column}": [row[column] for row in rows] for column in types}
