"""Accounts are read on demand: by the worker that serves them, or by the command where none does."""

from __future__ import annotations

import pytest

from tests.support.service import ALL_BY_HAND, Service, until

pytestmark = pytest.mark.slow


def rarely_read(service: Service, *accounts: str) -> None:
    """A supplier whose accounts are read once an hour."""
    service.supplier("lapka", ALL_BY_HAND, accounts=accounts)
    for account in service.suppliers["lapka"]["accounts"]:
        account |= {"poll_seconds": 3600, "quiet_poll_seconds": 3600}
    service.apply()


def test_a_rarely_read_account_is_read_at_once_when_a_person_asks(service: Service) -> None:
    rarely_read(service, "main", "outlet")
    first = service.backlog("lapka", 1)
    with service.daemon():
        until("the first pass is over", lambda: set(service.statuses()) == set(first))
        news = service.backlog("lapka", 2)
        others = service.backlog("lapka", 1, account="outlet")

        ended = service.run("collect", "--account", "lapka/main")

        assert (ended.code, ended.out.strip()) == (0, "lapka/main: read; 2 new"), ended.err
        assert set(service.statuses()) == {*first, *news}
        assert service.run("collect").code == 0
        assert set(service.statuses()) == {*first, *news, *others}


def test_where_nobody_works_the_command_reads_by_itself(service: Service) -> None:
    rarely_read(service, "main")
    items = service.backlog("lapka", 2)

    ended = service.run("collect", "--account", "lapka/main")

    assert ended.code == 0, ended.err
    assert "lapka/main: read; 2 new, which wait for the service" in ended.out
    assert service.statuses() == dict.fromkeys(items, "collected")


def test_an_account_that_cannot_be_read_says_why(service: Service) -> None:
    rarely_read(service, "main")
    service.fault("expire", "lapka")

    ended = service.run("collect", "--account", "lapka/main")
    unknown = service.run("collect", "--account", "lapka/nowhere")

    assert ended.code == 1
    assert "could not be read: " in ended.out
    assert "token" in ended.out
    assert (unknown.code, "lapka/nowhere: no such account" in unknown.err) == (1, True)
