"""Reads the two forms of the cabinet and does what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from feedback_service.platforms.zoon.replica import imposing
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.items import Comment, Review
from feedback_service.ports.replica import ReplicaRequest

_MEDIA = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20


class Stale(Exception):
    """The form speaks of a reply that is not there."""


@dataclass(eq=False)
class Rejected(Exception):
    """The text is not taken; `message` is shown beside the form of that review, with the text in it."""

    review: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent; what cannot be read is empty. Line breaks are single characters, blanks around are gone."""

    seal: str = ""
    text: str = ""

    @classmethod
    def of(cls, request: ReplicaRequest) -> Form:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != _MEDIA:
            return cls()
        try:
            fields = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return cls()
        seal, text = (fields.get(name, [""])[0] for name in ("csrf", "text"))
        return cls(seal, text.replace("\r\n", "\n").replace("\r", "\n").strip())


@dataclass(frozen=True, slots=True)
class Desk:
    """Where forms about one organisation end up."""

    account: Account
    organization: Organization

    def carry_out(self, request: ReplicaRequest, review: Review, form: Form, answer: str | None) -> None:
        """Delete the reply of the id `answer`, or add one. Raises Stale or Rejected."""
        if answer:
            self._delete(request, review, answer)
        else:
            self._reply(request, review, form.text)

    def _reply(self, request: ReplicaRequest, review: Review, text: str) -> None:
        limit, shelf = self.account.options.text_limit, self.account.shelf
        if not 1 <= len(text) <= limit:
            message = f"Длина ответа должна быть от 1 до {limit} символов, сейчас {len(text)}"
            raise Rejected(review.id, text, message)
        if request.imposition("swallow") is not None:
            shelf.swallow(review.id, text, request.at)
            return
        comment = Comment(
            id=self.account.ids(),
            author="organization",
            name=self.organization.name,
            text=text,
            sent_at=request.at,
            seen_from=request.at + self.account.options.lag,
            moderation=imposing.moderation(request),
        )
        shelf.comment(review.id, comment)

    def _delete(self, request: ReplicaRequest, review: Review, answer: str) -> None:
        comment, shelf = review.own(answer), self.account.shelf
        if comment is None:
            raise Stale
        if request.imposition("swallow") is not None:
            shelf.swallow(review.id, comment.text, request.at)
        else:
            shelf.retract(review.id, comment, request.at)
