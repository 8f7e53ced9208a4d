"""What the two forms of a review's page do: answer, and delete an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from feedback_service.platforms.flamp.replica import imposing
from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.items import Answer, Review
from feedback_service.ports.replica import ReplicaRequest

REPLY, DELETE = "reply", "delete"
_MOST_FIELDS = 10


class Complaint(Exception):
    """The form comes back with this beside it, and nothing was written."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent; what is missing is empty. `text` has line breaks of one character, no blanks around."""

    csrf: str = ""
    action: str = ""
    answer: str = ""
    text: str = ""

    @classmethod
    def read(cls, body: bytes) -> Filled:
        """Whatever can be read; of a repeated field the last counts."""
        try:
            sent = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            return cls()
        text = sent.get("text", "").replace("\r\n", "\n").strip()
        return cls(sent.get("csrf", ""), sent.get("action", ""), sent.get("answer_id", ""), text)


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes the forms of one account; `number` gives an id to a new answer."""

    request: ReplicaRequest
    account: Account
    number: Callable[[], int]

    def take(self, form: Filled, review: Review) -> None:
        """Do what the form asks for; under the fault "swallow" nothing is kept. Raises Complaint."""
        if form.action == REPLY:
            self._reply(form.text, review)
        elif form.action == DELETE:
            self._delete(form.answer, review)
        else:
            raise Complaint("Неизвестное действие")

    def _reply(self, text: str, review: Review) -> None:
        at, options, shelf = self.request.at, self.account.options, self.account.shelf
        if not text:
            raise Complaint("Введите текст ответа")
        if len(text) > options.text_limit:
            raise Complaint(f"Ответ слишком длинный: не больше {options.text_limit} символов, сейчас {len(text)}")
        if self._swallowed(text, review):
            return
        verdict = imposing.moderation(self.request, options.moderation_delay)
        answer = Answer(id=self.number(), text=text, sent_at=at, seen_from=at + options.lag, moderation=verdict)
        shelf.answer(review.item, answer)

    def _delete(self, number: str, review: Review) -> None:
        answer = next((one for one in review.answers if str(one.id) == number), None)
        if answer is None:
            raise Complaint("Этого ответа уже нет")
        if not self._swallowed(answer.text, review):
            self.account.shelf.retract(review.item, answer, self.request.at)

    def _swallowed(self, text: str, review: Review) -> bool:
        if self.request.imposition("swallow") is None:
            return False
        self.account.shelf.note(review.item, text, self.request.at, "ignored")
        return True
