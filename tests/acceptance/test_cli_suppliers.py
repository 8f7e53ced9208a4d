"""Suppliers are declared by a file: shown first, applied as often as one likes, and never with their secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commanding import Desk

pytestmark = pytest.mark.slow
TOKEN = "eyJhbGciOiJub25lIn0.hidden-payload.hidden"
FILE = """
suppliers:
  - key: lapka
    title: Лапка и Ко
    accounts:
      - {key: main, platform: wildberries, credentials: {token: "${WB_TOKEN}"}}
  - key: mokka
    accounts: []
"""


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    """Nobody declared yet."""
    desk = Desk(tmp_path, {"WB_TOKEN": TOKEN, "DATABASE_URL": database_url})
    desk.write("suppliers.yaml", FILE)
    return desk


def keys_of(desk: Desk) -> list[str]:
    return [one["key"] for one in json.loads(desk.run("suppliers", "list", "--json").out)]


def test_a_dry_run_shows_what_would_change_and_changes_nothing(desk: Desk) -> None:
    shown = desk.run("suppliers", "apply", "suppliers.yaml", "--dry-run")

    assert (shown.code, keys_of(desk)) == (0, [])
    assert "lapka/main: created (wildberries)" in shown.lines


def test_applying_twice_changes_nothing(desk: Desk) -> None:
    first = desk.run("suppliers", "apply", "suppliers.yaml")
    second = desk.run("suppliers", "apply", "suppliers.yaml")

    assert first.lines[-1].startswith("applied: ")
    assert (second.code, second.out) == (0, "nothing to change\n")
    assert keys_of(desk) == ["lapka", "mokka"]


def test_a_change_is_shown_field_by_field(desk: Desk) -> None:
    desk.run("suppliers", "apply", "suppliers.yaml")
    desk.write("suppliers.yaml", FILE.replace("Лапка и Ко", "Лапка"))

    ended = desk.run("suppliers", "apply", "suppliers.yaml")

    assert ended.lines == ["lapka: title: 'Лапка и Ко' → 'Лапка'", "applied: 1 change(s)"]


def test_a_supplier_that_left_the_file_stays_until_it_is_pruned(desk: Desk) -> None:
    desk.run("suppliers", "apply", "suppliers.yaml")
    desk.write("less.yaml", FILE[: FILE.index("  - key: mokka")])

    kept = desk.run("suppliers", "apply", "less.yaml")
    still = keys_of(desk)
    pruned = desk.run("suppliers", "apply", "less.yaml", "--prune")

    assert (kept.out, still) == ("nothing to change\n", ["lapka", "mokka"])
    assert pruned.lines[0].startswith("mokka: switched off")
    assert keys_of(desk) == ["lapka"]


def test_a_login_that_another_supplier_has_already_is_refused(desk: Desk) -> None:
    desk.run("suppliers", "apply", "suppliers.yaml")
    desk.write("more.yaml", FILE[: FILE.index("  - key: mokka")].replace("key: lapka", "key: again"))

    ended = desk.run("suppliers", "apply", "more.yaml")

    assert ended.code == 78
    assert ended.err.startswith("error: again/main and lapka/main have the same credentials; customers would be ")
    assert keys_of(desk) == ["lapka", "mokka"]


def test_secrets_are_stored_and_never_shown(desk: Desk) -> None:
    applied = desk.run("suppliers", "apply", "suppliers.yaml")
    changed = desk.run("suppliers", "apply", "suppliers.yaml", WB_TOKEN=TOKEN + "2")
    shown = desk.run("suppliers", "show", "lapka")

    assert "lapka/main: credentials.token: changed" in changed.lines
    assert "token: (stored)" in shown.out
    assert "hidden" not in applied.out + applied.err + changed.out + changed.err + shown.out


def test_a_bad_file_names_every_line_and_changes_nothing(desk: Desk) -> None:
    desk.write("bad.yaml", FILE.replace("wildberries", "wildberis") + "    titel: x\n")

    ended = desk.run("suppliers", "apply", "bad.yaml")

    assert (ended.code, ended.out, keys_of(desk)) == (78, "", [])
    assert ended.err.splitlines() == [
        "error: bad.yaml:6: suppliers[0].accounts[0].platform: unknown platform 'wildberis'; did you mean wildberries?",
        "error: bad.yaml:9: suppliers[1].titel: unknown field; did you mean title?",
    ]


def test_a_variable_may_stand_in_the_settings_file(desk: Desk) -> None:
    desk.write(".env", f"LAPKA_TOKEN={TOKEN}\n")
    desk.write("suppliers.yaml", FILE.replace("WB_TOKEN", "LAPKA_TOKEN"))

    ended = desk.run("suppliers", "apply", "suppliers.yaml", "--dry-run")

    assert ended.code == 0


@pytest.mark.parametrize(("types", "code", "then"), [("n\n", 1, []), ("y\n", 0, ["lapka", "mokka"])])
def test_on_a_terminal_it_asks_first(desk: Desk, types: str, code: int, then: list[str]) -> None:
    ended = desk.at_terminal("suppliers", "apply", "suppliers.yaml", types=types)

    assert "Apply? [y/N]" in ended.out
    assert (ended.code, keys_of(desk)) == (code, then)


def test_an_unknown_supplier_is_one_line(desk: Desk) -> None:
    ended = desk.run("suppliers", "show", "nobody")

    assert ended.code == 78
    assert ended.err == "error: supplier 'nobody' is not in the database; run `suppliers apply`\n"


def test_rotated_keys_still_open_what_the_old_ones_closed(desk: Desk) -> None:
    desk.run("suppliers", "apply", "suppliers.yaml")
    key_file = desk.folder / "data" / "secret.key"
    before = key_file.read_text().split()

    ended = desk.run("keys", "rotate", "--forget")

    after = key_file.read_text().split()
    assert (ended.code, ended.err, len(after)) == (0, "", 1)
    assert after[0] not in before
    assert desk.run("suppliers", "show", "lapka").code == 0


def test_lost_keys_are_one_line_with_the_remedy(desk: Desk) -> None:
    desk.run("suppliers", "apply", "suppliers.yaml")
    other = desk.run("keys", "new").out.strip()

    ended = desk.run("suppliers", "show", "lapka", SECRET_KEYS=other)

    assert ended.code == 78
    assert ended.err.startswith("error: stored credentials cannot be decrypted; restore SECRET_KEYS")
