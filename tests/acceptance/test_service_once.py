"""`run --once` for cron, `run --supplier` for orchestrators, and what none of them may do together."""

from __future__ import annotations

import json

import pytest

from tests.support.service import Service, until

pytestmark = pytest.mark.slow


def test_one_pass_answers_the_backlog_and_the_next_finds_nothing_to_do(service: Service) -> None:
    service.supplier("lapka")
    service.supplier("mokka", accounts=("main", "outlet"))
    service.apply()
    service.backlog("lapka", 5)
    service.backlog("mokka", 3)
    service.write("mokka", "Можно мыть в машине?", rating=None, account="outlet")

    first = service.run("run", "--once")
    second = service.run("run", "--once")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert service.answers() == [1] * 9
    assert {one["status"] for one in service.feedback()} == {"answered"}
    assert "One pass: 0 items moved, 0 failures." in second.err


def test_a_broken_account_makes_the_pass_fail_and_the_others_are_answered(service: Service) -> None:
    service.supplier("broken", accounts=("main", "outlet"))
    service.supplier("sound")
    service.renew("broken", expires_in=-60)
    service.apply()
    service.backlog("broken", 2)
    service.backlog("broken", 2, account="outlet")
    service.backlog("sound", 2)

    failed = service.run("run", "--once")
    service.renew("broken")
    service.apply()
    answers = service.answers()
    mended = service.run("run", "--once")

    assert (failed.code, mended.code) == (1, 0), failed.err + mended.err
    assert sorted(answers) == [0, 0, 1, 1, 1, 1]
    assert service.answers() == [1] * 6


def test_a_wrong_setting_ends_every_kind_of_run_with_one_line_and_78(service: Service) -> None:
    for words in (("run",), ("run", "--once"), ("run", "--supplier", "lapka")):
        ended = service.run(*words, LEASE_SECONDS="soon")

        assert ended.code == 78
        assert ended.err.startswith("error: setting LEASE_SECONDS ")
        assert ended.err.count("\n") == 1


def test_a_pass_that_meets_another_of_its_machine_leaves_it_to_that_one(service: Service) -> None:
    service.supplier("lapka")
    service.apply()
    service.backlog("lapka", 12)
    service.fault("slow", "lapka", match="POST ", options={"delay": 1.0})

    with service.started("run", "--once") as first:
        until("the first pass writes", lambda: any(service.answers()))
        second = service.run("run", "--once")
        assert first.process.wait(60) == 0

    assert (second.code, second.err.count("\n")) == (0, 1)
    assert second.err.startswith("nothing to do: another run of this machine holds ")
    assert service.answers() == [1] * 12


def test_two_daemons_of_one_machine_are_one_too_many(service: Service) -> None:
    service.supplier("lapka")
    service.apply()

    with service.daemon():
        second = service.run("run")

    assert (second.code, second.err.count("\n")) == (78, 1)
    assert second.err.startswith("error: another run of this machine holds ")


def test_one_supplier_alone_is_answered_and_drained_like_all(service: Service) -> None:
    service.supplier("lapka")
    service.supplier("mokka")
    service.apply()
    service.backlog("lapka", 4)
    service.backlog("mokka", 1)

    with service.started("run", "--supplier", "lapka") as alone:
        service.until_answered("lapka")
        code = alone.stop()

    assert code == 0
    assert service.answers("lapka") == [1] * 4
    assert service.answers("mokka") == [0]


def test_an_unknown_supplier_is_one_line_and_78(service: Service) -> None:
    ended = service.run("run", "--supplier", "nobody")

    assert ended.code == 78
    [line] = [line for line in ended.err.splitlines() if json.loads(line)["severity"] != "INFO"]
    assert "supplier 'nobody' is not in the database" in line
