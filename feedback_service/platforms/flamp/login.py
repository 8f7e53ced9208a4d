"""Reads which filials an account of Flamp is to work with, and checks ids and texts before anything is sent."""

from __future__ import annotations

import re

from feedback_service.domain.dispatch import Action, Dispatch
from feedback_service.domain.errors import Configuration, Refused
from feedback_service.domain.supplier import Way
from feedback_service.platforms.flamp.wire import Place, place_of
from feedback_service.ports.platform import Access, CredentialField, PlatformSpec

NUMBER = re.compile(r"[0-9]{1,20}")
SESSION_COOKIE = "flamp_session"
"""Our invention: by which cookie Flamp knows who is signed in is told nowhere."""
FILIALS = "see that filial_ids are the numbers of your own company's pages on flamp.ru"
UNKNOWN = "Flamp does not know the review"
NOT_OURS = "the review stands at a filial that is not among filial_ids"

CREDENTIALS = (
    CredentialField(
        "filial_ids",
        "numbers of the company's filials, with commas between: each stands at the end of the address of its page, "
        "https://city.flamp.ru/firm/name-NUMBER, and is the same as its number in 2GIS",
        ways=frozenset({Way.API, Way.BROWSER}),
        secret=False,
        identifies=True,
    ),
)


def filials_of(access: Access) -> tuple[str, ...]:
    """The account's filials, each once. Raises Configuration for what cannot be right."""
    filials = access.several("filial_ids")
    if not filials:
        raise Configuration(f"{access.label}: filial_ids is empty: {CREDENTIALS[0].meaning}")
    if wrong := [one for one in filials if not NUMBER.fullmatch(one)]:
        raise Configuration(f"{access.label}: {wrong[0][:40]!r} is no number of Flamp; filial_ids are made of digits")
    return filials


def checked(spec: PlatformSpec, dispatch: Dispatch, filials: tuple[str, ...]) -> Place:
    """Where the answer goes. Raises Refused for what needs no look at Flamp."""
    spec.reply_limits[dispatch.ref.kind].require_words(dispatch.text)
    if dispatch.action is Action.EDIT:
        raise Refused("no way to edit an answer is known on Flamp")
    place = place_of(dispatch.ref.item_id)
    if place is None:
        raise Refused(UNKNOWN)
    if place.filial not in filials:
        raise Refused(NOT_OURS)
    return place
