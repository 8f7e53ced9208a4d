"""Issues and reads the JSON Web Tokens that sellers put into the Authorization header."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

TokenKind = Literal["personal", "service", "basic", "basic_secret", "test"]
TOKEN_KINDS: tuple[TokenKind, ...] = get_args(TokenKind)

FEEDBACK_BIT = 7
READ_ONLY_BIT = 30

_ACC = {"basic": 1, "basic_secret": 1, "test": 2, "personal": 3, "service": 4}
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_KEY_ID = "20250217v1"
_NUMBER = 32


class TokenProblem(Exception):
    """The token is not ours or not well-formed; the message is the `detail` of the 401."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: the seller it belongs to, its kind, bit mask and end in epoch seconds."""

    seller: str
    kind: TokenKind
    scopes: int
    expires_at: int

    @property
    def in_category(self) -> bool:
        return bool(self.scopes & 1 << FEEDBACK_BIT)

    @property
    def may_write(self) -> bool:
        return not self.scopes & 1 << READ_ONLY_BIT


class Mint:
    """Signs with a key thrown away at exit (ES256), so a token of another sandbox is a stranger here."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._issued: dict[str, Grant] = {}
        self._known: dict[str, Grant] = {}

    def issue(self, grant: Grant) -> str:
        """A new token with the claims the portal documents (id, s, sid, exp, acc, for, t)."""
        token_id = str(uuid4())
        self._issued[token_id] = grant
        header = {"alg": "ES256", "kid": _KEY_ID, "typ": "JWT"}
        signed = f"{_encode_json(header)}.{_encode_json(_claims(grant, token_id))}"
        return f"{signed}.{_encode(self._sign(signed.encode()))}"

    def read(self, authorization: str) -> Grant:
        """The grant behind a header value, with or without `Bearer `. Raises TokenProblem; ignores expiry."""
        token = authorization.removeprefix("Bearer ").strip()
        if token not in self._known:
            self._known[token] = self._verified(token)
        return self._known[token]

    def _verified(self, token: str) -> Grant:
        if not token:
            raise TokenProblem("empty Authorization header")
        parts = token.split(".")
        if len(parts) != 3:
            raise TokenProblem("access token problem; token is malformed: token contains an invalid number of segments")
        _decode_json(parts[0], "header")
        claims = _decode_json(parts[1], "claim")
        signature = _decode(parts[2], "token problem; token is malformed: could not base64 decode signature")
        self._check(f"{parts[0]}.{parts[1]}".encode(), signature)
        grant = self._issued.get(str(claims.get("id")))
        if grant is None:
            raise TokenProblem("access token problem; token is not known")
        return grant

    def _sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_NUMBER, "big") + s.to_bytes(_NUMBER, "big")

    def _check(self, message: bytes, signature: bytes) -> None:
        r, s = int.from_bytes(signature[:_NUMBER], "big"), int.from_bytes(signature[_NUMBER:], "big")
        try:
            self._key.public_key().verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise TokenProblem("access token problem; token signature is invalid") from None


def _claims(grant: Grant, token_id: str) -> dict[str, object]:
    claims: dict[str, object] = {
        "acc": _ACC[grant.kind],
        "ent": 1,
        "exp": grant.expires_at,
        "id": token_id,
        "iid": 1,
        "oid": 1,
        "s": grant.scopes,
        "sid": grant.seller,
        "t": grant.kind == "test",
        "uid": 1,
    }
    if grant.kind == "personal":
        claims["for"] = "self"
    if grant.kind == "service":
        claims["for"] = f"asid:{uuid4()}"
    return claims


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_json(document: Mapping[str, object]) -> str:
    return _encode(json.dumps(document, separators=(",", ":")).encode())


def _decode(part: str, complaint: str) -> bytes:
    wrong = next((index for index, char in enumerate(part) if char not in _ALPHABET), None)
    if wrong is None and len(part) % 4 == 1:
        wrong = len(part) - 1
    if wrong is not None:
        raise TokenProblem(f"{complaint}: illegal base64 data at input byte {wrong}")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _decode_json(part: str, name: str) -> Mapping[str, object]:
    complaint = f"access token problem; token is malformed: could not base64 decode {name}"
    try:
        document: object = json.loads(_decode(part, complaint))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise TokenProblem(f"access token problem; token is malformed: could not JSON decode {name}")
    return document
