"""Mounts the stand-in: OpenAI's routes, keys and models, and a control route of its own.

Invented here (no such thing at OpenAI): the rules behind the answers, the `sandbox-*` models, and `/_control`:
POST {"behaviour": "refuse", "count": 2} orders a misbehaviour, GET shows what was answered and what is ordered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse
from feedback_service.sandbox.model import chat, errors, responses
from feedback_service.sandbox.model.answering import Answering
from feedback_service.sandbox.model.ask import Ask, read_chat, read_responses
from feedback_service.sandbox.model.behaviour import BEHAVIOURS
from feedback_service.sandbox.model.errors import ApiError, Fault
from feedback_service.sandbox.model.limits import ModelLimits

SANDBOX_KEY: Final = "sk-sandbox"
"""A key that the stand-in takes by default, as it takes every other that begins with "sk-"."""
_BORN: Final = 1_700_000_000
_ROUTES: Final = {"/v1/chat/completions": "POST", "/v1/responses": "POST", "/v1/models": "GET"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """`keys`: the only keys taken; empty takes every "sk-…". `models` may end with "*".

    `inject_share`: the share of drafts, 0 to 1, that carry something forbidden without being ordered to; which
    ones is decided by the prompt, so a second try at the same item is another draw.
    """

    keys: frozenset[str] = frozenset()
    models: tuple[str, ...] = ("sandbox-small", "sandbox-large", "gpt-*", "o3*", "o4*")
    limits: ModelLimits = field(default_factory=ModelLimits)
    inject_share: float = 0.0


class ModelReplica:
    """OpenAI as far as this service and other ordinary clients use it."""

    platform = "openai"
    plays = BEHAVIOURS | {"too_many_requests", "server_error"}

    def __init__(self, settings: ModelSettings | None = None) -> None:
        self._settings = settings or ModelSettings()
        self._answering = Answering(self._settings.limits, self._settings.inject_share)

    def behave(self, kind: str, count: int = 1) -> None:
        """Misbehave so on the next `count` requests that can suffer it. Raises ValueError for an unknown kind."""
        self._answering.orders.order(kind, count)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        try:
            if request.path == "/_control":
                return self._control(request)
            self._authorise(request)
            return self._route(request)
        except ApiError as refused:
            fault = refused.fault
        return _json(fault.status, fault.body(), fault.headers)

    def _authorise(self, request: ReplicaRequest) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise errors.no_key()
        if key not in self._settings.keys if self._settings.keys else not key.startswith("sk-"):
            raise errors.wrong_key(key)

    def _route(self, request: ReplicaRequest) -> ReplicaResponse:
        path = request.path.rstrip("/")
        if path.startswith("/v1/models/") and request.method == "GET":
            return _json(200, self._model(path.removeprefix("/v1/models/")))
        if path not in _ROUTES:
            raise errors.no_such_url(request.method, request.path)
        if request.method != _ROUTES[path]:
            raise errors.wrong_method(request.method, request.path)
        if path == "/v1/models":
            named = [self._model(name) for name in self._settings.models if not name.endswith("*")]
            return _json(200, {"object": "list", "data": named})
        return self._complete(request, path)

    def _complete(self, request: ReplicaRequest, path: str) -> ReplicaResponse:
        _server_error(request)
        body = _object(request.body)
        ask: Ask = read_chat(body) if path == "/v1/chat/completions" else read_responses(body)
        self._model(ask.model)
        output, headers = self._answering.answer(ask, request)
        if path == "/v1/responses":
            return _json(200, responses.response(ask, output, request.at), headers)
        if ask.stream:
            events = chat.events(ask, output, request.at)
            return ReplicaResponse(200, {"content-type": "text/event-stream; charset=utf-8", **headers}, events)
        return _json(200, chat.completion(ask, output, request.at), headers)

    def _model(self, name: str) -> dict[str, object]:
        if not any(fnmatchcase(name, pattern) for pattern in self._settings.models):
            raise errors.no_such_model(name)
        return {"id": name, "object": "model", "created": _BORN, "owned_by": "sandbox"}

    def _control(self, request: ReplicaRequest) -> ReplicaResponse:
        if request.method == "POST":
            order = _object(request.body)
            kind, count = order.get("behaviour"), order.get("count", 1)
            if not isinstance(kind, str) or not isinstance(count, int):
                raise errors.invalid('Send {"behaviour": "…", "count": 1}.', "behaviour")
            try:
                self.behave(kind, count)
            except ValueError as problem:
                raise errors.invalid(str(problem), "behaviour") from problem
        return _json(200, {"answered": self._answering.answered, "ordered": self._answering.orders.open})


def _server_error(request: ReplicaRequest) -> None:
    options = request.imposition("server_error")
    if options is not None:
        text = "The server had an error while processing your request. Sorry about that!"
        status = options.get("status", 500)
        raise ApiError(Fault(status=status if isinstance(status, int) else 500, message=text, type="server_error"))


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise errors.not_json() from None
    if not isinstance(found, dict):
        raise errors.not_json()
    return found


def _json(status: int, body: object, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """Lone surrogates of a customer's text cannot be UTF-8: they are escaped, as JSON allows."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        encoded = json.dumps(body).encode("ascii")
    return ReplicaResponse(status, {"content-type": "application/json", **(headers or {})}, encoded)
