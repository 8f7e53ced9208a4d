"""What the Google replica does with replies."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.google_business_replica import Profile, error, reason

TEXT = "Спасибо, ждём снова!"


@pytest.fixture
def profile() -> Profile:
    return Profile()


def test_a_reply_is_taken_as_pending_and_read_as_approved(profile: Profile) -> None:
    name = profile.review()

    taken = profile.answer(name, TEXT)

    expected = {"comment": TEXT, "updateTime": "2026-03-10T12:00:00Z", "reviewReplyState": "APPROVED"}
    assert (taken.status, taken.document) == (200, {**expected, "reviewReplyState": "PENDING"})
    assert profile.read(name)["reviewReply"] == expected
    assert (profile.entry(name).answers, profile.entry(name).visible, profile.effects(name)) == (1, TEXT, ["answer"])


def test_another_text_replaces_the_reply_and_counts_as_an_edit(profile: Profile) -> None:
    name = profile.review()

    profile.answer(name, "Спосибо")
    profile.answer(name, "Спасибо")

    assert profile.read(name)["reviewReply"]["comment"] == "Спасибо"
    assert (profile.entry(name).answers, profile.effects(name)) == (1, ["answer", "edit"])


def test_the_same_text_sent_twice_counts_as_two_answers(profile: Profile) -> None:
    name = profile.review()

    profile.answer(name, TEXT)
    profile.answer(name, TEXT)

    assert (profile.entry(name).answers, profile.effects(name)) == (2, ["answer", "answer"])


def test_a_reply_over_the_owner_s_own_counts_as_two_answers(profile: Profile) -> None:
    name = profile.review()
    profile.replica.reply_by_hand(profile.key, name, "Отвечаю сама")
    by_hand = profile.read(name)["reviewReply"]

    profile.answer(name, TEXT)

    assert (by_hand["comment"], "reviewReplyState" in by_hand) == ("Отвечаю сама", False)
    assert profile.read(name)["reviewReply"]["comment"] == TEXT
    assert (profile.entry(name).answers, profile.effects(name)) == (2, ["answer"])


def test_a_reply_can_be_deleted_and_only_once(profile: Profile) -> None:
    name = profile.review()
    profile.answer(name)

    first, second = profile.delete(name), profile.delete(name)

    assert (first.status, first.document, error(second)) == (200, "", (404, "NOT_FOUND"))
    assert profile.read(name).get("reviewReply") is None
    assert (profile.entry(name).answers, profile.effects(name)) == (0, ["answer", "retract"])


@pytest.mark.parametrize("text", ["1", "ы" * 2048, "🙂" * 1024, "a" * 4096, "«Ёлки» & <b>палки</b>\n\u202e"])
def test_a_text_within_the_limit_is_kept_as_it_is(profile: Profile, text: str) -> None:
    name = profile.review()

    assert profile.answer(name, text).status == 200
    assert profile.entry(name).visible == profile.read(name)["reviewReply"]["comment"] == text


@pytest.mark.parametrize(
    "text", ["", " \n\u00a0", "ы" * 2048 + "!", "🙂" * 1024 + "!", "a" * 4097, "\ud83d", None, 7, ["text"]]
)
def test_a_text_out_of_bounds_is_refused(profile: Profile, text: object) -> None:
    name = profile.review()

    told = profile.answer(name, text)

    assert error(told) == (400, "INVALID_ARGUMENT")
    assert told.document["error"]["details"][0]["fieldViolations"][0]["field"] == "comment"
    assert profile.effects(name) == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"text":"?"}', b'{"comment":"?","author":"me"}', b"\xff", b"[" * 9999]
)
def test_a_body_that_is_not_as_described_is_refused(profile: Profile, raw: bytes) -> None:
    name = profile.review()

    assert error(profile.answer(name, raw=raw)) == (400, "INVALID_ARGUMENT")
    assert profile.effects(name) == []


def test_a_write_to_nothing_to_somebody_else_s_and_to_an_unverified_location_is_noted() -> None:
    profile = Profile()
    other = Profile(replica=profile.replica, key="sosed")
    theirs, nothing = other.review(), f"{profile.parents()[0]}/reviews/nothing"
    unverified = f"{profile.parents(verified=False)[0]}/reviews/x"

    statuses = [profile.answer(name, TEXT).status for name in (nothing, theirs, unverified)]

    missed = profile.replica.ledger(profile.at).unknown_writes
    assert statuses == [404, 403, 403]
    assert [(one.account, one.item, one.text) for one in missed] == [
        (profile.key, name, TEXT) for name in (nothing, theirs, unverified)
    ]
    assert (other.effects(theirs), profile.delete(theirs).status) == ([], 403)


def test_moderation_waits_and_then_declines_with_a_reason(profile: Profile) -> None:
    name = profile.review()

    profile.answer(name, imposed={"moderate": {"verdict": "reject", "delay": 100, "reason": "OFF_TOPIC"}})
    waiting, before = profile.read(name)["reviewReply"], profile.entry(name)
    profile.at += 100
    declined, after = profile.read(name)["reviewReply"], profile.entry(name)

    assert (waiting["reviewReplyState"], "policyViolation" in waiting) == ("PENDING", False)
    assert (before.answers, before.visible, before.state) == (1, None, "PENDING")
    assert (declined["reviewReplyState"], declined["policyViolation"]) == ("REJECTED", "OFF_TOPIC")
    assert (after.answers, after.visible, after.state) == (0, None, "REJECTED")


def test_a_text_after_a_declined_one_is_the_first_answer(profile: Profile) -> None:
    name = profile.review()
    profile.answer(name, imposed={"moderate": {"verdict": "reject"}})

    profile.answer(name)

    assert (profile.entry(name).answers, profile.effects(name)) == (1, ["answer", "answer"])


def test_customers_see_the_text_before_an_edit_that_waits_or_was_declined(profile: Profile) -> None:
    name = profile.review()
    profile.answer(name, TEXT)

    profile.answer(name, "Спасибо!!!", imposed={"moderate": {"verdict": "reject", "delay": 50}})
    waiting = profile.entry(name)
    profile.at += 50

    assert profile.read(name)["reviewReply"]["comment"] == "Спасибо!!!"
    assert (waiting.visible, profile.entry(name).visible, profile.entry(name).answers) == (TEXT, TEXT, 1)


def test_every_reply_waits_as_long_as_the_option_says() -> None:
    profile = Profile({"moderation_delay": 30})
    name = profile.review()
    profile.answer(name)

    early = profile.read(name)["reviewReply"]["reviewReplyState"]
    profile.at += 30

    assert (early, profile.read(name)["reviewReply"]["reviewReplyState"]) == ("PENDING", "APPROVED")


def test_a_swallowed_reply_is_taken_and_is_nowhere(profile: Profile) -> None:
    name = profile.review()

    told = profile.answer(name, TEXT, imposed={"swallow": {}})

    assert (told.status, told.document["comment"]) == (200, TEXT)
    assert profile.read(name).get("reviewReply") is None
    assert (profile.effects(name), profile.entry(name).answers) == (["ignored"], 0)


def test_reads_may_lag_behind_a_reply() -> None:
    profile = Profile({"lag": 30})
    name = profile.review()
    profile.answer(name)

    early = profile.read(name).get("reviewReply")
    profile.at += 30

    assert (early, profile.read(name)["reviewReply"]["reviewReplyState"]) == (None, "APPROVED")
    assert profile.entry(name).answers == 1


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("server_error", {}, (503, "UNAVAILABLE")),
        ("server_error", {"status": 500}, (500, "INTERNAL")),
        ("too_many_requests", {"retry_after": 17}, (429, "RESOURCE_EXHAUSTED")),
        ("quota_zero", {}, (429, "RESOURCE_EXHAUSTED")),
        ("service_disabled", {}, (403, "PERMISSION_DENIED")),
        ("permission_denied", {}, (403, "PERMISSION_DENIED")),
        ("expire", {}, (401, "UNAUTHENTICATED")),
    ],
)
def test_nothing_is_written_by_a_call_that_a_fault_refuses(
    profile: Profile, fault: str, options: dict[str, object], expected: tuple[int, str]
) -> None:
    name = profile.review()

    told = profile.answer(name, imposed={fault: options})

    assert (error(told), profile.effects(name)) == (expected, [])
    assert fault in profile.replica.plays
    assert told.headers.get("retry-after") == ("17" if "retry_after" in options else None)


def test_faults_tell_their_reasons_and_a_gateway_speaks_html(profile: Profile) -> None:
    name = profile.review()

    zero = profile.answer(name, imposed={"quota_zero": {}})
    disabled = profile.answer(name, imposed={"service_disabled": {}})
    gateway = profile.answer(name, imposed={"server_error": {"status": 502}})

    assert reason(zero)["metadata"]["quota_limit_value"] == "0"
    assert reason(disabled)["reason"] == "SERVICE_DISABLED"
    assert (gateway.status, gateway.document[:9]) == (502, "<!DOCTYPE")


def test_opening_an_account_again_keeps_what_was_written(profile: Profile) -> None:
    name = profile.review()
    profile.answer(name, TEXT)

    again = profile.replica.register(SandboxAccount(profile.key), profile.at)

    assert again["client_id"] == profile.credentials["client_id"]
    assert profile.read(name)["reviewReply"]["comment"] == TEXT
    assert profile.refresh().status == profile.refresh(refresh_token=again["refresh_token"]).status == 200


def test_only_replies_are_written(profile: Profile) -> None:
    name = profile.review()
    calls = [
        ("PUT", f"/v4/{name}/reply"),
        ("DELETE", f"/v4/{name}/reply"),
        ("POST", "/v4/accounts/1/locations:batchGetReviews"),
        ("POST", "/token"),
        ("GET", f"/v4/{name}"),
    ]

    assert [profile.replica.writes(*call) for call in calls] == [True, True, False, False, False]
