"""The ways of an account in suppliers.yaml: what its platform bars is refused with the reason, and asks for no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.domain.supplier import Account, Delivery, Way
from feedback_service.platforms import find, keys
from feedback_service.suppliers_file.problems import SuppliersFileError
from feedback_service.suppliers_file.reader import read_suppliers_file

SPECS = {key: find(key).SPEC for key in keys()}


def read(folder: Path, account: str) -> Account:
    file = folder / "s.yaml"
    file.write_text(f"suppliers:\n- key: lapka\n  accounts:\n  - {account}\n", "utf-8")
    (supplier,) = read_suppliers_file(file, SPECS, {"TOKEN": "s3cret"})
    return supplier.accounts[0]


@pytest.mark.parametrize("delivery", ["browser", "queue"])
def test_wildberries_is_answered_by_its_api_alone_and_the_offer_is_the_reason(tmp_path: Path, delivery: str):
    account = f"{{key: wb, platform: wildberries, delivery: {delivery}, credentials: {{token: '${{TOKEN}}'}}}}"

    with pytest.raises(SuppliersFileError, match=rf"Wildberries cannot be answered by {delivery}: its offer.*use api"):
        read(tmp_path, account)


def test_an_unknown_delivery_is_named_with_the_known_ones(tmp_path: Path):
    with pytest.raises(SuppliersFileError, match=r"delivery: 'pigeon' is not known"):
        read(tmp_path, "{key: oz, platform: ozon, delivery: pigeon, credentials: {company_id: 77}}")


def test_only_what_the_way_needs_is_asked_for(tmp_path: Path):
    account = read(tmp_path, "{key: oz, platform: ozon, delivery: browser, credentials: {company_id: '4711'}}")

    assert (account.delivery, account.credentials) == (Delivery.BROWSER, {"company_id": "4711"})


def test_a_credential_that_the_way_needs_is_missed(tmp_path: Path):
    with pytest.raises(SuppliersFileError, match=r"client_id is missing"):
        read(tmp_path, "{key: oz, platform: ozon, delivery: api, credentials: {company_id: '4711'}}")


def test_reading_by_another_way_asks_for_its_credentials_too(tmp_path: Path):
    with pytest.raises(SuppliersFileError, match=r"client_id is missing"):
        read(tmp_path, f"{{key: oz, platform: ozon, reading: {Way.API}, credentials: {{company_id: '4711'}}}}")
