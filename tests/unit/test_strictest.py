"""What counts where answers may leave by several ways: of each rule the one that is safe by all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.feedback import Kind
from feedback_service.domain.length import LengthUnit, TextLimit
from feedback_service.domain.redelivery import Redelivery
from feedback_service.pipeline.strictest import strictest
from feedback_service.platforms import ozon
from tests.support.bazaar import LIMIT, SPEC

RULES = Redelivery()


def seconds(*several: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=one) for one in several)


def waits(**changes: Any) -> dict[str, Any]:
    return {"redelivery": replace(RULES, **changes)}


@pytest.mark.parametrize(
    ("declared", "other", "expected"),
    [
        ({"batch": 30}, {"batch": 10}, {"batch": 10}),
        ({"batch": 10}, {"batch": 30}, {"batch": 10}),
        ({"send_window": timedelta(60)}, {"send_window": timedelta(90)}, {"send_window": timedelta(90)}),
        ({"send_window": timedelta(90)}, {"send_window": timedelta(60)}, {"send_window": timedelta(90)}),
        ({"edit_window": timedelta(60)}, {"edit_window": timedelta(30)}, {"edit_window": timedelta(30)}),
        ({"edit_window": timedelta(60)}, {"edit_window": None}, {"edit_window": None}),
        ({"edits": 0}, {"edits": 2}, {"edits": 2}),
        ({"edits": 0}, {"edits": 0}, {"edits": 0}),
        (waits(settle=seconds(10, 30)), waits(settle=seconds(5, 60)), waits(settle=seconds(10, 60))),
        (waits(settle=seconds(10)), waits(settle=seconds(5, 60)), waits(settle=seconds(10, 60))),
        (waits(confirm=seconds(1, 90)), waits(confirm=seconds(2, 60, 70)), waits(confirm=seconds(2, 90, 90))),
        (waits(delays=seconds(10)), waits(delays=seconds(20)), waits(delays=seconds(20))),
        (waits(attempts=8), waits(attempts=3), waits(attempts=3)),
        (waits(give_up=timedelta(3)), waits(give_up=timedelta(5)), waits(give_up=timedelta(5))),
        (waits(), waits(doubt_ends_with_a_person=True), waits(doubt_ends_with_a_person=True)),
        (waits(doubt_ends_with_a_person=True), waits(), waits(doubt_ends_with_a_person=True)),
        ({"retracts": False}, {"retracts": True}, {"retracts": False}),
    ],
)
def test_of_each_rule_the_stricter_counts(
    declared: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = strictest(replace(SPEC, **declared), [replace(SPEC, **other)])

    assert found == replace(SPEC, **expected)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (TextLimit(5, 300), TextLimit(5, 300)),
        (TextLimit(1, 900), LIMIT),
        (TextLimit(5, 300, LengthUnit.BYTES), LIMIT),
    ],
)
def test_a_text_fits_by_every_way_whose_unit_can_be_compared(other: TextLimit, expected: TextLimit) -> None:
    found = strictest(SPEC, [replace(SPEC, reply_limits={Kind.REVIEW: other})])

    assert found.reply_limits == {Kind.REVIEW: expected, Kind.QUESTION: LIMIT}


def test_ozon_s_cabinet_takes_longer_than_its_api_and_the_api_gives_a_write_longer() -> None:
    found = strictest(ozon.SPEC, [ozon.CABINET_SPEC])

    assert found.batch == ozon.CABINET_SPEC.batch
    assert found.send_window == ozon.SPEC.send_window
    assert found.redelivery.settle == ozon.CABINET_SPEC.redelivery.settle
    assert found.redelivery.confirm == ozon.CABINET_SPEC.redelivery.confirm
