"""A credential that names several things, as people write such lists."""

from __future__ import annotations

import pytest

from feedback_service.ports.platform import Access
from tests.support.clock import ManualClock


def access(**credentials: str) -> Access:
    return Access(label="кафе", base_url="", credentials=credentials, clock=ManualClock())


@pytest.mark.parametrize("written", ["7,12", " 7 , 12 ", "7;12", "7\n12\n", ",7,,12,", "7, 12, 7"])
def test_things_are_named_with_any_sign_between_and_each_counts_once(written):
    account = access(branch_ids=written)

    found = account.several("branch_ids")

    assert found == ("7", "12")


@pytest.mark.parametrize("credentials", [{}, {"branch_ids": ""}, {"branch_ids": " ,; "}])
def test_nothing_named_is_an_empty_list(credentials):
    account = access(**credentials)

    found = account.several("branch_ids")

    assert found == ()
