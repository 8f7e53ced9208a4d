"""One chat completion over HTTP by the official SDK: the only import of openai."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import openai

from feedback_service.domain.errors import FeedbackServiceError, Retryable
from feedback_service.llm.config import ModelConfig
from feedback_service.llm.dialect import Dialect
from feedback_service.llm.faults import Failure, meaning
from feedback_service.llm.wire import Completion, read_completion
from feedback_service.ports.clock import Clock

CONNECT_SECONDS = 10.0
UNPARSED = {"X-Stainless-Raw-Response": "true"}
"""Has the SDK return the response as it came. Its typed `create` walks through every field of the request and the
answer, which takes as long as all the rest of a call; we build the one and read the other ourselves."""
NO_KEY = "none"
"""Sent where no key is set: a proxy may not need one, and OpenAI answers 401, which says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `setting` is the name under which `model` is configured; `schema` is strict JSON schema."""

    model: str
    setting: str
    system: str
    user: str
    schema: Mapping[str, object]
    max_tokens: int


def warm() -> None:
    """Import what the SDK puts off until its first use (about 10 MB): called once by a parent before it forks.

    The client made here is thrown away; it never opens a connection.
    """
    _ = openai.AsyncOpenAI(api_key=NO_KEY, base_url="http://127.0.0.1/v1").chat.completions.with_raw_response


class ChatClient:
    """Created by whoever is to use it, connected lazily: nothing of it may exist before a fork."""

    def __init__(self, config: ModelConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._sdk: openai.AsyncOpenAI | None = None
        self._dialects: dict[str, Dialect] = {}

    async def complete(self, call: Call) -> tuple[Completion, Mapping[str, str]]:
        """The completion and the response's headers.

        What a model or proxy does not know of our optional parameters is left out, and remembered. Nothing else is
        repeated here. Raises Retryable, Refused or AccountFault.
        """
        dialect = self._dialects.setdefault(call.model, Dialect(call.model))
        while True:
            try:
                return await self._once(call, dialect)
            except openai.BadRequestError as problem:
                if not dialect.forgo(_failure(problem)):
                    raise self._meaning(problem, call) from None
            except openai.APIStatusError as problem:
                raise self._meaning(problem, call) from None
            except (openai.APIConnectionError, TimeoutError) as problem:
                raise Retryable(self._unreachable(problem)) from None

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._sdk is not None:
            await self._sdk.close()
            self._sdk = None

    async def _once(self, call: Call, dialect: Dialect) -> tuple[Completion, Mapping[str, str]]:
        options: dict[str, Any] = dialect.options(call.schema, call.max_tokens)  # the SDK types each option by itself
        async with asyncio.timeout(self._config.timeout_seconds):
            response: Any = await self._connected().post(
                "/chat/completions", cast_to=object, body=_body(call, options), options={"headers": UNPARSED}
            )
        completion = read_completion(response.text)
        if completion is None:
            raise Retryable(f"{self._config.place} did not answer with a chat completion")
        return completion, {name.lower(): value for name, value in response.headers.items()}

    def _connected(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            seconds = self._config.timeout_seconds
            self._sdk = openai.AsyncOpenAI(
                api_key=self._config.api_key or NO_KEY,
                base_url=self._config.base_url,
                timeout=openai.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
                max_retries=0,
            )
        return self._sdk

    def _meaning(self, problem: openai.APIStatusError, call: Call) -> FeedbackServiceError:
        failure = _failure(problem, secret=self._config.api_key)
        return meaning(failure, call.setting, self._clock.now())

    def _unreachable(self, problem: Exception) -> str:
        if isinstance(problem, openai.APITimeoutError | TimeoutError):
            return f"the model did not answer within {self._config.timeout_seconds:g} s"
        return f"the model at {self._config.place} cannot be reached ({type(problem.__cause__).__name__})"


def _body(call: Call, options: Mapping[str, Any]) -> dict[str, Any]:
    messages = [{"role": "system", "content": call.system}, {"role": "user", "content": call.user}]
    return {"model": call.model, "messages": messages, **options}


def _failure(problem: openai.APIStatusError, secret: str = "") -> Failure:
    """The SDK's error as a value; a proxy that repeats the key in its message does not get it into our logs."""
    body = problem.body if isinstance(problem.body, dict) else {}
    message = body.get("message")
    text = message if isinstance(message, str) else ""
    return Failure(
        status=problem.status_code,
        headers={name.lower(): value for name, value in problem.response.headers.items()},
        message=text.replace(secret, "***") if secret else text,
        type=str(body.get("type") or ""),
        param=str(body.get("param") or ""),
        code=str(body.get("code") or ""),
    )
