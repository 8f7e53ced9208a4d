"""Issues and reads Api-Key and OAuth tokens."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.platforms.yandex_market.replica.bodies import refusal

# Source: Partner API OpenAPI, 2026-07, ApiKeyScopeType.
SCOPES = (
    "ALL_METHODS",
    "ALL_METHODS_READ_ONLY",
    "INVENTORY_AND_ORDER_PROCESSING",
    "INVENTORY_AND_ORDER_PROCESSING_READ_ONLY",
    "PRICING",
    "PRICING_READ_ONLY",
    "OFFERS_AND_CARDS_MANAGEMENT",
    "OFFERS_AND_CARDS_MANAGEMENT_READ_ONLY",
    "PROMOTION",
    "PROMOTION_READ_ONLY",
    "FINANCE_AND_ACCOUNTING",
    "COMMUNICATION",
    "SETTINGS_MANAGEMENT",
    "SUPPLIES_MANAGEMENT_READ_ONLY",
)
_PREFIX = "ACMA"
_ALPHABET = string.ascii_letters + string.digits
_MIDDLE, _SUFFIX = 48, 8
_OAUTH = "y0_"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: the account it belongs to and its scopes; OAuth tokens may do everything."""

    account: str
    scopes: frozenset[str]
    oauth: bool = False


class Keyring:
    """All tokens ever issued here; one of another sandbox is a stranger."""

    def __init__(self) -> None:
        self._keys: dict[str, Grant] = {}
        self._oauth: dict[str, Grant] = {}

    def issue(self, account: str, scope: str) -> str:
        """A new Api-Key of the documented shape ACMA:…:…"""
        key = f"{_PREFIX}:{_random(_MIDDLE)}:{secrets.token_hex(_SUFFIX // 2)}"
        self._keys[key] = Grant(account, frozenset({scope}))
        return key

    def issue_oauth(self, account: str) -> str:
        """A new OAuth token with all rights."""
        token = _OAUTH + _random(_MIDDLE)
        self._oauth[token] = Grant(account, frozenset({"ALL_METHODS"}), oauth=True)
        return token

    def read(self, headers: Mapping[str, str]) -> Grant:
        """Whose token the headers carry. Raises Refusal with 401 or 403 in the platform's words."""
        key, authorization = headers.get("api-key"), headers.get("authorization")
        if key is not None:
            return self._of_key(key.strip())
        if authorization is None:
            raise refusal(401, "Credentials are not specified")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise refusal(401, "Authorization header has invalid syntax")
        grant = self._oauth.get(token.strip())
        if grant is None:
            raise refusal(403, "OAuth token is invalid")
        return grant

    def _of_key(self, key: str) -> Grant:
        parts = key.split(":")
        if len(parts) != 3 or not all(parts):
            raise refusal(401, "Api-Key token format invalid")
        if parts[0] != _PREFIX:
            raise refusal(401, "Api-Key token prefix invalid")
        if len(parts[1]) != _MIDDLE or len(parts[2]) != _SUFFIX:
            raise refusal(401, "Api-Key token length invalid")
        grant = self._keys.get(key)
        if grant is None:
            raise refusal(401, "Api-Key token is invalid")
        return grant


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
