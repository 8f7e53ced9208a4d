"""Everything one cabinet has on the platform: items, the comments below them, and what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from feedback_service.platforms.yandex_market.replica.items import Comment, Item, Moderation
from feedback_service.ports.replica import CustomerEdit, LedgerWrite, SandboxCustomer, UnknownWrite, WriteEffect

PLATFORM = "yandex_market"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that somebody sends: where it shall hang (`parent`), when, and what moderation will say of it."""

    text: str
    at: float
    moderation: Moderation = field(default_factory=Moderation)
    parent: int | None = None


@dataclass
class Shelf:
    """One cabinet's items and comments by id, in the order they came; `ids` gives the next number of the platform's."""

    account: str
    name: str
    ids: Callable[[], int]
    items: dict[int, Item] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    lines: dict[int, list[LedgerWrite]] = field(default_factory=dict)

    def reviews(self) -> list[Item]:
        return [one for one in self.items.values() if not one.is_question]

    def questions(self) -> list[Item]:
        return [one for one in self.items.values() if one.is_question]

    def review(self, item: int) -> Item | None:
        found = self.items.get(item)
        return found if found is not None and not found.is_question else None

    def question(self, item: int) -> Item | None:
        found = self.items.get(item)
        return found if found is not None and found.is_question else None

    def thread(self, item: int) -> list[Comment]:
        """What stands below an item, banned comments included, deleted ones not."""
        return [one for one in self.comments.values() if one.item == item and not one.deleted]

    def own(self, comment: int) -> Comment | None:
        """A comment that the seller wrote and did not delete."""
        found = self.comments.get(comment)
        return found if found is not None and found.own and not found.deleted else None

    def answered(self, item: int, at: float) -> bool:
        """Whether an own comment stands at the top level."""
        return any(one.own and one.parent is None and one.stands(at) for one in self.thread(item))

    def add(self, customer: SandboxCustomer) -> int:
        """Put a customer's item on the shelf, or a supplement into its thread. Raises KeyError or ValueError."""
        if customer.supplement_of is not None:
            return self._supplement(customer, self._known(customer.supplement_of))
        item = Item(self.ids(), customer)
        self.items[item.id] = item
        return item.id

    def edit(self, item: str, edit: CustomerEdit) -> None:
        """Change what the customer said; a review asks for a reaction again. Raises KeyError for an unknown item."""
        old = self._known(item)
        changes = {
            name: value for name in ("text", "pros", "cons", "rating") if (value := getattr(edit, name)) is not None
        }
        self.items[old.id] = replace(old, customer=replace(old.customer, **changes), waiting=True)

    def comment(self, item: int, said: Wording) -> Comment:
        """A further comment of the seller's, whatever stands there already."""
        written = Comment(
            self.ids(), item, said.text, self.name, said.at, said.at, parent=said.parent, moderation=said.moderation
        )
        self.comments[written.id] = written
        self._settle(item)
        self._note(item, said, "answer")
        return written

    def rewrite(self, comment: Comment, said: Wording) -> Comment:
        """A new text for an own comment."""
        written = replace(comment, text=said.text, checked_from=said.at, moderation=said.moderation)
        self.comments[comment.id] = written
        self._note(comment.item, said, "edit")
        return written

    def retract(self, comment: Comment, at: float) -> None:
        """Delete an own comment; what hangs below it goes too."""
        for one in (comment, *(below for below in self.thread(comment.item) if below.parent == comment.id)):
            self.comments[one.id] = replace(one, deleted=True)
        self._note(comment.item, Wording(comment.text, at), "retract")

    def skip(self, items: Iterable[int], at: float) -> None:
        """No reaction is needed any more."""
        for item in items:
            self._settle(item)
            self._note(item, Wording("", at), "view")

    def see(self, item: int) -> None:
        """Somebody opened it in the cabinet."""
        self._settle(item)

    def swallow(self, item: int, said: Wording) -> None:
        """Accepted, and nothing came of it."""
        self._note(item, said, "ignored")

    def miss(self, item: object, text: str, at: float) -> None:
        """Note a write to an item that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, str(item), text, at))

    def _supplement(self, customer: SandboxCustomer, item: Item) -> int:
        text = "\n".join(part for part in (customer.text, customer.pros, customer.cons) if part)
        if not text:
            raise ValueError("a supplement needs a text")
        answers = [one.id for one in self.thread(item.id) if one.own and one.parent is None]
        if item.is_question and not answers:
            raise ValueError("a question without an answer cannot be commented")
        said_at = customer.created_at
        added = Comment(
            self.ids(), item.id, text, customer.author, said_at, said_at, "USER", answers[-1] if answers else None
        )
        self.comments[added.id] = added
        return added.id

    def _known(self, item: str) -> Item:
        if not item.isdecimal() or int(item) not in self.items:
            raise KeyError(item)
        return self.items[int(item)]

    def _settle(self, item: int) -> None:
        self.items[item] = replace(self.items[item], waiting=False)

    def _note(self, item: int, said: Wording, effect: WriteEffect) -> None:
        self.lines.setdefault(item, []).append(LedgerWrite(said.text, said.at, effect))
