"""What a Wildberries token says about itself, read without checking its signature."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from feedback_service.domain.errors import Configuration
from feedback_service.transports.throttle import Budget

FEEDBACK_BIT = 7
"""The category "Вопросы и отзывы". Source: Wildberries API, "Information about tokens", 2026."""
READ_ONLY_BIT = 30
JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
WHERE = "make a new one on the seller portal: Настройки → Доступ к API"


class TokenKind(IntEnum):
    """The payload's `acc`; UNKNOWN is our word for every other value."""

    UNKNOWN = 0
    BASIC = 1
    TEST = 2
    PERSONAL = 3
    SERVICE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The facts of one token; its text is not among them."""

    kind: TokenKind
    scope: int
    seller: str = ""
    expires_at: datetime | None = None
    is_test: bool = False

    @property
    def covers_feedback(self) -> bool:
        return bool(self.scope & (1 << FEEDBACK_BIT))

    @property
    def is_read_only(self) -> bool:
        return bool(self.scope & (1 << READ_ONLY_BIT))

    @property
    def budget(self) -> Budget:
        """Requests that all methods of the category share. Source: the limit table of every method, 2026-07."""
        if self.kind is TokenKind.BASIC:
            return Budget(5 / 3600, 1)
        return Budget(3.0, 6)


def read_token(text: str) -> Token:
    """Parse a JWT's payload. Raises Configuration, without quoting the token, where it is none."""
    if not text:
        raise Configuration(f"the Wildberries token is empty; {WHERE}")
    if not JWT.fullmatch(text):
        raise Configuration(f"the Wildberries token is not a JWT (three parts with dots between); {WHERE}")
    payload = _payload(text.split(".")[1])
    scope = payload.get("s")
    if isinstance(scope, bool) or not isinstance(scope, int) or scope < 0:
        raise Configuration(f"the Wildberries token names no categories; {WHERE}")
    return Token(
        kind=_kind(payload.get("acc")),
        scope=scope,
        seller=str(payload.get("sid") or ""),
        expires_at=_moment(payload.get("exp")),
        is_test=payload.get("t") is True,
    )


def _payload(part: str) -> dict[str, object]:
    try:
        document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Configuration(f"the Wildberries token cannot be decoded: it may be cut off; {WHERE}")
    return document


def _kind(acc: object) -> TokenKind:
    return TokenKind(acc) if isinstance(acc, int) and acc in set(TokenKind) else TokenKind.UNKNOWN


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
