"""Passes one HTTP request to a replica, past the gate of its cabinet, and plays the planned faults around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from feedback_service.ports.clock import Clock
from feedback_service.ports.replica import (
    Cabinet,
    HasPages,
    Imposed,
    PlaysFaults,
    Replica,
    ReplicaRequest,
    ReplicaResponse,
    TellsWrites,
)
from feedback_service.sandbox.faults import (
    REFUSALS,
    SERVER_KINDS,
    Active,
    Call,
    FaultPlan,
    mangled,
    plain_refusal,
)
from feedback_service.sandbox.gate import GATE_KINDS, Decision, Gate, Outcome
from feedback_service.sandbox.ledger import DROPPED, RequestLog, SeenRequest

_REFUSED = 400
"""From this status on nothing was written; a form that was taken is answered by a redirect."""
_BEFORE = frozenset({"drop", "drop_before_write", "slow"})


class Dropped(Exception):
    """The connection shall break without an answer."""


def kinds_of(replica: Replica) -> frozenset[str]:
    """Every kind of fault that can be planned for a replica."""
    guarded = GATE_KINDS if isinstance(replica, HasPages) else frozenset()
    return SERVER_KINDS | REFUSALS.keys() | plays_of(replica) | guarded


def plays_of(replica: Replica) -> frozenset[str]:
    """The kinds that the replica plays itself."""
    return replica.plays if isinstance(replica, PlaysFaults) else frozenset()


@dataclass(frozen=True, slots=True)
class Mount:
    """One replica behind the server; `gate` guards its cabinet, where it has one."""

    replica: Replica
    faults: FaultPlan
    clock: Clock
    log: RequestLog
    gate: Gate | None = None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer, or break the connection; every request is noted in the log."""
        asked = await self._asked(request)
        decision = self._decided(asked)
        call = Call(self.replica.platform, decision.account, asked.method, asked.path, self._writes(asked))
        try:
            answered = decision.response or await self._answered(self._let_in(asked, decision), call)
        except Dropped:
            self._note(call, asked.at, DROPPED)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)  # nobody reads it: the connection is gone
        self._note(call, asked.at, str(answered.status))
        response = web.Response(status=answered.status, headers=answered.headers, body=answered.body or None)
        for line in decision.cookies:
            response.headers.add("set-cookie", line)
        return response

    def _decided(self, asked: ReplicaRequest) -> Decision:
        if self._is_guarded(asked) and self.gate is not None:
            return self.gate.decide(asked)
        return Decision(Outcome.PASSED, self.replica.account_of(asked) if isinstance(self.replica, Cabinet) else None)

    def _let_in(self, asked: ReplicaRequest, decision: Decision) -> ReplicaRequest:
        return replace(asked, signed_in=decision.account) if self._is_guarded(asked) else asked

    def _is_guarded(self, asked: ReplicaRequest) -> bool:
        return self.gate is not None and self.gate.site.guards(asked.path)

    async def _answered(self, asked: ReplicaRequest, call: Call) -> ReplicaResponse:
        before = self.faults.draw(call, _BEFORE)
        if before.keys() & {"drop", "drop_before_write"}:
            raise Dropped
        response = self._responded(asked, call)
        if response.status < _REFUSED and self.faults.draw(call, {"drop_after_write"}):
            raise Dropped
        if "slow" in before:
            await self.clock.sleep(before["slow"].fault.seconds("delay", 1.0))
        mangling = self.faults.draw(call, {"mangle"}).get("mangle")
        if mangling is None:
            return response
        return mangled(response, str(mangling.fault.options.get("how", "html")), self.faults.random)

    def _responded(self, asked: ReplicaRequest, call: Call) -> ReplicaResponse:
        plays = plays_of(self.replica)
        drawn = self.faults.draw(call, REFUSALS.keys() | plays)
        refused = next((one.fault for kind, one in drawn.items() if kind in REFUSALS.keys() - plays), None)
        if refused is not None:
            return plain_refusal(refused)
        imposed = tuple(Imposed(kind, one.fault.options) for kind, one in drawn.items())
        response = self.replica.respond(replace(asked, imposed=imposed))
        self._keep_unused(drawn, response)
        return response

    def _keep_unused(self, drawn: dict[str, Active], response: ReplicaResponse) -> None:
        if response.status >= _REFUSED:  # nothing was written that could be moderated or swallowed
            for kind in drawn.keys() & {"moderate", "swallow"}:
                self.faults.give_back(drawn[kind])

    async def _asked(self, request: web.Request) -> ReplicaRequest:
        query: dict[str, str] = {}
        for name, value in request.query.items():
            query.setdefault(name, value)
        return ReplicaRequest(
            method=request.method,
            path="/" + request.match_info["path"],
            at=self.clock.now().timestamp(),
            query=query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )

    def _writes(self, asked: ReplicaRequest) -> bool | None:
        replica = self.replica
        return replica.writes(asked.method, asked.path) if isinstance(replica, TellsWrites) else None

    def _note(self, call: Call, at: float, status: str) -> None:
        self.log.note(SeenRequest(at, call.platform, call.account, call.method, call.path, status))
