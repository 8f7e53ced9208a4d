"""What people write to choose feedback: stars, times and states, read into a filter."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

AGO = re.compile(r"(?P<number>\d{1,5})(?P<unit>[mhdw])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
STARS = re.compile(r"(?P<least>[1-5])(?:-(?P<most>[1-5]))?")


def moment(written: str | None, now: datetime | None = None) -> datetime | None:
    """A date, a time in ISO 8601 (this machine's zone unless it names one), or how long ago: 30m, 12h, 7d, 2w."""
    if not written:
        return None
    ago = AGO.fullmatch(written.strip())
    if ago:
        return (now or datetime.now(UTC)) - int(ago["number"]) * UNITS[ago["unit"]]
    try:
        return datetime.fromisoformat(written.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{written!r} is no time; write 2026-01-31, 2026-01-31T12:00, or 7d for days"
        ) from None


def stars(written: str | None) -> tuple[int | None, int | None]:
    """Least and most stars from `4` or `1-3`."""
    if not written:
        return None, None
    found = STARS.fullmatch(written.strip())
    least = int(found["least"]) if found else 0
    most = int(found["most"] or least) if found else 0
    if not found or most < least:
        raise typer.BadParameter(f"{written!r} are no stars; write 4 or 1-3")
    return least, most
