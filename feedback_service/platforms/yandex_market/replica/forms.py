"""Reads the forms of the cabinet and does what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.items import Comment, Item
from feedback_service.platforms.yandex_market.replica.moderating import wording
from feedback_service.platforms.yandex_market.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest

REPLY, EDIT, DELETE = "reply", "edit", "delete"
_MEDIA = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20


class Stale(Exception):
    """The form speaks of a comment that is not there."""


class Rejected(Exception):
    """The text does not fit; the message is shown beside the form that was sent."""

    def __init__(self, message: str, form: Form) -> None:
        super().__init__(message)
        self.form = form


@dataclass(frozen=True, slots=True)
class Form:
    """What a form of the cabinet holds; `comment` is the one that is changed or replied to."""

    seal: str = ""
    action: str = ""
    comment: str = ""
    text: str = ""

    @classmethod
    def of(cls, request: ReplicaRequest) -> Form:
        """Whatever can be read; what cannot is empty. Line breaks become single characters, blanks around go."""
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != _MEDIA:
            return cls()
        try:
            fields = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return cls()
        seal, action, comment, text = (fields.get(name, [""])[0] for name in ("csrf", "action", "comment_id", "text"))
        return cls(seal, action, comment, text.replace("\r\n", "\n").strip())


def apply(form: Form, request: ReplicaRequest, place: tuple[Business, Item], longest: int) -> None:
    """Write what the form asks for; under the fault "swallow" nothing is stored. Raises Rejected or Stale."""
    business, item = place
    shelf, parent = business.shelf, None
    if form.action not in (REPLY, EDIT, DELETE):
        raise Stale
    comment = _named(form, shelf, item)
    if form.action == REPLY:
        parent = comment.id if comment else None
    elif comment is None or not comment.own:
        raise Stale
    if form.action != DELETE and not 1 <= len(form.text) <= longest:
        raise Rejected(f"Длина текста должна быть от 1 до {longest} символов, сейчас {len(form.text)}", form)
    said = wording(request, business, form.text, parent)
    if request.imposition("swallow") is not None:
        shelf.swallow(item.id, said)
    elif form.action == DELETE and comment is not None:
        shelf.retract(comment, request.at)
    elif form.action == EDIT and comment is not None:
        shelf.rewrite(comment, said)
    else:
        shelf.comment(item.id, said)


def _named(form: Form, shelf: Shelf, item: Item) -> Comment | None:
    """The comment that the form names, if it names one."""
    if not form.comment:
        return None
    found = next((one for one in shelf.thread(item.id) if str(one.id) == form.comment), None)
    if found is None:
        raise Stale
    return found
