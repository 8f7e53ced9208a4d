"""The example of suppliers.yaml is valid as it stands, and uses everything there is."""

from __future__ import annotations

from pathlib import Path

from feedback_service.domain.supplier import AnswerPolicy, Delivery, Voice
from feedback_service.platforms import find, keys
from feedback_service.suppliers_file.reader import read_suppliers_file

EXAMPLE = Path(__file__).parents[2] / "docs" / "suppliers.example.yaml"


def test_the_example_is_valid_once_its_variables_are_set() -> None:
    specs = {key: find(key).SPEC for key in keys()}

    variables = {"WB_TOKEN": "one", "MOKKA_WB_TOKEN": "two", "OZON_CLIENT_ID": "3", "OZON_API_KEY": "four"}
    variables |= {"TWOGIS_PASSWORD": "five", "GOOGLE_CLIENT_SECRET": "six", "GOOGLE_REFRESH_TOKEN": "seven"}
    full, cafe, least = read_suppliers_file(EXAMPLE, specs, variables)

    assert full.key == "lapka"
    assert [(one.platform, one.delivery) for one in full.accounts] == [("wildberries", None), ("ozon", Delivery.API)]
    assert {one.platform for one in cafe.accounts} <= specs.keys()
    assert not any(one.unattended for one in cafe.accounts)
    assert (least.voice, least.policy) == (Voice(), AnswerPolicy())


def test_the_example_shows_every_field() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    for field in (*Voice.__dataclass_fields__, *AnswerPolicy.__dataclass_fields__):
        assert f" {field}" in text
