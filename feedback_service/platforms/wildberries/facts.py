"""What `check` reports about a Wildberries account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.wildberries.client import WildberriesClient
from feedback_service.platforms.wildberries.token import WHERE, Token, TokenKind
from feedback_service.ports.facts import trouble
from feedback_service.ports.platform import Fact

PRODUCTION = "https://feedbacks-api.wildberries.ru"
EXPIRES_SOON = timedelta(days=14)


def of_token(token: Token, now: datetime, base_url: str) -> Sequence[Fact]:
    """What the token says of itself, without a call."""
    return [_kind(token, base_url), _category(token), _writing(token), _expiry(token, now)]


async def of_login(client: WildberriesClient) -> Fact:
    """One request, because a basic token has only five of them an hour."""
    try:
        waiting = await client.count_unanswered(Kind.REVIEW)
    except FeedbackServiceError as problem:
        return trouble("login", problem)
    return Fact("login", True, f"accepted; {waiting} reviews wait for an answer")


def _kind(token: Token, base_url: str) -> Fact:
    name = token.kind.name.lower()
    if base_url == PRODUCTION and (token.is_test or token.kind is TokenKind.TEST):
        return Fact("token kind", False, "a test token works in Wildberries' sandbox only", WHERE)
    if token.kind is TokenKind.BASIC:
        return Fact("token kind", True, "basic: 5 requests an hour", "a personal or service token has 3 a second")
    return Fact("token kind", True, f"{name}: 3 requests a second, 6 at once")


def _category(token: Token) -> Fact:
    if token.covers_feedback:
        return Fact("token category", True, "«Вопросы и отзывы» is included")
    return Fact("token category", False, "«Вопросы и отзывы» is not included", WHERE)


def _writing(token: Token) -> Fact:
    if token.is_read_only:
        return Fact("token rights", False, "the token may only read", f"without «Только чтение»: {WHERE}")
    return Fact("token rights", True, "the token may write")


def _expiry(token: Token, now: datetime) -> Fact:
    if token.expires_at is None:
        return Fact("token expiry", True, "the token names no date")
    day = f"{token.expires_at:%Y-%m-%d}"
    if token.expires_at <= now:
        return Fact("token expiry", False, f"expired on {day}", WHERE)
    if token.expires_at - now < EXPIRES_SOON:
        left = (token.expires_at - now).days
        return Fact("token expiry", True, f"WARNING: expires on {day}, in {left} days", WHERE)
    return Fact("token expiry", True, f"valid until {day}")
