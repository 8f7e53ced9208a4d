"""What a client asked the model, whichever endpoint it used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from feedback_service.sandbox.model.errors import invalid, missing, wrong_type
from feedback_service.sandbox.model.schema import check_strict

Json = Mapping[str, object]
FormatKind = Literal["text", "json_object", "json_schema"]


@dataclass(frozen=True, slots=True)
class Message:
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """What the output must look like; all but `kind` matter for json_schema only."""

    kind: FormatKind = "text"
    schema: Json = field(default_factory=dict)
    name: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request for a text. `max_tokens` bounds the output, in this stand-in's own estimated tokens."""

    model: str
    messages: tuple[Message, ...]
    format: OutputFormat = field(default_factory=OutputFormat)
    max_tokens: int | None = None
    stream: bool = False
    stream_usage: bool = False

    @property
    def user_text(self) -> str:
        """What the user's messages say, in order; the only place where the stand-in looks for documents."""
        return "\n".join(message.text for message in self.messages if message.role == "user")

    @property
    def prompt(self) -> str:
        return "\n".join(message.text for message in self.messages)


def read_chat(body: Json) -> Ask:
    """Read a body of POST /v1/chat/completions. Raises ApiError (400)."""
    messages = tuple(_messages(body, "messages"))
    if body.get("n", 1) not in (1, None):
        raise invalid("This stand-in makes one choice per request: 'n' must be 1.", "n", "unsupported_value")
    options = body.get("stream_options")
    ask = Ask(
        model=_model(body),
        messages=messages,
        format=_chat_format(body.get("response_format")),
        max_tokens=_tokens(body, "max_completion_tokens") or _tokens(body, "max_tokens"),
        stream=body.get("stream") is True,
        stream_usage=isinstance(options, Mapping) and options.get("include_usage") is True,
    )
    return _checked(ask, "messages")


def read_responses(body: Json) -> Ask:
    """Read a body of POST /v1/responses. Raises ApiError (400)."""
    if body.get("stream") is True:
        problem = "This stand-in does not stream responses: leave 'stream' out, or stream /v1/chat/completions."
        raise invalid(problem, "stream", "unsupported_value")
    if body.get("input") is None:
        raise missing("input")
    messages: list[Message] = []
    if isinstance(instructions := body.get("instructions"), str):
        messages.append(Message("system", instructions))
    if isinstance(question := body["input"], str):
        messages.append(Message("user", question))
    else:
        messages.extend(_messages(body, "input"))
    text = body.get("text")
    ask = Ask(
        model=_model(body),
        messages=tuple(messages),
        format=_text_format(text.get("format") if isinstance(text, Mapping) else None),
        max_tokens=_tokens(body, "max_output_tokens"),
    )
    return _checked(ask, "input")


def _model(body: Json) -> str:
    if not body.get("model"):
        raise invalid("you must provide a model parameter", None)
    if not isinstance(model := body["model"], str):
        raise wrong_type("model", "a string")
    return model


def _messages(body: Json, param: str) -> list[Message]:
    found = body.get(param)
    if found is None:
        raise missing(param)
    if not isinstance(found, list):
        raise wrong_type(param, "an array of objects")
    if not found:
        raise invalid(f"Invalid '{param}': empty array.", param, "empty_array")
    return [_message(entry, f"{param}[{index}]") for index, entry in enumerate(found)]


def _message(entry: object, param: str) -> Message:
    if not isinstance(entry, Mapping):
        raise wrong_type(param, "an object")
    if (role := entry.get("role")) not in ("system", "developer", "user", "assistant", "tool"):
        raise invalid(f"Invalid value for '{param}.role': {role!r}.", f"{param}.role", "invalid_value")
    return Message(str(role), _content(entry.get("content"), f"{param}.content"))


def _content(content: object, param: str) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, Sequence):
        raise wrong_type(param, "one of a string or array of objects")
    parts = [part.get("text") for part in content if isinstance(part, Mapping)]
    return "\n".join(part for part in parts if isinstance(part, str))


def _tokens(body: Json, param: str) -> int | None:
    value = body.get(param)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(param, "an integer")
    if value < 1:
        text = f"Invalid '{param}': integer below minimum value. Expected a value >= 1, but got {value} instead."
        raise invalid(text, param, "integer_below_min_value")
    return value


def _chat_format(found: object) -> OutputFormat:
    if not isinstance(found, Mapping):
        return OutputFormat()
    if found.get("type") != "json_schema":
        return _plain_format(found, "response_format")
    nested = found.get("json_schema")
    if not isinstance(nested, Mapping):
        raise missing("response_format.json_schema")
    return _schema_format(nested, "response_format")


def _text_format(found: object) -> OutputFormat:
    if not isinstance(found, Mapping):
        return OutputFormat()
    if found.get("type") != "json_schema":
        return _plain_format(found, "text.format")
    return _schema_format(found, "text.format")


def _plain_format(found: Json, param: str) -> OutputFormat:
    if (kind := found.get("type")) not in ("text", "json_object"):
        raise invalid(f"Invalid value: {kind!r}.", f"{param}.type", "invalid_value")
    return OutputFormat("json_object" if kind == "json_object" else "text")


def _schema_format(found: Json, param: str) -> OutputFormat:
    if not isinstance(name := found.get("name"), str) or not name:
        raise missing(f"{param}.name")
    if not isinstance(schema := found.get("schema"), Mapping):
        raise missing(f"{param}.schema")
    strict = found.get("strict") is True
    if strict and (problem := check_strict(schema)):
        text = f"Invalid schema for response_format '{name}': {problem}"
        raise invalid(text, param if param == "response_format" else f"{param}.schema", "invalid_json_schema")
    return OutputFormat("json_schema", schema, name, strict)


def _checked(ask: Ask, param: str) -> Ask:
    if ask.format.kind == "json_object" and "json" not in ask.prompt.lower():
        text = f"'{param}' must contain the word 'json' in some form, to use 'json_object'."
        raise invalid(text, param)
    return ask
