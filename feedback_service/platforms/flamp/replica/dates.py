"""Instants as Flamp writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_ZONES = (timezone(timedelta(hours=7)), timezone(timedelta(hours=3)))
"""Novosibirsk and Moscow: a date comes in the time of the filial's city."""


def written(at: float, filial: str) -> str:
    """ISO 8601 in whole seconds with an offset; filials take turns in which."""
    moment = datetime.fromtimestamp(at, UTC).astimezone(_ZONES[int(filial) % len(_ZONES)])
    return moment.isoformat(timespec="seconds")
