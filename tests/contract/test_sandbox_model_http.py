"""The model stand-in as any other program meets it: raw HTTP, faults, the control route."""

from __future__ import annotations

import aiohttp
import pytest

from tests.support.sandbox_model import draft_prompt, served

HEADERS = {"authorization": "Bearer sk-anything", "content-type": "application/json"}
BODY = {"model": "sandbox-small", "messages": draft_prompt({"kind": "review", "rating": 5, "text": "Супер"})}


@pytest.fixture
async def openai_url():
    async with served() as (_, _, sandbox):
        yield sandbox.url_of("openai")


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        yield session


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "param"),
    [
        ("POST", "/v1/chat/completions", b"{not json", 400, None),
        ("POST", "/v1/chat/completions", b"[1]", 400, None),
        ("POST", "/v1/chat/completions", b'{"messages": []}', 400, "messages"),
        ("POST", "/v1/chat/completions", b'{"model": "sandbox-small"}', 400, "messages"),
        ("POST", "/v1/chat/completions", b'{"model": "sandbox-small", "messages": "hi"}', 400, "messages"),
        ("POST", "/v1/responses", b'{"model": "sandbox-small"}', 400, "input"),
        ("POST", "/v1/chat/completions", b'{"a":' * 100_000, 400, None),
        ("GET", "/v1/chat/completions", b"", 405, None),
        ("GET", "/v1/nothing", b"", 404, None),
    ],
)
async def test_a_bad_request_gets_an_error_object_of_four_fields(openai_url, http, method, path, body, status, param):
    async with http.request(method, openai_url + path, data=body) as response:
        error = (await response.json())["error"]

    assert response.status == status
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["param"] == param


async def test_a_request_without_a_key_is_401(openai_url):
    async with aiohttp.ClientSession() as session, session.get(f"{openai_url}/v1/models") as response:
        assert response.status == 401


async def test_misbehaviour_can_be_ordered_over_http(openai_url, http):
    order = {"behaviour": "refuse", "count": 1}
    async with http.post(f"{openai_url}/_control", json=order) as ordered:
        waiting = (await ordered.json())["ordered"]
    async with http.post(f"{openai_url}/v1/chat/completions", json=BODY) as response:
        message = (await response.json())["choices"][0]["message"]
    async with http.get(f"{openai_url}/_control") as seen:
        left = await seen.json()

    assert waiting == {"refuse": 1}
    assert message["content"] is None
    assert message["refusal"]
    assert left == {"answered": 1, "ordered": {}}


@pytest.mark.parametrize("order", [{"behaviour": "explode"}, {"behaviour": "refuse", "count": -1}, {"count": 1}])
async def test_a_wrong_order_is_refused_in_words(openai_url, http, order):
    async with http.post(f"{openai_url}/_control", json=order) as response:
        assert response.status == 400
        assert "behaviour" in str(await response.json()) or "count" in str(await response.json())


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "too_many_requests", "options": {"retry_after": 7}}, 429, "rate_limit_exceeded"),
        ({"kind": "empty_quota"}, 429, "insufficient_quota"),
        ({"kind": "server_error", "options": {"status": 503}}, 503, None),
    ],
)
async def test_the_sandboxs_faults_speak_as_openai_does(openai_url, http, fault, status, code):
    faults = openai_url.replace("/openai", "/_sandbox/faults")
    async with http.post(faults, json={**fault, "platform": "openai", "count": 1}) as planned:
        assert planned.status == 200
    async with http.post(f"{openai_url}/v1/chat/completions", json=BODY) as response:
        error = (await response.json())["error"]

    assert (response.status, error["code"]) == (status, code)
    assert response.headers.get("retry-after") == ("8" if "retry_after" in str(fault) else None)


async def test_a_planned_fault_that_does_not_fit_its_request_waits_for_one_that_it_fits(openai_url, http):
    plain = {"model": "sandbox-small", "messages": [{"role": "user", "content": "Hello"}]}
    faults = openai_url.replace("/openai", "/_sandbox/faults")
    async with http.post(faults, json={"kind": "empty", "platform": "openai", "count": 1}):
        pass

    contents = []
    for body in (plain, BODY, BODY):
        async with http.post(f"{openai_url}/v1/chat/completions", json=body) as response:
            contents.append((await response.json())["choices"][0]["message"]["content"])

    assert [bool(content) for content in contents] == [True, False, True]
