"""The example of suppliers.yaml is valid as it stands, and uses everything there is."""

from __future__ import annotations

from pathlib import Path

from feedback_service.domain.supplier import AnswerPolicy, Voice
from feedback_service.platforms import find, keys
from feedback_service.suppliers_file.reader import read_suppliers_file

EXAMPLE = Path(__file__).parents[2] / "docs" / "suppliers.example.yaml"


def test_the_example_is_valid_once_its_variables_are_set() -> None:
    specs = {key: find(key).SPEC for key in keys()}

    full, least = read_suppliers_file(EXAMPLE, specs, {"WB_TOKEN": "one", "MOKKA_WB_TOKEN": "two"})

    assert (full.key, full.accounts[0].platform) == ("lapka", "wildberries")
    assert (least.voice, least.policy) == (Voice(), AnswerPolicy())


def test_the_example_shows_every_field() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    for field in (*Voice.__dataclass_fields__, *AnswerPolicy.__dataclass_fields__):
        assert f" {field}" in text
