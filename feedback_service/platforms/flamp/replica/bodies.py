"""The envelope of the API, errors included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.ports.replica import ReplicaResponse

_JSON = {"content-type": "application/json; charset=utf-8"}


@dataclass(eq=False)
class Problem(Exception):
    """The call ends here. `status` is HTTP's, `code` that of the body where it differs."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int | None = None

    def told(self) -> ReplicaResponse:
        """The error as the API writes it."""
        document = {"code": self.code or self.status, "message": self.message}
        return ReplicaResponse(self.status, {**_JSON, **self.headers}, _encoded(document))


def absent(what: str) -> Problem:
    return Problem(404, f"{what} not found")


def success(**parts: object) -> ReplicaResponse:
    """200 whose body says so once more."""
    return ReplicaResponse(200, _JSON, _encoded({"code": 200, **parts}))


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of an emoji in a text has no form in UTF-8 and is escaped
        return json.dumps(document).encode()
