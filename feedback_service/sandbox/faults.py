"""Plans what shall go wrong, for whom, how often; the same seed gives the same misfortune."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from feedback_service.ports.replica import ReplicaResponse

# Played by the server itself, around the replica.
SERVER_KINDS = frozenset({"drop", "drop_before_write", "drop_after_write", "slow", "mangle"})
# Played by the replica in its platform's words where it can, else by the server in plain JSON.
REFUSALS: Mapping[str, int] = {"too_many_requests": 429, "server_error": 500}
_WRITES_ONLY = frozenset({"drop_before_write", "drop_after_write", "moderate", "swallow"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FIELDS = frozenset({"kind", "platform", "account", "match", "count", "probability", "options"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request as faults see it; `account` is None where the credentials are nobody's, `write` where nobody knows."""

    platform: str
    account: str | None
    method: str
    path: str
    write: bool | None = None

    @property
    def writes(self) -> bool:
        """Whether it may change something: by its method where the replica cannot tell."""
        return self.method not in _READS if self.write is None else self.write


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of misfortune; None means any platform, any account, any request, or without end.

    `match` is a part of "POST /api/v1/…". The kinds that name a write, "moderate" and "swallow" spare reads. Options:
    slow `delay` (s); too_many_requests `retry_after` (s); server_error `status`; mangle `how` (html, truncated,
    garbage); the other kinds as their replica reads them.
    """

    kind: str
    platform: str | None = None
    account: str | None = None
    match: str | None = None
    count: int | None = None
    probability: float = 1.0
    options: Mapping[str, object] = field(default_factory=dict)

    def hits(self, call: Call) -> bool:
        """Whether this request may suffer it."""
        return (
            self.platform in (None, call.platform)
            and self.account in (None, call.account)
            and (self.match is None or self.match in f"{call.method} {call.path}")
            and (call.writes or self.kind not in _WRITES_ONLY)
        )

    def seconds(self, option: str, default: float = 0.0) -> float:
        """A numeric option."""
        return float(str(self.options.get(option, default)))


@dataclass(frozen=True, slots=True)
class Active:
    """A planned fault with its id; `left` is None for one without end."""

    id: str
    fault: Fault
    left: int | None
    played: int = 0


class FaultPlan:
    """The faults that wait for a request."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a repeatable misfortune, not a secret
        self._active: dict[str, Active] = {}
        self._added = 0

    def add(self, fault: Fault) -> str:
        """Plan a fault; returns its id."""
        self._added += 1
        planned = Active(f"fault-{self._added}", fault, fault.count)
        self._active[planned.id] = planned
        return planned.id

    def clear(self, fault_id: str | None = None) -> None:
        """Forget one fault, or all."""
        if fault_id is None:
            self._active.clear()
        else:
            self._active.pop(fault_id, None)

    def active(self) -> list[Active]:
        """What is planned and not used up."""
        return [one for one in self._active.values() if one.left != 0]

    def draw(self, call: Call, kinds: Collection[str]) -> dict[str, Active]:
        """The faults of these kinds that this request suffers, at most one of a kind; each is used once."""
        drawn: dict[str, Active] = {}
        for one in self.active():
            kind = one.fault.kind
            if kind in kinds and kind not in drawn and one.fault.hits(call) and self._falls(one.fault):
                drawn[kind] = self._use(one, 1)
        return drawn

    def give_back(self, drawn: Active) -> None:
        """A drawn fault did not come to bear: it stays planned."""
        if drawn.id in self._active:
            self._use(self._active[drawn.id], -1)

    def _falls(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self.random.random() < fault.probability

    def _use(self, one: Active, times: int) -> Active:
        left = None if one.left is None else one.left - times
        self._active[one.id] = used = replace(one, left=left, played=one.played + times)
        return used


def parsed_fault(document: Mapping[str, object], kinds: Collection[str]) -> Fault:
    """A fault from JSON. Raises ValueError naming what is wrong."""
    unknown = document.keys() - _FIELDS
    if unknown:
        raise ValueError(f"unknown field of a fault: {sorted(unknown)[0]}")
    kind, options = document.get("kind"), document.get("options", {})
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"kind must be one of {', '.join(sorted(kinds))}")
    if not isinstance(options, dict):
        raise ValueError("options must be an object")
    count = document.get("count")
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ValueError("count must be a whole number above 0")
    probability = document.get("probability", 1.0)
    if not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise ValueError("probability must be between 0 and 1")
    platform, account, match = (_text(document, name) for name in ("platform", "account", "match"))
    return Fault(kind, platform, account, match, count, float(probability), options)


def mangled(response: ReplicaResponse, how: str, chance: random.Random) -> ReplicaResponse:
    """The response as a broken proxy would pass it on; one without a body becomes 200 with a wrong one."""
    status = response.status if response.body else 200
    if how == "truncated" and response.body:
        return ReplicaResponse(status, response.headers, response.body[: len(response.body) // 2])
    if how == "garbage":
        return ReplicaResponse(status, response.headers, b"\xc3\x28\xc3\x28" + chance.randbytes(64))
    page = b"<!doctype html><html><body><h1>We will be back soon</h1></body></html>"
    return ReplicaResponse(status, {**response.headers, "content-type": "text/html; charset=utf-8"}, page)


def plain_refusal(fault: Fault) -> ReplicaResponse:
    """429 or 5XX for a replica that has no words of its own."""
    status = int(fault.seconds("status", REFUSALS[fault.kind]))
    headers = {"content-type": "application/json"}
    if status == 429:
        headers["retry-after"] = str(round(fault.seconds("retry_after", 1)))
    return ReplicaResponse(status, headers, b'{"error":{"message":"sandbox fault: ' + fault.kind.encode() + b'"}}')


def _text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text or null")
    return value
