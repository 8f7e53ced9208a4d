"""The shapes of POST /v1/chat/completions: one JSON object, or server-sent events.

Source: OpenAI API reference "Chat" and the official SDK's `ChatCompletion` and `ChatCompletionChunk` types, 2026.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.output import Output

CHUNK = 20
"""Characters in one streamed piece."""


def completion(ask: Ask, output: Output, at: float) -> dict[str, object]:
    refused = output.finish == "refusal"
    message: dict[str, object] = {
        "role": "assistant",
        "content": None if refused else output.text,
        "refusal": output.text if refused else None,
        "annotations": [],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(output)}
    return _head(ask, output, at, "chat.completion") | {"choices": [choice], "usage": _usage(output)}


def events(ask: Ask, output: Output, at: float) -> bytes:
    """The whole stream at once; each event is a `data:` line, the last one is [DONE]."""
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in _chunks(ask, output, at)]
    return "".join([*lines, "data: [DONE]\n\n"]).encode("utf-8", "replace")


def _chunks(ask: Ask, output: Output, at: float) -> Iterator[dict[str, object]]:
    head = _head(ask, output, at, "chat.completion.chunk")
    field = "refusal" if output.finish == "refusal" else "content"
    yield head | _delta({"role": "assistant", "content": "", "refusal": None}, None)
    for start in range(0, len(output.text), CHUNK):
        yield head | _delta({field: output.text[start : start + CHUNK]}, None)
    yield head | _delta({}, _finish(output))
    if ask.stream_usage:
        yield head | {"choices": [], "usage": _usage(output)}


def _delta(delta: dict[str, object], finish: str | None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}


def _head(ask: Ask, output: Output, at: float, kind: str) -> dict[str, object]:
    return {
        "id": f"chatcmpl-sandbox{output.serial:08d}",
        "object": kind,
        "created": int(at),
        "model": ask.model,
        "service_tier": "default",
        "system_fingerprint": "fp_sandbox_rules",
    }


def _finish(output: Output) -> str:
    """A refusal is an ordinary stop; that it refused is said by the message."""
    return "stop" if output.finish == "refusal" else output.finish


def _usage(output: Output) -> dict[str, object]:
    return {
        "prompt_tokens": output.prompt_tokens,
        "completion_tokens": output.tokens,
        "total_tokens": output.prompt_tokens + output.tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
