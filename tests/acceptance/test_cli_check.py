"""`check` tells every fact that matters before customers are answered, and its exit code sums them up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.commanding import Desk
from tests.support.marketplace import Marketplace, open_marketplace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cli check")]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, blank_cluster: Path) -> Iterator[Marketplace]:
    with open_marketplace(tmp_path_factory.mktemp("check"), blank_cluster) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(market: Marketplace) -> Desk:
    """A desk at which everything is well, and at which nothing is changed."""
    market.open()
    assert market.desk.run("suppliers", "apply", "suppliers.yaml").code == 0
    return market.desk


@pytest.fixture
def other(market: Marketplace, tmp_path: Path, database_url: str) -> Marketplace:
    """Another account of the market, and another desk with an empty database."""
    return replace(market, account="lapka-other", desk=Desk(tmp_path, {"DATABASE_URL": database_url}))


def test_where_all_is_well_every_fact_says_so(desk: Desk) -> None:
    ended = desk.run("check")

    assert ended.code == 0, ended.out
    assert {line[0] for line in ended.lines} == {"✓"}
    told = ended.out
    for fact in (
        "settings",
        "secret keys",
        "database",
        "clock",
        "tables",
        "sandbox-small",
        "sandbox-large",
        "suppliers",
    ):
        assert fact in told
    for fact in ("token kind", "token category", "token rights", "token expiry", "login"):
        assert f"lapka/main {fact}" in told


@pytest.mark.parametrize(
    ("option", "fact"),
    [({"read_only": True}, "token rights"), ({"category": 1}, "token category"), ({"expires_in": -60}, "token expiry")],
)
def test_a_token_that_cannot_work_is_told_with_a_remedy(
    other: Marketplace, option: dict[str, object], fact: str
) -> None:
    other.open(**option)
    other.desk.run("suppliers", "apply", "suppliers.yaml")

    ended = other.desk.run("check", "--json")

    wrong = [one for one in json.loads(ended.out)["facts"] if one["subject"] == f"lapka/main {fact}"]
    assert ended.code == 1
    assert [one["ok"] for one in wrong] == [False]
    assert wrong[0]["remedy"]


def test_a_wrong_model_key_is_told(desk: Desk) -> None:
    ended = desk.run("check", OPENAI_API_KEY="wrong-hidden")

    assert ended.code == 1
    assert any(line.startswith("✗ model sandbox-small") for line in ended.lines)
    assert "hidden" not in ended.out + ended.err


def test_a_wrong_model_name_is_told(desk: Desk) -> None:
    ended = desk.run("check", OPENAI_DRAFTER_MODEL="no-such-model")

    assert ended.code == 1
    assert any(line.startswith("✗ model no-such-model") for line in ended.lines)
    assert any(line.startswith("✓ model sandbox-small") for line in ended.lines)


def test_lost_secret_keys_are_told_and_end_with_78(desk: Desk) -> None:
    ended = desk.run("check", SECRET_KEYS=desk.run("keys", "new").out.strip())

    assert ended.code == 78
    assert any(line.startswith("✗ lapka: stored credentials cannot be decrypted") for line in ended.lines)


def test_a_wrong_setting_ends_with_78_and_what_needs_it_is_not_looked_at(desk: Desk) -> None:
    ended = desk.run("check", LOG_LEVEL="LOUD")

    assert ended.code == 78
    assert [line[:10] for line in ended.lines] == ["✗ settings"]


def test_a_database_that_is_away_is_told(desk: Desk) -> None:
    ended = desk.run("check", DATABASE_URL="postgresql://user:hidden@127.0.0.1:1/x")

    assert ended.code == 1
    assert ended.lines[-1].startswith("✗ database: database cannot be reached")
    assert "hidden" not in ended.out + ended.err


def test_nobody_to_answer_for_is_told(other: Marketplace) -> None:
    other.open()
    other.desk.run("suppliers", "apply", "suppliers.yaml")
    other.desk.write("none.yaml", "suppliers: []")
    other.desk.run("suppliers", "apply", "none.yaml", "--prune")

    ended = other.desk.run("check")

    assert ended.code == 1
    assert ended.lines[-1] == (
        "✗ suppliers: 0 with 0 account(s); declare them with: feedback-service suppliers apply suppliers.yaml"
    )


def test_nothing_is_changed_in_a_database_without_tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = Desk(tmp_path_factory.mktemp("empty"))

    first, second = (desk.run("check", OPENAI_API_KEY="sk-x", URL_PROXY_OPENAI="http://127.0.0.1:1") for _ in range(2))

    assert [line for line in first.lines if line.startswith("✗ tables")], first
    assert [line for line in second.lines if line.startswith("✗ tables")]
    assert second.code == 78
