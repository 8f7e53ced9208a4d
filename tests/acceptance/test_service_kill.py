"""kill -9 at the worst moments: the customer gets exactly one answer all the same."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks._daemon import crash
from feedback_service.storage.cluster import Cluster
from tests.support import postgres
from tests.support.gate import gate
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

SETTLED_SECONDS = 220
"""A dead sender's write is in doubt after two minutes; where it is not there it is looked for once more, then sent."""


def started_cluster(folder: Path, stack: ExitStack) -> Cluster:
    cluster = Cluster(folder / "postgres")
    cluster.start()
    stack.callback(cluster.stop)
    return cluster


@pytest.mark.timeout(300)
def test_a_death_before_or_after_the_write_leaves_exactly_one_answer(service: Service, blank_cluster: Path) -> None:
    """Two workers die, one before and one after its write; a third one's database dies under its write."""
    with postgres.data_dir(blank_cluster) as folder, ExitStack() as stack:
        cluster = started_cluster(folder, stack)
        service = replace(service, database_url=cluster.url)
        for key in ("before", "after", "outage"):
            service.supplier(key)
        held = stack.enter_context(gate(service.suppliers["before"]["accounts"][0]["base_url"]))
        service.suppliers["before"]["accounts"][0]["base_url"] = held.url
        service.apply()
        items = {key: service.backlog(key, 1)[0] for key in service.suppliers}
        held.held.set()
        service.fault("slow", "after", match="POST ", count=1, options={"delay": 60})
        service.fault("slow", "outage", match="POST ", count=1, options={"delay": 15})

        with service.daemon() as daemon:
            assert held.waiting.wait(30)
            for key in ("after", "outage"):
                until("the write landed", lambda item=items[key]: service.entry(item)["writes"])
            daemon.kill_worker("before")
            daemon.kill_worker("after")
            held.open()
            crash(cluster)
            cluster.start()
            until("all are confirmed", lambda: len(daemon.said("confirmed")) == 3, SETTLED_SECONDS)
        stories = [service.story(items[key]) for key in ("before", "after")]

    assert [[one["effect"] for one in entry["writes"]] for entry in service.entries()] == [["answer"]] * 3
    for story in stories:
        [dispatch] = story["dispatches"]
        assert "in_doubt" in [step["new"] for step in dispatch["steps"]]


def test_a_write_whose_answer_never_comes_is_confirmed_by_a_look_and_not_repeated(service: Service) -> None:
    service.supplier("lapka")
    service.apply()
    items = service.backlog("lapka", 6)
    service.fault("drop_after_write", "lapka", count=3)

    with service.daemon() as daemon:
        until("all are confirmed", lambda: len(daemon.said("confirmed")) == len(items), 60)

    assert service.answers() == [1] * len(items)
    assert [len(one["writes"]) for one in service.entries()] == [1] * len(items)


def test_a_killed_roster_is_replaced_and_customers_go_on_being_answered(service: Service) -> None:
    service.supplier("lapka")
    service.apply()

    with service.daemon() as daemon:
        roster = daemon.roster()
        assert roster is not None
        os.kill(roster, signal.SIGKILL)
        until("another roster runs", lambda: daemon.roster() not in (None, roster))
        service.backlog("lapka", 2)
        service.until_answered()

    assert service.answers() == [1, 1]


@pytest.mark.timeout(120)
def test_a_killed_supervisor_takes_its_workers_along_and_the_next_one_goes_on(service: Service) -> None:
    service.supplier("lapka")
    service.apply()
    service.backlog("lapka", 30)
    with service.started("run") as killed:
        until("some are answered", lambda: any(service.answers()))
        workers = list(killed.workers().values())
        killed.process.kill()
        killed.process.wait()

    with service.daemon("next") as daemon:
        service.until_answered(seconds=60)
        assert not set(workers) & set(daemon.workers().values())

    assert set(service.answers()) == {1}
