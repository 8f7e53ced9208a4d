"""Finding a review on the pages where it is answered: never another one that only reads like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.zoon.cabinet_page import CabinetPages
from feedback_service.platforms.zoon.naming import Shown, named
from feedback_service.platforms.zoon.wire import read_list
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import load
from tests.support.paper_browser import PaperPage

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORGANISATION = "503c4c343c72dd7d70000024"
Review = tuple[str, int]
"""A review of Аглая's, always of the same words: when, and with how many stars."""


@dataclass
class Shelf(PaperPage):
    """Shows the same page, whichever is opened."""

    shown: Sequence[Review] = ()

    def open(self, url: str) -> None:
        cards = "".join(
            f'<article class="review" id="{when}/{stars}"><p class="author">Аглая</p><p class="date">{when}</p>'
            '<p class="text">Уютно</p></article>'
            for when, stars in self.shown
        )
        page = f'<main data-view="reviews" data-owner-id="{ORGANISATION}">{cards}</main>'
        self.soup = BeautifulSoup(page, "html.parser")


def listed(*reviews: Review) -> Sequence[Shown]:
    """As the list shows them, the newest first; from the oldest on."""
    html = "".join(
        f'<li data-author="Аглая"><b class="gray">{when}</b><b class="stars-rating-text">{stars}</b>'
        '<p class="comment-text">Уютно</p></li>'
        for when, stars in reviews
    )
    return named(read_list({"list": html}, NOW), ORGANISATION)


def found(shown: Shown, *cards: Review) -> str:
    sections = load("feedback_service.platforms.zoon", "selectors", None)
    pages = CabinetPages(origin="", sections=sections, entrance=Entrance("berezka/zoon", sections["marks"]))
    return pages.find(Shelf(shown=cards), shown, NOW).key


def test_reviews_of_the_same_words_are_told_by_their_minutes_in_whichever_order_the_page_shows_them() -> None:
    good, bad = ("2 марта 2026 в 10:15", 5), ("2 марта 2026 в 9:00", 1)

    for shown, card in zip(listed(good, bad), (bad, good), strict=True):
        assert found(shown, bad, good) == f"{card[0]}/{card[1]}"


@pytest.mark.parametrize("when", ["2 марта 2026", "2 марта 2026 в 10:15"])
def test_where_no_minute_tells_them_only_those_of_the_same_mark_are_told_by_their_places(when: str) -> None:
    alike, unlike = listed((when, 5), (when, 5)), listed((when, 5), (when, 1))

    assert found(alike[0], (when, 4), (when, 3)) == f"{when}/3"
    with pytest.raises(Retryable, match="other marks"):
        found(unlike[0], (when, 1), (when, 5))
