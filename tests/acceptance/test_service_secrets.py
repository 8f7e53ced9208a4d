"""Tokens, keys and passwords appear in no log, no output and no file of a whole run, failures included."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from feedback_service.secret_keys import new_key
from tests.support.commanding import Ended
from tests.support.gate import gate
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

PASSWORD = "canary-password-4711"
API_KEY = "sk-canary-6f1d2c9e8b7a5d4c3b2a1908f7e6d5c4"


def with_password(url: str) -> str:
    return make_url(url).set(password=PASSWORD).render_as_string(hide_password=False)


def leaks(folder: Path, secrets: list[str]) -> list[str]:
    """Which file holds which secret; the secrets file of the run itself is where one may stand."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            text = file.read_bytes().decode("utf-8", "replace")
            found += [f"{file.name}: {secret[:12]}…" for secret in secrets if secret in text]
    return found


def check_against_an_echo(service: Service) -> Ended:
    """A model out of order that repeats the key it was sent, as some proxies do."""
    service.control.play({"kind": "server_error", "platform": "openai"})
    body = json.dumps({"error": {"message": f"trouble with {API_KEY}", "type": "server_error"}}).encode()
    with gate(f"{service.control.url}/openai/v1", lambda *_: body) as echo:
        ended = service.run("check", OPENAI_API_KEY=API_KEY, URL_PROXY_OPENAI=echo.url)
    assert "trouble with " in ended.out
    return ended


def test_no_secret_appears_in_anything_that_a_run_with_failures_writes(service: Service) -> None:
    key = new_key()
    service.settings |= {"SECRET_KEYS": key, "LOG_LEVEL": "DEBUG"}
    service.database_url = with_password(service.database_url)
    service.supplier("lapka")
    service.supplier("mokka")
    service.apply()
    tokens = [text for name, text in service.settings.items() if name.startswith("TOKEN_")]
    secrets = [PASSWORD, API_KEY, key, *tokens, *(token.rsplit(".", 1)[1] for token in tokens)]
    service.backlog("lapka", 2)
    service.backlog("mokka", 2)
    service.fault("server_error", "lapka", match="GET ", count=2)
    service.fault("drop_after_write", "lapka", count=1)

    with service.started("run") as daemon:
        service.until_answered("lapka")
        service.fault("expire", "mokka")
        until("an account is paused", lambda: daemon.said("account_paused", "mokka"))
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.kill_worker("lapka")
        assert daemon.stop() == 0
    ended = [
        service.run("check"),
        check_against_an_echo(service),
        service.run("--debug", "run", "--once", DATABASE_URL=f"postgresql://user:{PASSWORD}@127.0.0.1:1/x"),
        service.run("--debug", "suppliers", "show", "lapka", SECRET_KEYS=f"{key}x"),
        service.run("suppliers", "show", "lapka"),
        service.run("--debug", "feedback", "list", DATABASE_URL=f"postgresql://user:{PASSWORD}@[::1/x"),
    ]

    for number, one in enumerate(ended):
        (service.folder / f"output-{number}.txt").write_text(one.out + one.err, "utf-8")
    assert daemon.lines()
    assert leaks(service.folder, secrets) == []
