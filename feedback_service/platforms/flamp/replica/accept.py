"""Reads the odd header by which Flamp's web app says how much of a review's surroundings it wants."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.platforms.flamp.replica.bodies import Problem

_DEPTH = re.compile(r"(?:^|;)\s*depth=([0-9])(?:;|$|,)")
_SCOPES = "scopes="


@dataclass(frozen=True, slots=True)
class Wish:
    """At depth 0 what belongs to a review is an address; at depth 1 each scope that is named is written out."""

    depth: int = 0
    scopes: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def read(cls, accept: str) -> Wish:
        """`;q=1;depth=1;scopes={"user":{"fields":"id,name"}};application/json`; 400 where scopes are no JSON object."""
        depth, start = _DEPTH.search(accept), accept.find(_SCOPES)
        scopes: object = {}
        if start >= 0:
            try:
                scopes, _ = json.JSONDecoder().raw_decode(accept, start + len(_SCOPES))
            except (ValueError, RecursionError):
                scopes = None
        if not isinstance(scopes, dict):
            raise Problem(400, "scopes cannot be read")
        return cls(int(depth[1]) if depth else 0, scopes)

    def opens(self, scope: str) -> bool:
        """Whether it shall be written out."""
        return self.depth > 0 and scope in self.scopes

    def fields(self, scope: str) -> frozenset[str] | None:
        """The names of what is wanted of a scope; None: all of it."""
        wanted = self.scopes.get(scope)
        named = wanted.get("fields") if isinstance(wanted, dict) else None
        return frozenset(named.split(",")) if isinstance(named, str) and named else None
