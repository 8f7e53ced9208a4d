"""What the command line prints of customers' texts, and how it reads what people write to choose them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from feedback_service.cli import filters, render

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Спасибо 👨‍👩‍👧 \u2764\ufe0f", "Спасибо 👨‍👩‍👧 \u2764\ufe0f"),
        ("две\nстроки\tи табуляция", "две\nстроки\tи табуляция"),
        ("\x1b[31mкрасное", r"\x1b[31mкрасное"),
        ("назад\rвперёд\x08", r"назад\rвперёд\x08"),
        ("\u202eзадом наперёд", r"\u202eзадом наперёд"),
        ("\x00 и \ud800", r"\x00 и \ud800"),
        ("\x9b31m", r"\x9b31m"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(written: str, shown: str) -> None:
    assert render.visible(written) == shown


def test_a_cell_is_one_line() -> None:
    assert render.one_line("а\n\nб\tв ") == "а б в"


@pytest.mark.parametrize(
    ("written", "ago"), [("30m", timedelta(minutes=30)), ("12h", timedelta(hours=12)), ("2w", timedelta(weeks=2))]
)
def test_a_time_may_be_told_by_how_long_ago_it_was(written: str, ago: timedelta) -> None:
    assert filters.moment(written, NOON) == NOON - ago


def test_a_time_may_be_told_with_its_zone() -> None:
    assert filters.moment("2026-03-10T15:00+03:00") == NOON


@pytest.mark.parametrize("written", ["soon", "7 days", "2026-13-01", "-1d", "0001-01-01T00:00+14:00"])
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(typer.BadParameter):
        filters.moment(written)


@pytest.mark.parametrize(("written", "bounds"), [("4", (4, 4)), ("1-3", (1, 3)), ("", (None, None))])
def test_stars_are_one_number_or_a_range(written: str, bounds: tuple[int | None, int | None]) -> None:
    assert filters.stars(written) == bounds


@pytest.mark.parametrize("written", ["0", "6", "3-1", "a", "1-", "٣"])
def test_what_are_no_stars_is_refused(written: str) -> None:
    with pytest.raises(typer.BadParameter):
        filters.stars(written)
