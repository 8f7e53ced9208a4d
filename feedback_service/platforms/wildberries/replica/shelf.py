"""Everything one seller has on the platform: items, and what was written to them."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field, replace

from feedback_service.platforms.wildberries.replica.items import (
    DECLINED,
    Answer,
    Moderation,
    Question,
    Review,
)
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntry,
    LedgerWrite,
    SandboxCustomer,
    UnknownWrite,
    WriteEffect,
)

PLATFORM = "wildberries"
_ID_CHARS = string.ascii_letters + string.digits + "_-"
_ID_LENGTH = 20


@dataclass(frozen=True, slots=True)
class _Written:
    """One line of the ledger; `answer` is what moderation judges, None where nothing was put on the item."""

    line: LedgerWrite
    counts: bool = False
    answer: Answer | None = None

    def noticed(self, at: float) -> bool:
        return self.counts and self.answer is not None and self.answer.state(at) != DECLINED


@dataclass
class Shelf:
    """One seller's items by id, in the order they came."""

    account: str
    reviews: dict[str, Review] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _written: dict[str, list[_Written]] = field(default_factory=dict)

    def add(self, customer: SandboxCustomer, ids: random.Random) -> str:
        """Put a customer's item on the shelf. Raises KeyError or ValueError on an impossible supplement."""
        item = "".join(ids.choices(_ID_CHARS, k=_ID_LENGTH))
        if customer.kind == "question":
            if customer.supplement_of is not None:
                raise ValueError("a question cannot supplement another item")
            self.questions[item] = Question(item, customer)
            return item
        if customer.supplement_of is not None:
            self._supplement(customer.supplement_of, item)
        self.reviews[item] = Review(item, customer, parent=customer.supplement_of)
        return item

    def edit(self, item: str, edit: CustomerEdit) -> None:
        """Change what the customer said. Raises KeyError for an unknown item."""
        changes = {
            name: value for name in ("text", "pros", "cons", "rating") if (value := getattr(edit, name)) is not None
        }
        if item in self.questions:
            question = self.questions[item]
            self.questions[item] = replace(question, customer=replace(question.customer, **changes))
            return
        review = self.reviews[item]
        self.reviews[item] = replace(review, customer=replace(review.customer, **changes))

    def answer_review(self, item: str, text: str, at: float, moderation: Moderation) -> None:
        """A first answer, or one that replaces another: the customer notices each."""
        review = self.reviews[item]
        answer = Answer(text, at, at, moderation)
        self.reviews[item] = replace(review, answer=answer)
        self._write(item, _Written(LedgerWrite(text, at, "answer"), True, answer))

    def edit_review_answer(self, item: str, text: str, at: float, moderation: Moderation) -> None:
        """The platform's own edit, once; what it does not allow is accepted and changes nothing."""
        review = self.reviews[item]
        if review.answer is None or not review.answer.editable(at):
            self._write(item, _Written(LedgerWrite(text, at, "ignored")))
            return
        answer = replace(review.answer, text=text, checked_from=at, moderation=moderation, edited=True)
        self.reviews[item] = replace(review, answer=answer)
        self._write(item, _Written(LedgerWrite(text, at, "edit"), False, answer))

    def answer_question(self, item: str, text: str, at: float) -> bool:
        """Answer, or overwrite the answer once within 60 days; False when that is over."""
        question = self.questions[item]
        shown = question.answer if not question.rejected else None
        if shown is not None and not shown.editable(at):
            return False
        sent_at = at if shown is None else shown.sent_at
        answer = Answer(text, sent_at, at, edited=shown is not None)
        self.questions[item] = replace(question, answer=answer, rejected=False, viewed=True)
        effect: WriteEffect = "answer" if shown is None else "edit"
        self._write(item, _Written(LedgerWrite(text, at, effect), True, answer))
        return True

    def reject_question(self, item: str, text: str, at: float) -> bool:
        """Take a new question off the site; False when it is answered or rejected already."""
        question = self.questions[item]
        if question.answered:
            return False
        answer = Answer(text, at, at, edited=True)
        self.questions[item] = replace(question, answer=answer, rejected=True, viewed=True)
        self._write(item, _Written(LedgerWrite(text, at, "reject")))
        return True

    def view_question(self, item: str, viewed: bool, at: float) -> None:
        """Mark as seen, or as unseen again."""
        self.questions[item] = replace(self.questions[item], viewed=viewed)
        self._write(item, _Written(LedgerWrite("", at, "view")))

    def miss(self, item: str, text: str, at: float) -> None:
        """Note a write to an item that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, item, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this seller."""
        return [
            *(
                self._entry(review.id, review.customer, _review_state(review, at), at)
                for review in self.reviews.values()
            ),
            *(self._entry(one.id, one.customer, one.state, at) for one in self.questions.values()),
        ]

    def _entry(self, item: str, customer: SandboxCustomer, state: str, at: float) -> LedgerEntry:
        written = self._written.get(item, [])
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=item,
            customer=customer,
            writes=tuple(one.line for one in written),
            answers=sum(one.noticed(at) for one in written),
            visible=self._visible(item, at),
            state=state,
        )

    def _visible(self, item: str, at: float) -> str | None:
        if item in self.questions:
            question = self.questions[item]
            return question.answer.text if question.answer and not question.rejected else None
        answer = self.reviews[item].answer
        return answer.text if answer and answer.state(at) == "wbRu" else None

    def _supplement(self, parent: str, child: str) -> None:
        review = self.reviews[parent]
        if review.child is not None:
            raise ValueError("the review has been supplemented already")
        self.reviews[parent] = replace(review, child=child)

    def _write(self, item: str, written: _Written) -> None:
        self._written.setdefault(item, []).append(written)


def _review_state(review: Review, at: float) -> str:
    return review.answer.state(at) if review.answer else "none"
