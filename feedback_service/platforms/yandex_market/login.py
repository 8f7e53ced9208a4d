"""Checks the form of credentials, ids and texts before anything is asked or sent with them."""

from __future__ import annotations

import re

from feedback_service.domain.dispatch import Dispatch
from feedback_service.domain.errors import Configuration, Refused
from feedback_service.platforms.yandex_market.wire import number_of
from feedback_service.ports.platform import Access, PlatformSpec

HEADER_SAFE = re.compile(r"[!-~]{8,500}")
"""The documents show keys of the form ACMA:…:…, and promise no form: so only what could be no header is refused."""


def api_key_of(access: Access) -> str:
    """The token, without a scheme in front of it. Raises Configuration, never quoting it."""
    text = access.credentials.get("api_key", "").strip()
    for scheme in ("Api-Key:", "Api-Key", "Bearer"):
        text = text.removeprefix(scheme).strip()
    if not text:
        raise Configuration(f"{access.label}: api_key is empty; make one in the cabinet: Настройки → API и модули")
    if not HEADER_SAFE.fullmatch(text):
        raise Configuration(f"{access.label}: api_key holds signs that no token has, or is cut off")
    return text


def business_of(access: Access) -> int:
    """The cabinet's number. Raises Configuration for anything else."""
    text = access.credentials.get("business_id", "").strip()
    number = number_of(text)
    if number is None:
        said = "is empty" if not text else f"must be a number, not {text[:30]!r}"
        raise Configuration(
            f"{access.label}: business_id {said}; it stands in the cabinet's address after /business/, "
            "and is not the number of a shop (campaign)"
        )
    return number


def checked(spec: PlatformSpec, dispatch: Dispatch) -> int:
    """The number of the dispatch's item. Raises Refused for an id or a length that cannot be right."""
    spec.reply_limits[dispatch.ref.kind].require(dispatch.text)
    number = number_of(dispatch.ref.item_id)
    if number is None:
        raise Refused(f"{dispatch.ref.item_id!r} is no id of Yandex.Market")
    return number
