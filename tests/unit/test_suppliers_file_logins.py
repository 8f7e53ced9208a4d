"""One seller behind two accounts is found by what the platform calls the seller, whatever the keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.platforms import find, keys
from feedback_service.suppliers_file.problems import SuppliersFileError
from feedback_service.suppliers_file.reader import read_suppliers_file

SPECS = {find(key).SPEC.key: find(key).SPEC for key in keys()}
SECRETS = {"ONE": "secret-one", "TWO": "secret-two"}


def problems(folder: Path, *accounts: str) -> list[str]:
    """Of a file with one supplier for each of the accounts."""
    file = folder / "s.yaml"
    suppliers = (f"- key: s{number}\n  accounts: [{{{one}}}]\n" for number, one in enumerate(accounts))
    file.write_text("suppliers:\n" + "".join(f"{one}" for one in suppliers), "utf-8")
    try:
        read_suppliers_file(file, SPECS, SECRETS)
    except SuppliersFileError as found:
        return [line.removeprefix(f"{folder}/") for line in found.lines]
    return []


def ozon(**credentials: str) -> str:
    return account("ozon", **credentials)


def google(token: str, locations: str) -> str:
    return account(
        "google_business", client_id="c", client_secret="${ONE}", refresh_token=token, location_ids=locations
    )


def flamp(filials: str) -> str:
    return account("flamp", "browser", filial_ids=filials)


def account(platform: str, delivery: str = "api", **credentials: str) -> str:
    fields = ", ".join(f'{name}: "{value}"' for name, value in credentials.items())
    return f"key: main, platform: {platform}, delivery: {delivery}, credentials: {{{fields}}}"


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (ozon(client_id="100", api_key="${ONE}"), ozon(client_id="100", api_key="${TWO}"), "client_id"),
        (ozon(client_id="100", api_key="${ONE}"), ozon(client_id=" 0100", api_key="${TWO}"), "client_id"),
        (
            ozon(client_id="100", api_key="${ONE}", company_id="7"),
            account("ozon", "queue", company_id="7"),
            "company_id",
        ),
        (account("ozon", "queue", company_id="7"), account("ozon", "browser", company_id="7"), "credentials"),
        (
            account("yandex_market", business_id="77", api_key="${ONE}"),
            account("yandex_market", business_id="77", api_key="${TWO}"),
            "business_id",
        ),
        (account("wildberries", token="${ONE}"), account("wildberries", token="${ONE}"), "credentials"),
        (
            account("yandex_business", permanent_id="11, 12"),
            account("yandex_business", permanent_id="12,13"),
            "permanent_id",
        ),
        (flamp("11 12"), flamp("12; 13"), "filial_ids"),
        (google("${ONE}", "7, 8"), google("${TWO}", "accounts/1/locations/8"), "location_ids"),
    ],
)
def test_one_seller_behind_two_accounts_is_refused_at_its_place(
    tmp_path: Path, first: str, second: str, what: str
) -> None:
    found = problems(tmp_path, first, second)

    assert found == [
        f"s.yaml:4: suppliers[1]: accounts[0] has the same {what} as suppliers[0].accounts[0]; "
        "customers would be answered twice"
    ]
    assert "secret" not in "".join(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ozon(client_id="100", api_key="${ONE}"), ozon(client_id="200", api_key="${TWO}")),
        (ozon(client_id="100", api_key="${ONE}"), account("ozon", "queue", company_id="100")),
        (
            account("yandex_market", business_id="77", api_key="${ONE}"),
            account("yandex_market", business_id="78", api_key="${ONE}"),
        ),
        (account("wildberries", token="${ONE}"), account("wildberries", token="${TWO}")),
        (google("${ONE}", "7"), google("${ONE}", "8")),
        (flamp("11, 011,"), flamp("12,")),
        (ozon(client_id="77", api_key="${ONE}"), account("yandex_market", business_id="77", api_key="${ONE}")),
    ],
)
def test_two_sellers_are_not_taken_for_one(tmp_path: Path, first: str, second: str) -> None:
    assert problems(tmp_path, first, second) == []


@pytest.mark.parametrize("key", keys())
def test_what_identifies_a_seller_is_no_secret(key: str) -> None:
    assert not [field.name for field in find(key).SPEC.credentials if field.identifies and field.secret]
