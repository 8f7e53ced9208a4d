"""What only the cabinet's pages can do: show the answers to a question, and take an answer where no call does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.domain.errors import InDoubt, Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.cabinet import wire
from feedback_service.platforms.ozon.wire import Comment
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.entrance import Entrance
from feedback_service.transports.browser.selectors import Sections

SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PATIENCE = 10.0
"""Seconds for an item to show on its page, and for a sent form to say how it ended."""


@dataclass(frozen=True, slots=True)
class Forms:
    """One page's forms. The pages are our picture of them: everything that may differ is in selectors.toml."""

    page: Page
    entrance: Entrance
    cabinet: str
    selectors: Sections

    def list_page(self, kind: Kind) -> str:
        """The address of the page from which the calls for that kind are made."""
        return f"{self.cabinet}{self.selectors['pages'][f'{kind}s']}"

    def answers(self, item_id: ItemId) -> Sequence[Comment]:
        """The answers that the question's own page shows."""
        self._open(Kind.QUESTION, item_id)
        marks = self.selectors["answers"]
        fields = {name: marks[name] for name in ("uuid", "text", "status", "reason")}
        return wire.read_answers(self.page.rows(marks["row"], fields))

    def reply(self, kind: Kind, item_id: ItemId, text: str) -> None:
        """Fill and send the form. Raises Retryable before the send, InDoubt where it does not end well."""
        self._open(kind, item_id)
        marks = self.selectors["form"]
        self.page.fill(marks["field"], text)
        self.page.write_begins()
        self.page.click(marks["submit"])
        try:
            end = self.page.wait_for({"sent": marks["sent"], "failed": marks["failed"]}, PATIENCE)
        except Retryable as problem:
            raise InDoubt(f"the form was sent, and the page does not say what became of it: {problem}") from problem
        if end == "failed":
            raise InDoubt("the cabinet's page says that the answer was not taken")

    def _open(self, kind: Kind, item_id: ItemId) -> None:
        """Be on the item's own page, loaded anew."""
        address = self.selectors["pages"][kind].replace("{id}", _safe(item_id))
        self.page.open(f"{self.cabinet}{address}")
        self.entrance.expect_ready(self.page)
        self.page.wait_for({"item": self.selectors["form"]["item"].replace("{id}", item_id)}, PATIENCE)


def _safe(item_id: ItemId) -> str:
    """The id, which becomes part of an address and of a selector."""
    if not SAFE_ID.fullmatch(item_id):
        raise Refused("the item's id is not of the form that the cabinet's ids have")
    return item_id
