"""What the Yandex Business replica does with answers: `OK` is the only success."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import SandboxAccount, UnknownWrite
from tests.support.yandex_cafe import DAY, YandexCafe, document_of


@pytest.fixture
def cafe() -> YandexCafe:
    return YandexCafe()


def failure(cafe: YandexCafe, form: object) -> str:
    told = cafe.send(form)
    assert (told.status, told.body == b"OK") == (200, False)
    return str(document_of(told)["code"])


def test_an_answer_is_shown_below_its_review(cafe: YandexCafe) -> None:
    item = cafe.review()

    told = cafe.answer(item, "Ждём вас снова 🙏")

    assert (told.status, told.body, told.headers["content-type"].split(";")[0]) == (200, b"OK", "text/plain")
    assert cafe.item(item)["owner_comment"] == {
        "time_created": int(cafe.at),
        "text": "Ждём вас снова 🙏",
        "moderation_status": "approved",
    }
    entry = cafe.entry(item)
    assert (entry.answers, entry.visible, entry.state) == (1, "Ждём вас снова 🙏", "approved")


def test_a_second_answer_overwrites_the_first_and_the_ledger_counts_both(cafe: YandexCafe) -> None:
    item = cafe.review()
    cafe.answer(item, "Спасибо!")

    cafe.answer(item, "Спасибо вам!")

    assert cafe.item(item)["owner_comment"]["text"] == "Спасибо вам!"
    assert (cafe.effects(item), cafe.entry(item).answers) == (["answer", "edit"], 2)


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_a_blank_text_deletes_the_answer(cafe: YandexCafe, blank: str) -> None:
    item = cafe.review()
    cafe.answer(item)

    told = cafe.answer(item, blank)

    assert told.body == b"OK"
    assert "owner_comment" not in cafe.item(item)
    assert (cafe.effects(item), cafe.entry(item).visible) == (["answer", "retract"], None)


def test_deleting_what_is_not_there_changes_nothing(cafe: YandexCafe) -> None:
    item = cafe.review()

    assert cafe.answer(item, "").body == b"OK"
    assert (cafe.effects(item), cafe.entry(item).answers) == (["ignored"], 0)


@pytest.mark.parametrize("text", ["ж" * 2500, "🙏" * 1250])
def test_a_text_of_exactly_the_limit_is_taken(cafe: YandexCafe, text: str) -> None:
    item = cafe.review()

    assert cafe.answer(item, text).body == b"OK"
    assert cafe.entry(item).visible == text


@pytest.mark.parametrize("text", ["ж" * 2501, "🙏" * 1250 + "ж"])
def test_a_text_one_over_the_limit_is_not(cafe: YandexCafe, text: str) -> None:
    item = cafe.review()

    assert failure(cafe, cafe.form(item, text)) == "text_too_long"
    assert cafe.effects(item) == []


def test_both_tokens_are_checked(cafe: YandexCafe) -> None:
    item, other = cafe.review(), cafe.review()
    form = cafe.form(item)

    for wrong in (
        {"reviewsCsrfToken": "nonsense"},
        {"answerCsrfToken": "nonsense"},
        {"answerCsrfToken": cafe.form(other)["answerCsrfToken"]},
        {"answerCsrfToken": None},
        {"answerCsrfToken": form["reviewsCsrfToken"]},
        {"reviewsCsrfToken": ""},
        {"reviewsCsrfToken": 5},
    ):
        assert failure(cafe, {**form, **wrong}) == "bad_token"
    assert cafe.effects(item) == []


def test_the_tokens_of_a_list_grow_old() -> None:
    cafe = YandexCafe(options={"answer_lasts": 60})
    item = cafe.review()
    form = cafe.form(item)

    cafe.at += 60

    assert failure(cafe, form) == "bad_token"
    assert cafe.answer(item).body == b"OK"


def test_the_token_of_another_organisation_s_list_is_no_good() -> None:
    cafe = YandexCafe(options={"organisations": 2})
    item = cafe.review(product=str(cafe.homes[0]))
    elsewhere = cafe.listing(cafe.homes[1])["list"]["csrf_token"]

    assert failure(cafe, {**cafe.form(item), "reviewsCsrfToken": elsewhere}) == "bad_token"


@pytest.mark.parametrize(("tokenless", "code"), [(True, None), (False, "bad_token")])
def test_an_answer_without_the_tokens_is_taken_as_one_client_sends_it(tokenless: bool, code: str | None) -> None:
    cafe = YandexCafe(options={"tokenless": tokenless})
    form = {"reviewId": cafe.review(), "text": "Спасибо!", "reviewsCsrfToken": ""}

    if code is None:
        assert cafe.send(form).body == b"OK"
    else:
        assert failure(cafe, form) == code


def test_a_review_that_is_not_there_is_known_to_the_ledger_alone(cafe: YandexCafe) -> None:
    removed = cafe.review()
    form = cafe.form(removed)
    cafe.replica.remove(cafe.key, removed)

    assert failure(cafe, {**form, "reviewId": "Z" * 32}) == "review_not_found"
    assert failure(cafe, form) == "review_not_found"

    unknown = cafe.replica.ledger(cafe.at).unknown_writes
    assert unknown == tuple(
        UnknownWrite("yandex_business", "cafe", item, "Спасибо!", cafe.at) for item in ("Z" * 32, removed)
    )


def test_nobody_answers_for_another_login(cafe: YandexCafe) -> None:
    neighbour = YandexCafe(replica=cafe.replica, key="neighbour")
    theirs = neighbour.review()

    assert failure(cafe, neighbour.form(theirs)) == "review_not_found"
    assert neighbour.effects(theirs) == []


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"reviewId":1,"text":"x"}', b'{"reviewId":"x"}', b"[" * 100_000])
def test_a_body_that_cannot_be_read_is_refused(cafe: YandexCafe, raw: bytes) -> None:
    assert cafe.ask("POST", "/sprav/api/ugcpub/business-answer", raw=raw).status == 400


@pytest.mark.parametrize(("verdict", "word", "shown"), [("approve", "approved", True), ("reject", "rejected", False)])
def test_moderation_takes_its_time(cafe: YandexCafe, verdict: str, word: str, shown: bool) -> None:
    item = cafe.review()

    cafe.answer(item, "Спасибо!", imposed={"moderate": {"verdict": verdict, "delay": 100}})

    assert cafe.item(item)["owner_comment"]["moderation_status"] == "pending"
    assert (cafe.entry(item).answers, cafe.entry(item).visible) == (1, None)
    cafe.at += 100
    assert cafe.item(item)["owner_comment"]["moderation_status"] == word
    assert (cafe.entry(item).answers, cafe.entry(item).visible) == (int(shown), "Спасибо!" if shown else None)


def test_every_answer_may_wait_for_moderation() -> None:
    cafe = YandexCafe(options={"moderation_delay": 50})
    item = cafe.review()
    cafe.answer(item)

    before = cafe.item(item)["owner_comment"]["moderation_status"]
    cafe.at += 50

    assert (before, cafe.item(item)["owner_comment"]["moderation_status"]) == ("pending", "approved")


def test_a_refusal_may_come_in_other_words_and_is_replaced_by_a_first_answer(cafe: YandexCafe) -> None:
    item = cafe.review()
    cafe.answer(item, "Грубо", imposed={"moderate": {"verdict": "reject", "word": "banned"}})
    refused = cafe.item(item)["owner_comment"]

    cafe.answer(item, "Вежливо")

    assert (refused["text"], refused["moderation_status"]) == ("Грубо", "banned")
    assert (cafe.effects(item), cafe.entry(item).answers) == (["answer", "answer"], 1)


@pytest.mark.parametrize(("options", "effects"), [({}, ["ignored"]), ({"stored": True}, ["answer"])])
def test_a_success_in_name_only_stores_nothing_unless_told(
    cafe: YandexCafe, options: dict[str, object], effects: list[str]
) -> None:
    item = cafe.review()

    told = cafe.answer(item, imposed={"swallow": options})

    assert (told.status, told.body == b"OK") == (200, False)
    assert cafe.effects(item) == effects


def test_opening_the_account_again_keeps_what_was_written(cafe: YandexCafe) -> None:
    item = cafe.review()
    cafe.answer(item)
    day_before = cafe.at - DAY

    again = cafe.replica.register(SandboxAccount(cafe.key, {"milliseconds": True}), day_before)

    assert again == {"permanent_id": str(cafe.homes[0])}
    assert cafe.item(item)["owner_comment"]["time_created"] == int(cafe.at * 1000)
