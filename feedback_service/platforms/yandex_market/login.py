"""Checks the form of an account's credentials before anything is asked with them."""

from __future__ import annotations

import re

from feedback_service.domain.errors import Configuration
from feedback_service.platforms.yandex_market.wire import number_of
from feedback_service.ports.platform import Access

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
