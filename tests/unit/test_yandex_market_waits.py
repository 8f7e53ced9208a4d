"""Yandex.Market's waits fit into each other: doubts last longer than elsewhere, and no write outlasts its window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.supplier import Delivery
from feedback_service.platforms import find
from feedback_service.platforms.yandex_market import cabinet, client, connector
from feedback_service.ports.platform import PlatformSpec, Redelivery

SPEC = find("yandex_market").SPEC
BY_BROWSER = cabinet.by_browser(SPEC)


@pytest.mark.parametrize("spec", [SPEC, BY_BROWSER], ids=["api", "browser"])
def test_a_doubt_lasts_longer_than_where_a_platform_keeps_one_answer_per_item(spec: PlatformSpec) -> None:
    assert sum(spec.redelivery.settle, timedelta(0)) > 10 * sum(Redelivery().settle, timedelta(0))


def test_an_edit_by_the_api_with_all_its_waits_ends_within_its_window() -> None:
    one_call = 2 * client.QUEUE + connector.LIMITS.total

    assert timedelta(seconds=2 * one_call) < SPEC.send_window


def test_a_write_in_the_browser_is_begun_well_within_its_window() -> None:
    window = BY_BROWSER.send_window.total_seconds()

    assert window > cabinet.WRITING
    assert window - 15 > cabinet.LATEST


def test_the_browser_is_the_usual_way_and_nothing_is_barred() -> None:
    assert SPEC.deliveries[0] is Delivery.BROWSER
    assert set(SPEC.deliveries) == set(Delivery)
    assert not SPEC.barred
