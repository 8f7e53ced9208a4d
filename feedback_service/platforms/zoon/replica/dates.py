"""Dates as the site prints them, by Moscow's clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from feedback_service.platforms.zoon.replica.items import Review
from feedback_service.platforms.zoon.replica.options import AccountOptions

_MOSCOW = timezone(timedelta(hours=3))
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_EVERY_THIRD = 3


def printed(at: float, *, year: bool = True) -> str:
    """Like "12 марта 2020 в 10:15"; without the year like "12 марта в 10:15"."""
    moment = datetime.fromtimestamp(at, _MOSCOW)
    middle = f" {moment.year}" if year else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]}{middle} в {moment:%H:%M}"


def iso(at: float) -> str:
    """The same moment for machines, as exact as the printed one."""
    return datetime.fromtimestamp(at, _MOSCOW).replace(second=0, microsecond=0).isoformat()


def of_review(review: Review, options: AccountOptions, now: float) -> str:
    """What stands on a review at the moment `now`, with the site it came by where one is named."""
    this_year = datetime.fromtimestamp(now, _MOSCOW).year
    current = datetime.fromtimestamp(review.customer.created_at, _MOSCOW).year == this_year
    left_out = options.years == "past" or (options.years == "some" and review.number % 2 == 0)
    source = " через Foursquare" if options.foursquare and review.number % _EVERY_THIRD == 0 else ""
    return printed(review.customer.created_at, year=not (current and left_out)) + source
