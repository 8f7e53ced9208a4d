"""The database is away at the start or in the middle, or not prepared: nothing is lost, and one line says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks._daemon import crash
from feedback_service.storage.cluster import Cluster
from tests.support import postgres
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

AWAY = "postgresql://user:hidden@127.0.0.1:1/x"


@pytest.fixture
def cluster(blank_cluster: Path) -> Iterator[Cluster]:
    """A server of this test's own, to be stopped and started."""
    with postgres.data_dir(blank_cluster) as folder:
        made = Cluster(folder / "postgres")
        made.start()
        yield made
        made.stop()


@pytest.fixture
def lapka(service: Service, cluster: Cluster) -> Service:
    """A service with a supplier on that server."""
    service = replace(service, database_url=cluster.url)
    service.supplier("lapka")
    service.apply()
    return service


def test_a_daemon_waits_for_its_database_and_says_so_once(lapka: Service, cluster: Cluster) -> None:
    lapka.backlog("lapka", 1)
    cluster.stop()

    with lapka.started("run") as daemon:
        until("it is said", lambda: daemon.said("database_away"))
        cluster.start()
        lapka.until_answered()
        away = daemon.said("database_away")
        assert daemon.stop() == 0

    assert len(away) == 1
    assert away[0]["message"].startswith("The database is away; waiting for it: ")


def test_one_pass_and_the_check_tell_in_one_line_that_the_database_is_away(service: Service) -> None:
    once = service.run("run", "--once", DATABASE_URL=AWAY)
    check = service.run("check", DATABASE_URL=AWAY)

    assert (once.code, once.err.count("\n")) == (1, 1)
    assert once.err.startswith("error: database cannot be reached")
    assert check.code == 1
    assert any(line.startswith("✗ database: database cannot be reached") for line in check.lines), check.out
    assert "hidden" not in once.err + check.out + check.err


def test_workers_outlive_a_crash_of_the_database(lapka: Service, cluster: Cluster) -> None:
    with lapka.daemon() as daemon:
        before = daemon.workers()
        lapka.backlog("lapka", 1)
        until("a customer is answered and confirmed", lambda: daemon.said("confirmed"))
        crash(cluster)
        lapka.backlog("lapka", 3)
        until("it is noticed", lambda: daemon.said("database_away"))
        cluster.start()
        lapka.until_answered(seconds=90)
        assert daemon.workers() == before
        assert not daemon.said("stage_failed")

    assert lapka.answers() == [1] * 4


def test_without_its_tables_it_ends_with_one_line_and_78(service: Service, postgres_url: str) -> None:
    with postgres.fresh_database(postgres_url, "template1") as empty:
        for words in (("run",), ("run", "--once")):
            ended = service.run(*words, DATABASE_URL=empty, APPLY_MIGRATIONS="false")

            assert (ended.code, ended.err.count("\n")) == (78, 1), ended.err
            assert "alembic upgrade head" in ended.err
