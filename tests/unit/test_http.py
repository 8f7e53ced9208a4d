"""What becomes of one HTTP request over real sockets, above all of a write whose answer does not come."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feedback_service.domain.errors import Configuration, InDoubt, Retryable
from feedback_service.transports.http import Call, Http, Limits
from tests.support.raw_server import RawServer, raw_server, response

READ = Call(method="GET", path="/reviews", query={"take": "5"})
WRITE = Call(method="POST", path="/answer", json={"text": "Спасибо"}, is_write=True)
IMPATIENT = Limits(connect=5, silence=0.1, total=5)


@asynccontextmanager
async def door(server: RawServer, limits: Limits | None = None) -> AsyncIterator[Http]:
    http = Http(server.url, {"Authorization": "secret"}, limits)
    try:
        yield http
    finally:
        await http.close()


def write(method: str) -> Call:
    return Call(method=method, path="/answer", json={"text": "Спасибо"}, is_write=True)


async def test_an_answer_brings_its_status_headers_and_body() -> None:
    async with raw_server(response(207, b'{"a": 1}', "X-Ratelimit-Remaining: 4")) as server, door(server) as http:
        answer = await http.exchange(READ)

    assert (answer.status, answer.json(), answer.headers["x-ratelimit-remaining"]) == (207, {"a": 1}, "4")
    assert server.requests[0].startswith(b"GET /reviews?take=5 HTTP/1.1")
    assert b"Authorization: secret" in server.requests[0]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_a_write_is_sent_once_when_the_server_hangs_up_after_reading_it(method: str) -> None:
    async with raw_server(None, response(200)) as server, door(server) as http:
        with pytest.raises(InDoubt, match="/answer"):
            await http.exchange(write(method))

    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_a_write_is_sent_once_over_a_connection_that_served_before(method: str) -> None:
    async with raw_server(response(200), None, response(200)) as server, door(server) as http:
        await http.exchange(READ)
        with pytest.raises(InDoubt):
            await http.exchange(write(method))

    assert len(server.requests) == 2


async def test_a_read_is_sent_once_too_because_repeating_is_decided_elsewhere() -> None:
    async with raw_server(None, response(200)) as server, door(server) as http:
        with pytest.raises(Retryable, match="GET /reviews: connection lost"):
            await http.exchange(READ)

    assert len(server.requests) == 1


async def test_a_write_to_a_closed_port_has_surely_not_happened() -> None:
    async with raw_server() as server:
        pass

    async with door(server) as http:
        with pytest.raises(Retryable, match="no connection"):
            await http.exchange(WRITE)


async def test_a_write_to_a_server_that_does_not_speak_tls_has_surely_not_happened() -> None:
    async with raw_server(response(200)) as server:
        server.tls = True
        async with door(server, Limits(connect=0.2)) as http:
            with pytest.raises(Retryable, match="no connection"):
                await http.exchange(WRITE)

    assert server.requests == []


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    async with raw_server(response(200), tls=self_signed(tmp_path)) as server, door(server) as http:
        with pytest.raises(Retryable, match=r"(?i)certificate"):
            await http.exchange(WRITE)

    assert server.requests == []


async def test_silence_after_a_write_leaves_it_in_doubt() -> None:
    async with raw_server("wait") as server, door(server, IMPATIENT) as http:
        with pytest.raises(InDoubt):
            await http.exchange(WRITE)

    assert len(server.requests) == 1


async def test_silence_after_a_read_is_retryable() -> None:
    async with raw_server("wait") as server, door(server, IMPATIENT) as http:
        with pytest.raises(Retryable):
            await http.exchange(READ)


async def test_the_whole_time_limit_ends_a_write_in_doubt() -> None:
    limits = Limits(connect=5, silence=5, total=0.1)

    async with raw_server("wait") as server, door(server, limits) as http:
        with pytest.raises(InDoubt):
            await http.exchange(WRITE)


@pytest.mark.parametrize(("call", "error"), [(READ, Retryable), (WRITE, InDoubt)])
async def test_a_body_beyond_the_limit_is_not_read_to_the_end(call: Call, error: type[Exception]) -> None:
    async with raw_server(response(200, b"x" * 5000)) as server, door(server, Limits(body=4999)) as http:
        with pytest.raises(error, match="more than 4999 bytes"):
            await http.exchange(call)


@pytest.mark.parametrize(("call", "error"), [(READ, Retryable), (WRITE, InDoubt)])
async def test_a_body_that_breaks_off_is_no_answer(call: Call, error: type[Exception]) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-Hang-Up: 1\r\n\r\n{"

    async with raw_server(cut) as server, door(server) as http:
        with pytest.raises(error):
            await http.exchange(call)


async def test_a_refusal_counts_although_its_explanation_breaks_off() -> None:
    cut = b"HTTP/1.1 422 No\r\nContent-Length: 100\r\nX-Hang-Up: 1\r\n\r\n{"

    async with raw_server(cut) as server, door(server) as http:
        answer = await http.exchange(WRITE)

    assert answer.status == 422


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    elsewhere = response(307, b"", "Location: /elsewhere")

    async with raw_server(elsewhere, response(200)) as server, door(server) as http:
        answer = await http.exchange(WRITE)

    assert answer.status == 307
    assert len(server.requests) == 1


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server() as proxy:
        pass
    monkeypatch.setenv("http_proxy", proxy.url)

    async with raw_server(response(200)) as server, door(server) as http:
        answer = await http.exchange(READ)

    assert answer.status == 200


@pytest.mark.parametrize(("call", "error"), [(READ, Retryable), (WRITE, InDoubt)])
async def test_a_page_of_html_is_quoted_shortly_and_safely(call: Call, error: type[Exception]) -> None:
    page = b"<html>\n<b>\x1b[31mstop\x00</b>" + b"z" * 500

    async with raw_server(response(200, page)) as server, door(server) as http:
        answer = await http.exchange(call)
        with pytest.raises(error) as caught:
            answer.json()

    assert f"{call}: HTTP 200 without readable JSON: <html> <b>?[31mstop?</b>zzz" in str(caught.value)
    assert "z" * 60 not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b'{"data": [', b"\xff\xfe\x00", b"[" * 100_000])
async def test_whatever_is_not_json_is_retryable_for_a_read(body: bytes) -> None:
    async with raw_server(response(200, body)) as server, door(server) as http:
        answer = await http.exchange(READ)

    with pytest.raises(Retryable):
        answer.json()


async def test_a_lone_surrogate_in_a_text_does_not_break_the_request() -> None:
    call = Call(method="POST", path="/answer", json={"text": "a\ud83d"}, is_write=True)

    async with raw_server(response(204)) as server, door(server) as http:
        await http.exchange(call)

    assert server.requests[0].endswith(b'{"text": "a\\ud83d"}')


@pytest.mark.parametrize(
    "url", ["", "feedbacks-api", "ftp://a.example", "https://", "https://u:p@a.example", "http://["]
)
def test_a_base_url_that_is_none_is_a_configuration_error(url: str) -> None:
    with pytest.raises(Configuration, match="base_url"):
        Http(url, {})


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
    certificate = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    unencrypted = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    path = folder / "server.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_a_form_and_a_call_s_own_headers_are_sent() -> None:
    call = Call(method="POST", path="/token", form={"grant": "a b&ё"}, headers={"Authorization": "other", "X-One": "1"})
    async with raw_server(response(200)) as server, door(server) as http:
        await http.exchange(call)

    sent = server.requests[0]
    assert b"Content-Type: application/x-www-form-urlencoded" in sent
    assert (b"Authorization: other" in sent, b"Authorization: secret" in sent, b"X-One: 1" in sent) == (
        True,
        False,
        True,
    )
    assert sent.endswith(b"grant=a+b%26%D1%91")
    assert "other" not in repr(call)
