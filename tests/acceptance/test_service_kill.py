"""kill -9 at the worst moments: the customer gets exactly one answer all the same."""

from __future__ import annotations

import os
import signal

import pytest

from tests.support.gate import gate
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

SETTLED_SECONDS = 200
"""A dead sender's write is in doubt after two minutes; where it is not there it is looked for once more, then sent."""


@pytest.mark.timeout(300)
def test_a_worker_killed_before_or_after_its_write_leaves_exactly_one_answer(service: Service) -> None:
    service.supplier("before")
    service.supplier("after")
    with gate(service.suppliers["before"]["accounts"][0]["base_url"]) as held:
        service.suppliers["before"]["accounts"][0]["base_url"] = held.url
        service.apply()
        [unsent] = service.write("before", "Отличная чашка, спасибо")
        [sent] = service.write("after", "Чудесное блюдце, спасибо")
        held.held.set()
        service.fault("slow", "after", match="POST ", count=1, options={"delay": 60})

        with service.daemon() as daemon:
            assert held.waiting.wait(30)
            until("the write landed", lambda: service.entry(sent)["writes"])
            daemon.kill_worker("before")
            daemon.kill_worker("after")
            held.open()
            until("both are confirmed", lambda: len(daemon.said("confirmed")) == 2, SETTLED_SECONDS)

    assert [one["effect"] for one in service.entry(unsent)["writes"]] == ["answer"]
    assert [one["effect"] for one in service.entry(sent)["writes"]] == ["answer"]
    for item in (unsent, sent):
        [dispatch] = service.story(item)["dispatches"]
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
        until("new customers are answered", service.answered)

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
        until("all are answered", service.answered, 60)
        assert not set(workers) & set(daemon.workers().values())

    assert set(service.answers()) == {1}
