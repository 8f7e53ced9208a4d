"""The model stand-in as the official SDK sees it, over HTTP."""

from __future__ import annotations

import json

import jsonschema
import openai
import pytest
from pydantic import BaseModel

from tests.support.sandbox_model import (
    DRAFT_SCHEMA,
    SENTIMENT_SCHEMA,
    chat_format,
    draft_prompt,
    sdk,
    sentiment_prompt,
    served,
)

REVIEW = {"id": 1, "kind": "review", "rating": 5, "text": "Отличный плед, очень мягкий!"}
COMPLAINT = {"id": 2, "kind": "review", "rating": 1, "text": "Пришёл сломанный, упаковка порвана."}


async def test_chat_completions_classify_by_the_clients_schema():
    async with served() as (client, _, _):
        answer = await client.chat.completions.create(
            model="sandbox-small",
            messages=sentiment_prompt([REVIEW, COMPLAINT]),
            response_format=chat_format(SENTIMENT_SCHEMA),
        )

    content = json.loads(answer.choices[0].message.content)
    jsonschema.validate(content, SENTIMENT_SCHEMA)
    assert [(one["id"], one["sentiment"]) for one in content["items"]] == [(1, "positive"), (2, "negative")]
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


async def test_responses_draft_by_the_clients_schema():
    text = {"format": {"type": "json_schema", "name": "draft", "strict": True, "schema": DRAFT_SCHEMA}}
    async with served() as (client, _, _):
        answer = await client.responses.create(model="gpt-5-mini", input=draft_prompt(REVIEW), text=text)

    jsonschema.validate(json.loads(answer.output_text), DRAFT_SCHEMA)
    assert answer.status == "completed"
    assert answer.usage.output_tokens > 0


async def test_the_sdks_own_parsing_into_a_model_works():
    class Reply(BaseModel):
        text: str
        confident: bool

    async with served() as (client, _, _):
        by_chat = await client.chat.completions.parse(
            model="sandbox-large", messages=draft_prompt(REVIEW), response_format=Reply
        )
        by_responses = await client.responses.parse(
            model="sandbox-large", input=draft_prompt(REVIEW), text_format=Reply
        )

    assert by_chat.choices[0].message.parsed == by_responses.output_parsed
    assert by_responses.output_parsed.text.startswith(tuple("АБВГДЕЗНОПРСТ"))


async def test_a_chat_can_be_streamed():
    async with served() as (client, _, _):
        whole = await client.chat.completions.create(model="sandbox-small", messages=draft_prompt(REVIEW))
        stream = await client.chat.completions.create(
            model="sandbox-small",
            messages=draft_prompt(REVIEW),
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


async def test_streaming_responses_is_refused_in_words():
    async with served() as (client, _, _):
        with pytest.raises(openai.BadRequestError, match="does not stream"):
            await client.responses.create(model="sandbox-small", input="Hi", stream=True)


async def test_models_are_listed_and_found():
    async with served() as (client, _, _):
        listed = [model.id async for model in client.models.list()]
        found = await client.models.retrieve("gpt-4.1")

    assert listed == ["sandbox-small", "sandbox-large"]
    assert found.id == "gpt-4.1"


async def test_a_wrong_key_is_an_authentication_error_that_hides_the_key():
    async with served(keys=frozenset({"sk-right-key"})) as (_, _, sandbox), sdk(sandbox, "sk-wrong-key-1234") as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.models.list()

    assert caught.value.code == "invalid_api_key"
    assert "wrong-key" not in str(caught.value)


async def test_an_unknown_model_is_not_found():
    async with served() as (client, _, _):
        with pytest.raises(openai.NotFoundError) as caught:
            await client.chat.completions.create(model="claude", messages=draft_prompt(REVIEW))

    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, "additionalProperties"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False},
            "Missing 'a'",
        ),
        ({"type": "array", "items": {"type": "string"}}, "must be a JSON Schema"),
    ],
)
async def test_a_schema_that_breaks_strict_rules_is_refused(schema, problem):
    async with served() as (client, _, _):
        with pytest.raises(openai.BadRequestError, match=problem) as caught:
            await client.chat.completions.create(
                model="sandbox-small", messages=draft_prompt(REVIEW), response_format=chat_format(schema)
            )

    assert caught.value.param == "response_format"


async def test_every_answer_tells_what_is_left_of_the_limits():
    async with served() as (client, _, _):
        raw = await client.chat.completions.with_raw_response.create(
            model="sandbox-small", messages=draft_prompt(REVIEW)
        )

    headers = {name: raw.headers[f"x-ratelimit-{name}-requests"] for name in ("limit", "remaining", "reset")}
    assert headers == {"limit": "5000", "remaining": "4999", "reset": "12ms"}
    assert int(raw.headers["x-ratelimit-remaining-tokens"]) < int(raw.headers["x-ratelimit-limit-tokens"])


@pytest.mark.parametrize(
    ("kind", "code"), [("rate_limit", "rate_limit_exceeded"), ("empty_quota", "insufficient_quota")]
)
async def test_an_ordered_refusal_is_a_429_with_its_code_and_then_it_is_over(kind, code):
    async with served() as (client, replica, _):
        replica.behave(kind, 1)
        with pytest.raises(openai.RateLimitError) as caught:
            await client.chat.completions.create(model="sandbox-small", messages=draft_prompt(REVIEW))
        after = await client.chat.completions.create(model="sandbox-small", messages=draft_prompt(REVIEW))

    assert caught.value.code == code
    assert ("retry-after" in caught.value.response.headers) == (kind == "rate_limit")
    assert after.choices[0].message.content


async def test_a_refusal_a_cut_and_a_filter_look_as_at_openai_on_both_endpoints():
    seen = []
    async with served() as (client, replica, _):
        for kind in ("refuse", "truncate", "content_filter"):
            replica.behave(kind, 2)
            chat = await client.chat.completions.create(model="sandbox-small", messages=draft_prompt(REVIEW))
            response = await client.responses.create(model="sandbox-small", input=draft_prompt(REVIEW))
            reason = response.incomplete_details.reason if response.incomplete_details else None
            part = response.output[0].content[0].type
            seen.append((bool(chat.choices[0].message.refusal), chat.choices[0].finish_reason, part, reason))

    assert seen == [
        (True, "stop", "refusal", None),
        (False, "length", "output_text", "max_output_tokens"),
        (False, "content_filter", "output_text", "content_filter"),
    ]


async def test_a_limit_on_output_tokens_cuts_the_answer():
    async with served() as (client, _, _):
        answer = await client.chat.completions.create(
            model="sandbox-small", messages=draft_prompt(REVIEW), max_completion_tokens=5
        )

    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5
