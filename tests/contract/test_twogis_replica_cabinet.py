"""What the 2GIS replica does with sign-ins, tokens, organisations and branches."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import ReplicaRequest, SandboxAccount
from tests.support.twogis_replica import API, Place, message


def test_a_login_and_its_password_get_a_bearer_token_that_works() -> None:
    place = Place()

    result = place.sign_in().document["result"]

    place.token = result["access_token"]
    assert (len(place.token), result["token_type"], result["expires_in"]) == (40, "Bearer", "3600")
    assert place.ask("GET", f"{API}/users").document["result"]["email"] == place.credentials["login"]


def test_the_cookie_of_a_browser_is_a_token_but_not_as_a_cookie() -> None:
    place = Place()

    by_cookie = place.ask("GET", f"{API}/users", headers={"cookie": f"dg_session_token={place.token}"})

    assert (by_cookie.status, place.ask("GET", f"{API}/users").status) == (401, 200)


def test_a_token_runs_out_and_a_new_sign_in_helps() -> None:
    place = Place({"token_lasts": 60})
    place.token = place.sign_in().document["result"]["access_token"]

    place.at += 60

    assert message(place.listed()) == "access token is not valid"
    place.token = place.sign_in().document["result"]["access_token"]
    assert place.listed().status == 200


def test_where_one_session_is_allowed_a_new_one_ends_the_other() -> None:
    place = Place({"one_session": True})
    first = place.sign_in().document["result"]["access_token"]

    place.sign_in()

    assert place.ask("GET", f"{API}/users", headers={"authorization": f"Bearer {first}"}).status == 401


def test_the_fault_expire_ends_a_token_for_good_and_refuses_a_sign_in() -> None:
    place = Place()

    struck = place.ask("GET", f"{API}/users", imposed={"expire": {}})

    assert (struck.status, place.listed().status) == (401, 401)
    assert place.sign_in(imposed={"expire": {}}).status == 401
    assert place.sign_in().status == 200


def test_five_wrong_passwords_bring_a_captcha_that_only_a_person_gets_past() -> None:
    place = Place()

    wrong = [place.sign_in("nicht-das") for _ in range(5)]

    assert {one.status for one in wrong} == {401}
    assert (place.sign_in().status, "captcha" in message(place.sign_in())) == (403, True)
    place.replica.issue_session(place.key, place.at, 60)
    assert place.sign_in().status == 200


def test_an_account_that_is_opened_again_is_asked_for_no_captcha() -> None:
    place = Place()
    for _ in range(5):
        place.sign_in("nicht-das")

    place.reopen()

    assert place.sign_in().status == 200


def test_a_captcha_by_option_or_by_fault_gives_no_token() -> None:
    place = Place()

    assert "captcha" in message(place.sign_in(imposed={"captcha": {}}))
    place.reopen(captcha=True)
    assert "captcha" in message(place.sign_in())


def test_a_stranger_s_login_is_refused_like_a_wrong_password() -> None:
    place = Place()
    body = {"login": "nobody@example.com", "password": "x"}

    told = place.ask("POST", f"{API}/users/auth", body=body, headers={})

    assert (told.status, message(told)) == (401, message(place.sign_in("wrong")))


def test_500_branches_come_in_pages_until_one_is_short() -> None:
    place = Place({"branches": 500, "pending": 0})

    pages = [_branches(place, page=page, pageSize=60) for page in range(1, 11)]

    assert [len(page) for page in pages] == [60] * 8 + [20, 0]
    assert [one["id"] for page in pages for one in page] == place.branch_ids
    assert len(set(place.branch_ids)) == 500


def test_a_branch_that_awaits_moderation_has_another_id_and_no_reviews() -> None:
    place = Place({"branches": 1, "pending": 2})

    ids = [one["id"] for one in _branches(place)]

    assert ids == ["branch_2", "branch_1", place.branch]
    assert place.listed("branch_1").status == 404


def test_an_organisation_may_have_no_branches() -> None:
    place = Place({"branches": 0, "pending": 0})

    told = place.ask("GET", f"{API}/branches", {"orgId": "", "page": 1, "pageSize": 60})

    assert told.document["result"] == {"total": 0, "items": []}
    assert place.credentials["branch_ids"] == ""


def test_several_organisations_share_the_branches_and_each_lists_its_own() -> None:
    place = Place({"branches": 5, "orgs": 2, "pending": 0})
    first, second = (one["id"] for one in place.ask("GET", f"{API}/orgs").document["result"]["items"])

    of_first, of_second = _branches(place, orgId=first), _branches(place, orgId=second)

    assert place.credentials["org_id"] == first
    assert [one["id"] for one in of_first] == place.branch_ids
    assert (len(of_first), len(of_second), len(_branches(place))) == (3, 2, 5)
    assert [one["name"] for one in place.ask("GET", f"{API}/users").document["result"]["orgs"]] == [
        of_first[0]["name"],
        of_second[0]["name"],
    ]


def test_what_belongs_to_somebody_else_is_forbidden_and_what_is_nobody_s_is_not_found() -> None:
    place = Place({"foreign": True})
    other = Place(replica=place.replica, key="sosed")
    org = other.ask("GET", f"{API}/orgs").document["result"]["items"][0]["id"]

    assert place.listed(other.branch).status == place.listed(place.branch_ids[-1]).status == 403
    assert place.listed("70000001000199999").status == place.listed("семь").status == 404
    assert place.ask("GET", f"{API}/branches", {"orgId": org}).status == 403
    assert place.ask("GET", f"{API}/branches", {"orgId": "0"}).status == 400
    assert place.told(other.review()).status == 403


def test_a_branch_that_was_given_up_is_not_found_with_its_reviews() -> None:
    place = Place({"branches": 2})
    kept, lost = place.branch_ids
    item = place.review(product=lost)

    place.reopen(branches=1)

    assert (place.listed(kept).status, place.listed(lost).status, place.told(item).status) == (200, 404, 404)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("too_many_requests", 429, 429),
        ("server_error", 500, 500),
        ("meta_error", 200, 500),
        ("no_subscription", 403, 403),
    ],
)
def test_a_fault_is_told_in_the_platform_s_words(fault: str, status: int, code: int) -> None:
    place = Place()

    told = place.ask("GET", f"{API}/users", imposed={fault: {"retry_after": 17}})

    assert (told.status, told.document["meta"]["code"], "result" in told.document) == (status, code, False)
    assert told.headers.get("retry-after") == ("17" if status == 429 else None)


def test_a_rate_is_kept_where_an_option_sets_one() -> None:
    place = Place({"rate": 0.5, "burst": 2})

    statuses = [place.listed().status for _ in range(3)]
    late = place.listed()
    place.at += 2

    assert (statuses, late.headers["retry-after"], place.listed().status) == ([200, 200, 429], "2", 200)


def test_it_knows_whose_call_it_is() -> None:
    place = Place({"token_lasts": 0})
    dead = place.sign_in().document["result"]["access_token"]

    def owner(path: str, authorization: str = "", body: bytes = b"") -> str | None:
        headers = {"authorization": authorization}
        return place.replica.account_of(ReplicaRequest("GET", path, place.at, headers=headers, body=body))

    assert owner(f"{API}/users", f"Bearer {dead}") == place.key
    assert owner(f"{API}/users/auth", body=b'{"login":"pekarnya@example.com"}') == place.key
    assert owner(f"/2.0/branches/{place.branch}/reviews") == place.key
    assert owner(f"{API}/users", "Bearer x") is owner(f"{API}/users/auth", body=b"[") is owner("/3.0/orgs/1") is None


def test_signing_in_is_no_write_and_answering_is() -> None:
    replica = Place().replica

    assert not replica.writes("POST", f"{API}/users/auth")
    assert not replica.writes("GET", f"{API}/presence/reviews/1/comments")
    assert replica.writes("POST", f"{API}/presence/reviews/1/comments")
    assert replica.writes("DELETE", f"{API}/presence/reviews/1/comments/2")


@pytest.mark.parametrize(
    "options",
    [{"brnches": 1}, {"branches": -1}, {"branches": True}, {"orgs": 0}, {"captcha": 1}, {"rate": 0}, {"readonly": [6]}],
)
def test_an_option_that_cannot_be_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Place().replica.register(SandboxAccount("x", options), 0)


def _branches(place: Place, **query: object) -> list[dict[str, object]]:
    items = place.ask("GET", f"{API}/branches", query).document["result"]["items"]
    assert isinstance(items, list)
    return items
