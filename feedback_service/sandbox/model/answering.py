"""Answers one valid request: within the limits, by the rules, and wrongly where that was ordered."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from feedback_service.ports.replica import ReplicaRequest
from feedback_service.sandbox.model import errors
from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.behaviour import BEHAVIOURS, REFUSALS, Behaviours
from feedback_service.sandbox.model.limits import Meter, ModelLimits, exhausted
from feedback_service.sandbox.model.output import Finish, Output, cut, estimate_tokens
from feedback_service.sandbox.model.task import Slip, task_of

REFUSAL_TEXT = "I'm sorry, but I can't help with that request."
_HALF_JSON = '{"text": "Здравствуйте! Спасибо за'
_RETRY_SECONDS = 1.0


class Answering:
    """The state behind the routes: what was ordered, what is left of the limits, how much was answered."""

    def __init__(self, limits: ModelLimits, inject_share: float) -> None:
        self.orders = Behaviours()
        self.answered = 0
        self._limits = limits
        self._inject_share = inject_share
        self._meters: dict[str, Meter] = {}
        self._slips = 0

    def answer(self, ask: Ask, request: ReplicaRequest) -> tuple[Output, Mapping[str, str]]:
        """The output and its rate headers. Raises ApiError (429)."""
        meter = self._meters.setdefault(ask.model, Meter(self._limits))
        self._refuse(ask, request, meter)
        prompt_tokens = estimate_tokens(ask.prompt)
        lack = meter.admit(request.at, max(prompt_tokens, ask.max_tokens or 0))
        if lack is not None:
            raise _with_headers(errors.rate_limited(ask.model, *lack), meter.headers())
        task = task_of(ask)
        slip = Slip(self._slip(ask, request, task.suffers), self._slips)
        self._slips += bool(slip.kind)
        self.answered += 1
        text, finish = _ended(task.answer(slip), slip.kind, ask.max_tokens)
        output = Output(text=text, finish=finish, prompt_tokens=prompt_tokens, serial=self.answered)
        headers = exhausted(meter.headers()) if slip.kind == "slow_headers" else meter.headers()
        return output, headers

    def _refuse(self, ask: Ask, request: ReplicaRequest, meter: Meter) -> None:
        options = request.imposition("too_many_requests")
        kind = "rate_limit" if options is not None else self._imposed(request, REFUSALS) or self.orders.take(REFUSALS)
        if kind == "empty_quota":
            raise errors.no_balance()
        if kind == "rate_limit":
            seconds = (options or {}).get("retry_after", _RETRY_SECONDS)
            wait = float(seconds) if isinstance(seconds, int | float) else _RETRY_SECONDS
            raise _with_headers(errors.rate_limited(ask.model, "requests", wait), exhausted(meter.headers()))

    def _slip(self, ask: Ask, request: ReplicaRequest, suffers: Collection[str]) -> str:
        """What goes wrong with this output; an imposed fault that cannot hit it waits for one that it can hit."""
        for fault in request.imposed:
            if fault.kind in BEHAVIOURS - REFUSALS and fault.kind not in suffers:
                self.orders.order(fault.kind, 1)
        kind = self._imposed(request, suffers) or self.orders.take(suffers)
        if kind is None and "inject" in suffers and _draw(ask.prompt) < self._inject_share:
            return "inject"
        return kind or ""

    @staticmethod
    def _imposed(request: ReplicaRequest, kinds: Collection[str]) -> str | None:
        return next((fault.kind for fault in request.imposed if fault.kind in kinds), None)


def _ended(text: str, slip: str, max_tokens: int | None) -> tuple[str, Finish]:
    """The text and why it ended there."""
    match slip:
        case "refuse":
            return REFUSAL_TEXT, "refusal"
        case "truncate":
            return text[: len(text) // 2], "length"
        case "content_filter":
            return "", "content_filter"
        case "invalid_json":
            return _HALF_JSON, "stop"
        case "wrong_schema":
            return '{"unexpected": true}', "stop"
    if max_tokens is not None and estimate_tokens(text) > max_tokens:
        return cut(text, max_tokens), "length"
    return text, "stop"


def _with_headers(refused: errors.ApiError, headers: Mapping[str, str]) -> errors.ApiError:
    return errors.ApiError(refused.fault.having(headers))


def _draw(prompt: str) -> float:
    """A number from 0 to 1 that belongs to the prompt."""
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
