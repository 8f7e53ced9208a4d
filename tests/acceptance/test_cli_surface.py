"""What the command says without any database: help, versions, mistakes, health."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commanding import Desk

COMMANDS = (
    ("check",),
    ("health",),
    ("platforms",),
    ("keys", "new"),
    ("keys", "rotate"),
    ("suppliers", "apply"),
    ("suppliers", "list"),
    ("suppliers", "show"),
    *(("feedback", name) for name in ("list", "show", "approve", "edit", "hold", "redraft", "withdraw", "resend")),
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def lock_file(desk: Desk) -> Iterator[Path]:
    """The lock that a daemon holds while it lives; this process plays the daemon."""
    file = desk.folder / "data" / "run.lock"
    file.parent.mkdir()
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield file


def test_the_version_is_one_line(desk: Desk) -> None:
    ended = desk.run("--version")

    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(r"feedback-service \d+\.\d+\.\d+\n", ended.out)


def test_help_comes_at_once(desk: Desk) -> None:
    desk.run("--help")

    spent = min(_cpu_seconds_of_help(desk) for _ in range(3))  # the least: a busy machine makes the others dearer

    assert spent < 0.5


def _cpu_seconds_of_help(desk: Desk) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert desk.run("--help").code == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_teaches_by_an_example(desk: Desk, words: tuple[str, ...]) -> None:
    ended = desk.run(*words, "--help", COLUMNS="200")

    assert ended.code == 0
    assert "Example" in ended.out
    assert f"feedback-service {' '.join(words)}" in ended.out


@pytest.mark.parametrize("words", [("frobnicate",), ("feedback", "show"), ("feedback", "show", "x"), ("check", "--no")])
def test_a_wrong_command_line_ends_with_2(desk: Desk, words: tuple[str, ...]) -> None:
    ended = desk.run(*words)

    assert ended.code == 2
    assert "Usage" in ended.err


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ("DATABASE_ULR=x", "error: .env: unknown key DATABASE_ULR; did you mean DATABASE_URL?"),
        ("LOG_FORMAT=xml", "error: setting LOG_FORMAT (environment or .env): "),
        ("DATABASE_URL=mysql://hidden@localhost/x", "error: DATABASE_URL names mysql; only postgresql is supported"),
        ("SECRET_KEYS=hidden", "error: SECRET_KEYS: key 1 is not a key; make one with: feedback-service keys new"),
    ],
)
def test_a_wrong_setting_is_one_line_and_78(desk: Desk, env: str, line: str) -> None:
    desk.write(".env", env)

    ended = desk.run("feedback", "list")

    assert ended.code == 78
    assert ended.err.startswith(line)
    assert ended.err.count("\n") == 1
    assert "hidden" not in ended.err


def test_a_database_that_is_away_is_one_line_and_1(desk: Desk) -> None:
    desk.write(".env", "DATABASE_URL=postgresql://user:hidden@127.0.0.1:1/x")

    ended = desk.run("feedback", "list")

    assert ended.code == 1
    assert ended.err.startswith("error: database cannot be reached")
    assert ended.err.count("\n") == 1
    assert "hidden" not in ended.err


def test_a_missing_settings_file_that_was_asked_for_is_one_line(desk: Desk) -> None:
    ended = desk.run("--env-file", "prod.env", "feedback", "list")

    assert ended.code == 78
    assert ended.err == "error: prod.env: no such file; copy .env-example to it, or leave out --env-file\n"


@pytest.mark.parametrize("words", [("--since", "soon"), ("--stars", "6"), ("--stars", "5-4"), ("--limit", "0")])
def test_a_filter_that_cannot_be_meant_ends_with_2(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run("feedback", "list", *words).code == 2


def test_debug_shows_where_an_error_came_from(desk: Desk) -> None:
    desk.write(".env", "LOG_FORMAT=xml")

    ended = desk.run("--debug", "feedback", "list")

    assert "Traceback" in ended.err
    assert ended.code == 78


def test_platforms_tell_what_an_account_needs(desk: Desk) -> None:
    ended = desk.run("platforms", "--json")

    wildberries = next(one for one in json.loads(ended.out) if one["key"] == "wildberries")
    assert [one["name"] for one in wildberries["credentials"]] == ["token"]


def test_platforms_are_shown_as_one_table_and_one_by_one(desk: Desk) -> None:
    whole, one, unknown = desk.run("platforms"), desk.run("platforms", "ozon"), desk.run("platforms", "ebay")

    rows = [line.split("\t") for line in whole.out.splitlines()]
    ozon = dict(zip(rows[0], next(row for row in rows if row[0] == "ozon"), strict=True))
    assert (ozon["answers"], ozon["by"], ozon["length"]) == ("all", "queue, api, browser", "1000 / 3000")
    assert (ozon["edit"], ozon["delete"], ozon["moderated"], ozon["person"]) == ("no", "yes", "yes", "by policy")
    assert "needs company_id" in one.out
    assert "limits: 50 requests/s" in one.out
    assert (unknown.code, "unknown platform 'ebay'; known: " in unknown.err) == (1, True)


def test_new_keys_differ_and_nothing_is_stored(desk: Desk) -> None:
    first, second = desk.run("keys", "new"), desk.run("keys", "new")

    assert first.out != second.out
    assert list(desk.folder.iterdir()) == []


def test_without_a_daemon_it_is_unhealthy(desk: Desk) -> None:
    ended = desk.run("health")

    assert ended.code == 1
    assert ended.out.startswith("unhealthy: no daemon is running")


def test_a_lock_file_that_nobody_holds_is_unhealthy(desk: Desk) -> None:
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "run.lock").touch()

    assert desk.run("health").code == 1


def test_a_daemon_that_holds_its_lock_and_ticks_is_healthy(desk: Desk, lock_file: Path) -> None:
    lock_file.touch()

    ended = desk.run("health")

    assert (ended.code, ended.out) == (0, "healthy: the daemon is running\n")


def test_a_daemon_that_has_stopped_ticking_is_unhealthy(desk: Desk, lock_file: Path) -> None:
    os.utime(lock_file, (0, 0))

    ended = desk.run("health")

    assert ended.code == 1
    assert "silent for" in ended.out
