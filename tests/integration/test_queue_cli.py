"""`feedback-service queue`: the real command against an emulator, and without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedback_service.sandbox.pubsub import PubSubEmulator
from tests.support.commanding import Desk, Ended


@pytest.fixture
async def emulator() -> AsyncIterator[str]:
    emulator = PubSubEmulator()
    yield await emulator.start()
    await emulator.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def _queue(desk: Desk, emulator: str, *words: str) -> Ended:
    """The emulator lives in this process's loop, which therefore must not stand still."""
    settings = {"PUBSUB_PROJECT": "shop-4711", "PUBSUB_EMULATOR_HOST": emulator}
    return await asyncio.to_thread(lambda: desk.run("queue", *words, **settings))


async def test_the_topics_are_missed_then_made_then_found(desk: Desk, emulator: str) -> None:
    before = await _queue(desk, emulator, "check")
    made = await _queue(desk, emulator, "init")
    again = await _queue(desk, emulator, "init")
    after = await _queue(desk, emulator, "check")

    assert (before.code, made.code, again.code, after.code) == (1, 0, 0, 0)
    assert sum("is not there; make it with `feedback-service queue init`" in line for line in before.lines) == 6
    assert [line.rpartition(": ")[2] for line in made.lines] == ["made"] * 6
    assert [line.rpartition(": ")[2] for line in again.lines] == ["was there already"] * 6
    assert after.lines[0] == f"✓ queue: Pub/Sub project shop-4711 at emulator {emulator}"


async def test_json_is_one_document(desk: Desk, emulator: str) -> None:
    made = await _queue(desk, emulator, "init", "--json")

    assert json.loads(made.out)["ok"] is True
    assert len(json.loads(made.out)["facts"]) == 6


async def test_the_configuration_is_shown_without_asking_pubsub(desk: Desk) -> None:
    shown = await _queue(desk, "127.0.0.1:1", "show")

    assert shown.code == 0
    assert "reply topic: projects/shop-4711/topics/feedback-replies" in shown.lines
    assert "emulator host: 127.0.0.1:1" in shown.lines


async def test_a_queue_that_is_away_is_one_line_and_no_traceback(desk: Desk) -> None:
    ended = await _queue(desk, "127.0.0.1:1", "init")

    assert ended.code == 1
    assert len(ended.err.splitlines()) == 1
    assert "UNAVAILABLE" in ended.err


def test_without_a_project_the_setting_is_named(desk: Desk) -> None:
    ended = desk.run("queue", "check")

    assert ended.code == 78
    assert "set PUBSUB_PROJECT" in ended.err


def test_without_credentials_the_remedy_is_named(desk: Desk) -> None:
    missing = str(desk.folder / "none.json")
    ended = desk.run("queue", "init", PUBSUB_PROJECT="shop-4711", GOOGLE_APPLICATION_CREDENTIALS=missing)

    assert ended.code == 78
    assert "no Google credentials" in ended.err
    assert "gcloud auth application-default login" in ended.err
