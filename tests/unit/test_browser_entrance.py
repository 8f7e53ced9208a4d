"""What a person is told when something stands at a cabinet's entrance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.entrance import Entrance

CABINET = "https://seller.bazaar.example/reviews"
MARKS = {"ready": "#app", "sign_in": "form.login", "captcha": "#captcha", "code": "#code", "blocked": "#blocked"}


@dataclass
class ShownPage:
    """The part of Page that an entrance uses: it shows the elements of `shown`."""

    shown: set[str]
    url: str = "about:blank"
    opened: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        self.opened.append(url)
        self.url = url

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        for name, selector in marks.items():
            if selector in self.shown:
                return name
        raise Retryable("the page shows none of them")


def enter(page: ShownPage, marks: Mapping[str, str] = MARKS) -> None:
    Entrance("acme/bazaar", marks).enter(cast("Page", page), CABINET)


def test_a_page_is_opened_once_and_used_while_it_is_there() -> None:
    page = ShownPage({"#app"})

    enter(page)
    enter(page)

    assert page.opened == [CABINET]


@pytest.mark.parametrize(
    ("mark", "said"),
    [("sign_in", "asks to sign in"), ("captcha", "captcha"), ("code", "confirmation code"), ("blocked", "blocked")],
)
def test_what_only_a_person_gets_past_is_told_even_where_the_cabinet_is_seen_behind_it(mark: str, said: str) -> None:
    with pytest.raises(AccountFault, match=said) as fault:
        enter(ShownPage({"#app", MARKS[mark]}))

    assert fault.value.remedy == "run: feedback-service login acme/bazaar"


def test_a_page_that_shows_nothing_known_names_the_selector_to_mend() -> None:
    with pytest.raises(Retryable, match=r"marks.ready = '#app' in the platform's selectors.toml"):
        enter(ShownPage({"#captcha"}), {"ready": "#app"})
