"""The shape of POST /v1/responses.

Source: OpenAI API reference "Responses" and the official SDK's `Response` type, 2026.
"""

from __future__ import annotations

from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.output import Output


def response(ask: Ask, output: Output, at: float) -> dict[str, object]:
    cut_short = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(output.finish)
    status = "incomplete" if cut_short else "completed"
    return _constant_part(ask) | {
        "id": f"resp_sandbox{output.serial:08d}",
        "created_at": at,
        "status": status,
        "incomplete_details": {"reason": cut_short} if cut_short else None,
        "output": [_message(output, status)],
        "usage": _usage(output),
    }


def _message(output: Output, status: str) -> dict[str, object]:
    if output.finish == "refusal":
        part: dict[str, object] = {"type": "refusal", "refusal": output.text}
    else:
        part = {"type": "output_text", "text": output.text, "annotations": [], "logprobs": []}
    return {
        "type": "message",
        "id": f"msg_sandbox{output.serial:08d}",
        "role": "assistant",
        "status": status,
        "content": [part],
    }


def _constant_part(ask: Ask) -> dict[str, object]:
    asked = ask.format
    shape: dict[str, object] = {"type": asked.kind}
    if asked.kind == "json_schema":
        shape |= {"name": asked.name, "schema": dict(asked.schema), "strict": asked.strict}
    return {
        "object": "response",
        "background": False,
        "error": None,
        "instructions": None,
        "max_output_tokens": ask.max_tokens,
        "metadata": {},
        "model": ask.model,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "service_tier": "default",
        "store": False,
        "temperature": 1.0,
        "text": {"format": shape},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
    }


def _usage(output: Output) -> dict[str, object]:
    return {
        "input_tokens": output.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": output.tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": output.prompt_tokens + output.tokens,
    }
