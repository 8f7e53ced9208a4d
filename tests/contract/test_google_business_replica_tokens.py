"""Who the Google replica lets in: consents, access tokens, quotas, APIs that are switched on."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from feedback_service.ports.replica import ReplicaRequest
from tests.support.google_business_replica import FORM, Profile, error, reason

SERVICES = ["mybusinessaccountmanagement", "mybusinessbusinessinformation", "mybusiness"]
BATCH = "/v4/accounts/1/locations:batchGetReviews"


@pytest.fixture
def profile() -> Profile:
    return Profile()


def test_a_consent_gives_access_tokens_again_and_again(profile: Profile) -> None:
    first, second = profile.refresh(), profile.refresh()

    assert first.status == second.status == 200
    assert first.document["access_token"] != second.document["access_token"]
    assert {**first.document, "access_token": ""} == {
        "access_token": "",
        "expires_in": 3599,
        "scope": "https://www.googleapis.com/auth/business.manage",
        "token_type": "Bearer",
    }


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"refresh_token": "1//other"}, 400, "invalid_grant"),
        ({"refresh_token": None}, 400, "invalid_request"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"scope": "https://www.googleapis.com/auth/drive"}, 400, "invalid_scope"),
    ],
)
def test_a_refresh_that_is_not_in_order_is_refused(
    profile: Profile, changes: Mapping[str, str | None], status: int, word: str
) -> None:
    told = profile.refresh(**changes)

    assert (told.status, told.document["error"]) == (status, word)


def test_the_consent_of_one_project_is_nothing_to_another(profile: Profile) -> None:
    other = Profile(replica=profile.replica, key="sosed")

    told = profile.refresh(refresh_token=other.credentials["refresh_token"])

    assert (told.status, told.document["error"]) == (400, "invalid_grant")


def test_a_body_that_is_no_form_has_no_fields(profile: Profile) -> None:
    told = profile.ask("POST", "/token", headers={"content-type": "application/json"}, body=dict(profile.credentials))

    assert (told.status, told.document["error"]) == (400, "invalid_request")


def test_a_token_ends_when_it_said_and_the_consent_goes_on() -> None:
    profile = Profile({"token_lasts": 100})

    profile.at += 99.9
    before = profile.ask("GET", "/v1/accounts").status
    profile.at += 0.1
    after = profile.ask("GET", "/v1/accounts")

    assert (before, error(after), profile.refresh().status) == (200, (401, "UNAUTHENTICATED"), 200)


def test_a_revoked_consent_ends_its_tokens_until_the_account_is_opened_again(profile: Profile) -> None:
    other = Profile(replica=profile.replica, key="sosed")
    profile.replica.revoke(profile.key)

    used, refreshed = profile.ask("GET", "/v1/accounts").status, profile.refresh()
    profile.reopen()

    assert (used, refreshed.status, refreshed.document["error"]) == (401, 400, "invalid_grant")
    assert profile.refresh().status == 200
    assert (other.ask("GET", "/v1/accounts").status, other.refresh().status) == (200, 200)


def test_a_consent_in_testing_runs_out() -> None:
    profile = Profile({"consent_lasts": 604800})

    profile.at += 604800

    assert profile.refresh().document["error"] == "invalid_grant"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer ya29.other", "Basic eA=="])
def test_nobody_is_let_in_without_a_token(profile: Profile, header: str) -> None:
    told = profile.ask("GET", "/v1/accounts", headers={"authorization": header})

    assert error(told) == (401, "UNAUTHENTICATED")


def test_the_fault_expire_costs_a_token_and_then_the_refresh(profile: Profile) -> None:
    struck = profile.ask("GET", "/v1/accounts", imposed={"expire": {}})
    later = profile.ask("GET", "/v1/accounts")
    refused = profile.refresh(imposed={"expire": {}})

    assert (struck.status, later.status, refused.document["error"]) == (401, 401, "invalid_grant")
    assert profile.refresh().status == 200


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_that_is_not_switched_on_says_which_one(service: str) -> None:
    profile = Profile({"disabled": [service]})

    asked = [("GET", "/v1/accounts"), ("GET", "/v1/accounts/1/locations"), ("POST", BATCH)]
    calls = [profile.ask(*one) for one in asked]
    told = calls[SERVICES.index(service)]

    assert error(told) == (403, "PERMISSION_DENIED")
    assert reason(told)["reason"] == "SERVICE_DISABLED"
    assert reason(told)["metadata"]["service"] == f"{service}.googleapis.com"
    assert all(other is told or "SERVICE_DISABLED" not in str(other.document) for other in calls)


def test_a_project_that_is_not_approved_has_a_quota_of_nothing() -> None:
    profile = Profile({"approved": False})

    told = profile.ask("GET", "/v1/accounts")

    assert error(told) == (429, "RESOURCE_EXHAUSTED")
    assert (reason(told)["reason"], reason(told)["metadata"]["quota_limit_value"]) == ("RATE_LIMIT_EXCEEDED", "0")


def test_each_api_has_a_quota_of_its_own_that_comes_back_with_the_minute() -> None:
    profile = Profile({"quota": 2})

    statuses = [profile.ask("GET", "/v1/accounts").status for _ in range(3)]
    told, other = profile.ask("GET", "/v1/accounts"), profile.ask("POST", BATCH)
    profile.at += 60

    assert (statuses, other.status) == ([200, 200, 429], 400)
    assert (reason(told)["metadata"]["quota_limit_value"], "retry-after" in told.headers) == ("2", False)
    assert profile.ask("GET", "/v1/accounts").status == 200


def test_everybody_is_known_by_token_and_by_consent(profile: Profile) -> None:
    form = f"refresh_token={profile.credentials['refresh_token']}".encode()
    refresh = ReplicaRequest("POST", "/token", profile.at, headers={"content-type": FORM}, body=form)
    call = ReplicaRequest("GET", "/v1/accounts", profile.at, headers={"authorization": f"Bearer {profile.token}"})

    assert profile.replica.account_of(refresh) == profile.replica.account_of(call) == profile.key
    assert profile.replica.account_of(ReplicaRequest("POST", "/token", profile.at)) is None
    assert profile.replica.account_of(ReplicaRequest("GET", "/v1/accounts", profile.at)) is None


@pytest.mark.parametrize(
    "options",
    [
        {"branches": 3},
        {"locations": -1},
        {"locations": 1.5},
        {"shared": 1},
        {"lag": "no"},
        {"disabled": ["drive"]},
        {"quota": True},
    ],
)
def test_an_option_that_is_not_understood_is_named(options: Mapping[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Profile(options)
