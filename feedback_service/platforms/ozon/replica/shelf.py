"""The reviews and questions of one seller, and what was written to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from feedback_service.platforms.ozon.replica.items import PROCESSED, PUBLISHED, VIEWED, Item, Reply
from feedback_service.ports.replica import (
    CustomerEdit,
    CustomerKind,
    LedgerEntry,
    LedgerWrite,
    SandboxCustomer,
    UnknownWrite,
    WriteEffect,
)

PLATFORM = "ozon"


@dataclass
class Shelf:
    """One seller's items by id, in the order they came."""

    account: str
    ids: random.Random
    reviews: dict[str, Item] = field(default_factory=dict)
    questions: dict[str, Item] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)

    def new_id(self) -> str:
        return str(UUID(int=self.ids.getrandbits(128), version=4))

    def all(self) -> Iterator[Item]:
        """Reviews, then questions."""
        yield from self.reviews.values()
        yield from self.questions.values()

    def add(self, customer: SandboxCustomer) -> str:
        """Put a customer's item on the shelf; a supplement becomes a comment. Raises KeyError or ValueError."""
        item = self.new_id()
        if customer.supplement_of is not None:
            self._comment(customer.supplement_of, item, customer)
        else:
            self._home(customer.kind)[item] = Item(item, customer)
        return item

    def edit(self, item: str, edit: CustomerEdit) -> None:
        """Change what the customer said. Raises KeyError for an unknown item."""
        names = ("text", "pros", "cons", "rating")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not None}
        self._change(item, lambda one: replace(one, customer=replace(one.customer, **changes)))

    def reply(self, item: str, reply: Reply) -> None:
        """Put a comment or an answer below an item; another one may stand there."""
        self._change(item, lambda one: replace(one, replies=(*one.replies, reply)))
        self._note(item, reply.text, reply.sent_at, "answer")

    def find_reply(self, kind: CustomerKind, reply: str) -> tuple[Item, Reply] | None:
        """The seller's own comment or answer of that id, with its review or question."""
        items = self._home(kind).values()
        return next(((item, one) for item in items for one in item.replies if one.id == reply and one.ours), None)

    def retract(self, item: str, reply: Reply, at: float) -> None:
        """Take a comment or an answer away; the item's status stays."""
        self._change(item, lambda one: replace(one, replies=tuple(each for each in one.replies if each != reply)))
        self._note(item, reply.text, at, "retract")

    def set_status(self, item: str, status: str, at: float) -> None:
        """Mark as new, seen or processed."""
        self._change(item, lambda one: replace(one, status=status))
        if status in (VIEWED, PROCESSED):
            self._note(item, "", at, "view")

    def process(self, item: str) -> None:
        """Mark as processed along with an answer."""
        self._change(item, lambda one: replace(one, status=PROCESSED))

    def ignore(self, item: str, text: str, at: float) -> None:
        """Note a write that was accepted and changed nothing."""
        self._note(item, text, at, "ignored")

    def miss(self, item: str, text: str, at: float) -> None:
        """Note a write to an item that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, item, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this seller."""
        return [self._entry(item, at) for item in self.all()]

    def _entry(self, item: Item, at: float) -> LedgerEntry:
        ours = [reply for reply in item.replies if reply.ours]
        shown = [reply.text for reply in ours if reply.state(at) == PUBLISHED]
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=item.id,
            customer=item.customer,
            writes=tuple(self._writes.get(item.id, ())),
            answers=sum(reply.stands(at) for reply in ours),
            visible=shown[-1] if shown else None,
            state=ours[-1].state(at) if ours else "none",
        )

    def _comment(self, parent: str, comment: str, customer: SandboxCustomer) -> None:
        if parent not in self.reviews:
            raise KeyError(parent)
        if customer.kind != "review":
            raise ValueError("a question cannot supplement another item")
        said = Reply(comment, customer.text, customer.created_at, ours=False, author=customer.author)
        self._change(parent, lambda one: replace(one, replies=(*one.replies, said)))

    def _home(self, kind: CustomerKind) -> dict[str, Item]:
        return self.questions if kind == "question" else self.reviews

    def _change(self, item: str, changed: Callable[[Item], Item]) -> None:
        home = self.questions if item in self.questions else self.reviews
        home[item] = changed(home[item])

    def _note(self, item: str, text: str, at: float, effect: WriteEffect) -> None:
        self._writes.setdefault(item, []).append(LedgerWrite(text, at, effect))
