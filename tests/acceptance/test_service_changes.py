"""What a person changes while the daemon runs takes effect within seconds, without a restart."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from benchmarks._daemon import Daemon
from tests.support.service import ALL_BY_HAND, Service, until

pytestmark = pytest.mark.slow

AT_ONCE = 20.0
"""Seconds within which a change must take effect: five on an idle machine; the rest is for one that is busy."""


def soon(what: str, look: Callable[[], object]) -> None:
    until(what, look, AT_ONCE)


def working_for(daemon: Daemon, supplier: str) -> list[object]:
    return [line for line in daemon.said("worker_started", supplier) if "pid" not in line]


def test_suppliers_are_added_changed_and_removed_and_the_others_are_not_disturbed(service: Service) -> None:
    service.supplier("lapka")
    service.apply()

    with service.daemon() as daemon:
        stays = daemon.workers()["lapka"]
        service.supplier("mokka")
        service.apply()
        soon("the new supplier's worker works", lambda: working_for(daemon, "mokka"))

        first = daemon.workers()["mokka"]
        service.suppliers["mokka"]["policy"] = ALL_BY_HAND
        service.apply()
        soon("the changed supplier has another worker", lambda: len(working_for(daemon, "mokka")) == 2)
        assert daemon.workers()["mokka"] != first

        del service.suppliers["mokka"]
        service.apply("--prune")
        soon("the removed supplier's worker is gone", lambda: daemon.workers().keys() == {"lapka"})
        daemon.process.send_signal(signal.SIGHUP)
        soon("reading again is said", lambda: daemon.said("reload"))
        service.backlog("lapka", 1)
        service.until_answered("lapka")
        assert daemon.workers() == {"lapka": stays}
        assert {line["message"] for line in daemon.lines() if line.get("severity") == "ERROR"} == set()


def test_a_changed_rule_holds_for_the_next_customer(service: Service) -> None:
    service.supplier("lapka")
    service.apply()

    with service.daemon() as daemon:
        service.suppliers["lapka"]["policy"] = ALL_BY_HAND
        service.apply()
        soon("another worker works", lambda: len(working_for(daemon, "lapka")) == 2)
        [item] = service.backlog("lapka", 1)
        until("it is held for a person", lambda: service.statuses().get(item) == "held")

    assert service.answers() == [0]


def test_an_expired_token_is_said_once_and_a_new_one_resumes_within_seconds(service: Service) -> None:
    service.supplier("lapka")
    service.supplier("mokka")
    service.apply()

    with service.daemon() as daemon:
        service.fault("expire", "lapka")
        service.backlog("lapka", 2)
        service.backlog("mokka", 2)
        until("the account is paused", lambda: daemon.said("account_paused", "lapka"))
        service.until_answered("mokka")
        time.sleep(3)  # more readings of the paused account, each of which could say it again
        said = [line for line in daemon.said("account_paused", "lapka") if line["severity"] == "ERROR"]
        assert len(said) == 1
        assert "token" in said[0]["message"]
        assert service.answers("lapka") == [0, 0]

        service.forget_faults()
        service.renew("lapka")
        service.apply()
        soon("the account works again", lambda: daemon.said("account_back", "lapka"))
        service.until_answered("lapka")

    assert service.answers() == [1] * 4
