"""What the 2GIS replica does with replies."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.twogis_replica import API, Place, message

TEXT = "Спасибо, ждём снова!"


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_reply_leaves_the_unanswered_list_and_stands_below_the_review(place: Place) -> None:
    item = place.review()

    result = place.answer(item, TEXT).document["result"]

    shown = place.read(item)
    assert (result["type"], result["text"], result["org"]) == ("reply", TEXT, {"name": "Организация pekarnya"})
    assert (shown["hasCompanyComment"], shown["firstAnswer"]["id"]) == (True, result["id"])
    assert place.comments(item) == [result]
    assert place.ids(withoutAnswer="true") == []
    assert (place.entry(item).answers, place.entry(item).visible) == (1, TEXT)


def test_a_second_reply_is_a_second_comment_that_the_customer_notices(place: Place) -> None:
    item = place.review()

    place.answer(item, "Первый")
    place.answer(item, "Второй")

    assert [one["text"] for one in place.comments(item)] == ["Первый", "Второй"]
    assert (place.entry(item).answers, place.effects(item)) == (2, ["answer", "answer"])
    assert place.read(item)["firstAnswer"]["text"] == "Первый"


@pytest.mark.parametrize("asked", [False, True])
def test_the_first_reply_is_official_whatever_was_asked(place: Place, asked: bool) -> None:
    assert place.answer(place.review(), official=asked).document["result"]["isOfficialAnswer"] is True


def test_a_later_reply_is_official_where_it_asks_and_takes_it_from_the_other(place: Place) -> None:
    item = place.review()
    place.answer(item, "Первый")

    place.answer(item, "Второй", official=False)
    place.answer(item, "Третий", official=True)

    assert [one["isOfficialAnswer"] for one in place.comments(item)] == [False, False, True]


def test_a_reply_can_be_taken_away_and_only_once(place: Place) -> None:
    item = place.review()
    reply = place.answer(item).document["result"]["id"]

    first, second = place.delete(item, reply), place.delete(item, reply)

    assert (first.status, second.status) == (200, 404)
    assert (place.comments(item), place.ids(withoutAnswer="true")) == ([], [item])
    assert (place.entry(item).answers, place.effects(item)) == (0, ["answer", "retract"])


def test_a_reply_is_only_taken_away_as_a_reply_of_our_own(place: Place) -> None:
    item = place.review()
    ours = place.answer(item).document["result"]["id"]
    stranger = place.replica.reply_as_stranger(place.key, item, "А у нас дешевле")

    assert place.delete(item, ours, catalog="2gis").status == place.delete(item, ours, type="reply").status == 400
    assert place.delete(item, stranger).status == 403
    assert len(place.comments(item)) == 2


def test_comments_of_customers_and_of_strangers_are_not_our_answer(place: Place) -> None:
    item = place.review()
    place.review("Дополню: и грубят", supplement_of=item, author="Аглая Тестова")
    place.replica.reply_as_stranger(place.key, item, "А у нас дешевле")

    comments, shown = place.comments(item), place.read(item)

    assert [one["type"] for one in comments] == ["comment", "reply"]
    assert comments[0]["user"] == {"name": "Аглая Тестова"}
    assert (shown["commentsCount"], shown["hasCompanyComment"], shown["firstAnswer"]) == (2, False, None)
    assert (place.entry(item).answers, place.ids(withoutAnswer="true")) == (0, [item])


@pytest.mark.parametrize("text", ["ы" * 4096, "🙂" * 4096, "1"])
def test_a_text_within_the_limit_is_kept_as_it_is(place: Place, text: str) -> None:
    item = place.review()

    assert place.answer(item, text).status == 200
    assert place.entry(item).visible == text


@pytest.mark.parametrize("text", ["", " \n\u00a0", "ы" * 4097])
def test_a_text_out_of_bounds_is_refused(place: Place, text: str) -> None:
    item = place.review()

    told = place.answer(item, text)

    assert (told.status, "4096" in message(told), place.effects(item)) == (400, True, [])


@pytest.mark.parametrize(
    "body",
    [
        {"text": TEXT},
        {"catalog": "2gis"},
        {"text": None, "catalog": "2gis"},
        {"text": TEXT, "catalog": "2gis", "isOfficialAnswer": "yes"},
        [],
    ],
)
def test_a_body_that_is_not_as_described_is_refused(place: Place, body: object) -> None:
    item = place.review()

    assert place.answer(item, body=body).status == 400
    assert place.effects(item) == []


def test_a_write_to_nothing_and_to_somebody_else_s_review_is_noted(place: Place) -> None:
    other = Place(replica=place.replica, key="sosed")
    theirs = other.review()

    assert (place.answer("77").status, place.answer(theirs).status) == (404, 403)

    missed = place.replica.ledger(place.at).unknown_writes
    assert [(one.account, one.item, one.text) for one in missed] == [
        ("pekarnya", "77", TEXT),
        ("pekarnya", theirs, TEXT),
    ]
    assert other.effects(theirs) == []


def test_moderation_waits_and_then_declines_with_a_reason(place: Place) -> None:
    item = place.review()

    sent = place.answer(item, imposed={"moderate": {"verdict": "reject", "delay": 100, "reason": "ad"}})
    waiting, listed = place.read(item), place.comments(item)
    place.at += 100
    (declined,) = place.comments(item)

    assert (sent.document["result"]["onModeration"], listed[0]["onModeration"]) == (True, True)
    assert waiting["firstAnswer"]["onModeration"] is True
    assert (declined["isHidden"], declined["hidingReason"], "onModeration" in declined) == (True, "ad", False)
    assert (place.read(item)["hasCompanyComment"], place.ids(withoutAnswer="true")) == (False, [item])
    assert (place.entry(item).answers, place.entry(item).visible) == (0, None)


def test_a_swallowed_reply_has_an_id_and_is_nowhere(place: Place) -> None:
    item = place.review()

    told = place.answer(item, imposed={"swallow": {}})

    assert (told.status, bool(told.document["result"]["id"])) == (200, True)
    assert (place.comments(item), place.effects(item), place.entry(item).answers) == ([], ["ignored"], 0)


def test_reads_may_lag_behind_a_reply() -> None:
    place = Place({"lag": 30})
    item = place.review()
    place.answer(item)

    early = place.read(item)["hasCompanyComment"], place.comments(item), place.ids(withoutAnswer="true")
    place.at += 30

    assert early == (False, [], [item])
    assert (place.read(item)["hasCompanyComment"], len(place.comments(item))) == (True, 1)
    assert place.entry(item).answers == 1


def test_nothing_is_written_by_a_call_that_a_fault_refuses(place: Place) -> None:
    item = place.review()

    for fault in ("meta_error", "server_error", "too_many_requests", "no_subscription", "expire"):
        place.answer(item, imposed={fault: {}})

    assert place.effects(item) == []


def test_opening_an_account_again_keeps_what_was_written(place: Place) -> None:
    item = place.review()
    place.answer(item)

    again = place.replica.register(SandboxAccount(place.key), place.at)

    assert again == place.credentials
    assert place.read(item)["hasCompanyComment"] is True


def test_a_list_of_comments_has_bounds(place: Place) -> None:
    path = f"{API}/presence/reviews/{place.review()}/comments"

    assert place.ask("GET", path, {"catalog": "2gis", "limit": 201}).status == 400
    assert place.ask("GET", path).status == 400
