"""Two machines on one database share the suppliers, and each takes over when the other dies."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack

import pytest

from benchmarks._daemon import Daemon
from feedback_service.secret_keys import new_key
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

KEYS = ("lapka", "mokka", "pirog", "sokol")


def host(service: Service, name: str, stack: ExitStack) -> Daemon:
    """A daemon with a folder and a name of its own."""
    settings = {"HOST_NAME": name, "DATA_DIR": str(service.folder / name), "LEASE_SECONDS": "6"}
    return stack.enter_context(service.started("run", name=name, **settings))


@pytest.mark.timeout(180)
def test_two_hosts_share_the_suppliers_and_the_living_takes_over_from_the_dead(service: Service) -> None:
    service.settings["SECRET_KEYS"] = new_key()
    for key in KEYS:
        service.supplier(key)
    service.apply()

    with ExitStack() as stack:
        here, there = host(service, "here", stack), host(service, "there", stack)
        until("each has its half", lambda: len(here.workers()) == 2 and len(there.workers()) == 2, 60)
        for key in KEYS:
            service.backlog(key, 3)
        service.until_answered(seconds=60)
        assert {*here.workers(), *there.workers()} == set(KEYS)

        os.killpg(there.process.pid, signal.SIGKILL)
        until("the living has them all", lambda: here.workers().keys() == set(KEYS), 30)
        for key in KEYS:
            service.backlog(key, 2)
        service.until_answered(seconds=60)
        assert here.stop() == 0

    assert service.answers() == [1] * 20


def test_a_host_that_stops_gives_its_suppliers_away_at_once(service: Service) -> None:
    service.settings["SECRET_KEYS"] = new_key()
    for key in KEYS[:2]:
        service.supplier(key)
    service.apply()

    with ExitStack() as stack:
        here, there = host(service, "here", stack), host(service, "there", stack)
        until("each has one", lambda: len(here.workers()) == len(there.workers()) == 1, 60)
        assert there.stop() == 0
        until("the other has both", lambda: len(here.workers()) == 2, 20)
        assert here.stop() == 0
