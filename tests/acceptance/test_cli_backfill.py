"""`backfill` reads an account's past into the database once, from where it broke off, and answers nothing unasked."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

import pytest

from feedback_service.ports.replica import SandboxCustomer
from tests.support import postgres
from tests.support.commanding import Ended
from tests.support.gate import gate
from tests.support.service import ALL_AUTO, PLATFORM, Service

pytestmark = pytest.mark.slow

DAY = 86_400.0
COUNTS = ("kept", "taken", "left", "known")
NOTE = "answered before this service came"


def written(service: Service, count: int, rating: int | None = 5) -> list[str]:
    """So many customers of the account acme/main, 35 to 25 days ago; questions where there is no rating."""
    kind, now = "review" if rating else "question", time.time()
    ages = [35 * DAY - 10 * DAY * number / count for number in range(count)]
    customers = [
        SandboxCustomer(kind, now - age, f"Чашка номер {number}", rating=rating, product="Чашка")
        for number, age in enumerate(ages)
    ]
    return service.control.write(PLATFORM, service.place("acme"), customers)


def answer(service: Service, *items: str, kind: str = "review") -> None:
    """As the seller does, without us."""
    account = service.suppliers["acme"]["accounts"][0]
    for item in items:
        body: dict[str, Any] = {"id": item, "text": "Спасибо!"}
        method, path = "POST", "feedbacks/answer"
        if kind == "question":
            method, path = "PATCH", "questions"
            body = {"id": item, "answer": {"text": "Спасибо!"}, "state": "wbRu"}
        request = urllib.request.Request(
            f"{account['base_url']}/api/v1/{path}",
            method=method,
            data=json.dumps(body).encode(),
            headers={"Authorization": service.settings["TOKEN_ACME_MAIN"], "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30):
            pass


def counts(ended: Ended) -> dict[str, list[int]]:
    """What `--json` told: by kind, and only where all of it was read to the end."""
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert all(one["complete"] for one in told)
    return {one["kind"]: [one[name] for name in COUNTS] for one in told}


def rows(service: Service, query: str) -> Sequence[Any]:
    found: Sequence[Any] = asyncio.run(postgres.fetch(service.database_url, query))
    return found


def test_the_past_is_kept_closed_and_what_waits_is_taken_only_when_asked(service: Service) -> None:
    service.supplier("acme")
    service.apply()
    reviews, questions = written(service, 3), written(service, 2, rating=None)
    answer(service, *reviews[:2])
    answer(service, questions[0], kind="question")
    command = ("backfill", "--account", "acme/main", "--since", "40d")

    first = service.run(*command, "--json")
    kept = service.statuses()
    second = service.run(*command)
    third = service.run(*command, "--take-unanswered", "--kind", "review", "--json")

    assert counts(first) == {"question": [1, 0, 1, 0], "review": [2, 0, 1, 0]}
    assert kept == dict.fromkeys([*reviews[:2], questions[0]], "closed")
    assert {row["note"] for row in rows(service, "SELECT note FROM feedback WHERE status = 'closed'")} == {NOTE}
    assert (second.code, second.out) == (0, "")
    assert "acme/main reviews: 100%, 0 answered kept, 1 unanswered left, 2 known" in second.err
    assert counts(third) == {"review": [0, 1, 0, 2]}
    assert service.statuses() == kept | {reviews[2]: "collected"}
    assert all(one["answers"] <= 1 for one in service.entries())


def test_a_reading_that_was_killed_goes_on_where_it_stopped(service: Service) -> None:
    service.supplier("acme")
    reviews = written(service, 1200)
    answer(service, *reviews[:3])
    holds, reached = threading.Event(), threading.Event()
    asked: list[str] = []

    def held(line: str, body: bytes) -> bytes:
        asked.append(line)
        if "isAnswered=true" in line and not holds.is_set():
            reached.set()
            holds.wait(60)
        return body

    command = ("backfill", "--account", "acme/main", "--since", "40d", "--kind", "review", "--take-unanswered")
    with gate(service.suppliers["acme"]["accounts"][0]["base_url"], held) as passing:
        service.suppliers["acme"]["accounts"][0]["base_url"] = passing.url
        service.apply()
        with service.started(*command) as reading:
            assert reached.wait(60)
            os.kill(reading.process.pid, signal.SIGKILL)
            reading.process.wait(30)
        (broken,) = rows(service, "SELECT ended_at, taken FROM backfill")
        holds.set()
        asked.clear()
        ended = service.run(*command)

    assert (broken["ended_at"], broken["taken"]) == (None, 1197)
    assert ended.code == 0, ended.err
    assert "going on where an earlier reading stopped: 1197 reviews read" in ended.err
    assert "isAnswered=true" in asked[0]
    assert "100%, 3 answered kept, 1197 unanswered taken, 0 known" in ended.err
    assert len(service.statuses()) == 1200


def test_an_account_without_a_way_that_knows_its_past_hears_so(service: Service) -> None:
    browser_only = {"key": "main", "platform": "ozon", "delivery": "browser", "reading": "browser"}
    account = {**browser_only, "credentials": {"company_id": "100500"}}
    service.suppliers["acme"] = {"key": "acme", "title": "Берёзка", "policy": ALL_AUTO, "accounts": [account]}
    service.apply()

    ended = service.run("backfill", "--account", "acme/main", "--since", "40d", "--kind", "review")

    assert ended.code == 1
    assert "error: acme/main: the history of Ozon cannot be read by the browser" in ended.err
