"""Reads a date as Zoon prints it, in Russian words, or as its pages carry it for machines."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3), "MSK")
"""Nobody says in which zone Zoon prints its times: Moscow's is assumed, as the company sits there."""
AHEAD = timedelta(days=1)
"""A date without a year that would lie further ahead than this is last year's."""
MONTHS = {
    word: number
    for number, words in enumerate(
        ("янв", "фев", "мар", "апр", "май мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"), start=1
    )
    for word in words.split()
}
CLOCK = r"(?:\s*,?\s*(?:в\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
PRINTED = re.compile(
    rf"\b(?P<day>\d{{1,2}})\s+(?P<month>[а-яё]{{3}})[а-яё]*\.?(?:\s+(?P<year>\d{{4}})(?:\s*г(?:ода|\.)?)?)?{CLOCK}"
)
NEAR = re.compile(rf"\b(?P<word>сегодня|вчера)\b{CLOCK}")
DAYS_AGO = {"сегодня": 0, "вчера": 1}


def moment_of(text: str, now: datetime) -> datetime | None:
    """The moment that a text tells: "12 марта 2020 в 10:15", the same without a year, a time or with more words after
    it («через Foursquare»), "вчера в 9:00", ISO 8601; None for anything else."""
    told = " ".join(text.split()).lower()
    try:
        return _iso(told) or _near(told, now) or _printed(told, now)
    except (ValueError, OverflowError):
        return None


def day_of(moment: datetime) -> date:
    """The day in Moscow."""
    return moment.astimezone(MOSCOW).date()


def _iso(told: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)


def _near(told: str, now: datetime) -> datetime | None:
    found = NEAR.search(told)
    if found is None:
        return None
    day = now.astimezone(MOSCOW) - timedelta(days=DAYS_AGO[found["word"]])
    return day.replace(hour=int(found["hour"] or 0), minute=int(found["minute"] or 0), second=0, microsecond=0)


def _printed(told: str, now: datetime) -> datetime | None:
    for found in PRINTED.finditer(told):
        if month := MONTHS.get(found["month"]):
            day, clock = int(found["day"]), (int(found["hour"] or 0), int(found["minute"] or 0))
            if found["year"]:
                return datetime(int(found["year"]), month, day, *clock, tzinfo=MOSCOW)
            return _in_the_past(month, day, clock, now)
    return None


def _in_the_past(month: int, day: int, clock: tuple[int, int], now: datetime) -> datetime | None:
    """This year's or last year's, whichever is the latest that is not still to come; leap days have one of them."""
    this_year = now.astimezone(MOSCOW).year
    for year in (this_year, this_year - 1):
        try:
            moment = datetime(year, month, day, *clock, tzinfo=MOSCOW)
        except ValueError:
            continue
        if moment <= now + AHEAD:
            return moment
    return None
