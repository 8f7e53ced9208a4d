"""Answering on Flamp's pages: each form is sent once, and told by what stands there afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, Configuration, InDoubt, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Way
from feedback_service.platforms.flamp import SPEC, connect
from feedback_service.platforms.flamp.cabinet import LATEST
from feedback_service.ports.platform import Access
from tests.support.fake_flamp import FILIAL, dispatch, ref
from tests.support.fake_flamp_pages import SELECTORS, FakePages
from tests.support.sandbox import HandClock

TEXT = "Спасибо!"


async def publish(pages: FakePages, text: str = TEXT, item: str = f"{FILIAL}/1") -> None:
    await pages.connector().publish(dispatch(item, text))


async def test_an_answer_is_typed_sent_once_and_seen_on_the_page_that_follows() -> None:
    pages = FakePages()

    await publish(pages)

    assert pages.sent == [("reply", "")]
    assert pages.texts() == [TEXT]
    assert pages.opened == [f"/r/{FILIAL}/1"]


async def test_a_form_that_leads_nowhere_is_looked_for_on_a_fresh_page() -> None:
    pages = FakePages(moves=False)

    await publish(pages)

    assert pages.opened == [f"/r/{FILIAL}/1"] * 2


@pytest.mark.parametrize("status", ["", "Ответ на модерации"])
async def test_nothing_is_sent_where_an_official_answer_stands_or_waits(status: str) -> None:
    pages = FakePages()
    pages.answer("Мы уже ответили", status=status)

    with pytest.raises(Retryable, match="meanwhile"):
        await publish(pages)

    assert pages.sent == []


async def test_beside_a_declined_answer_there_is_room_for_another() -> None:
    pages = FakePages()
    pages.answer("Реклама", status="Ответ отклонён")

    await publish(pages)

    assert pages.texts() == ["Реклама", TEXT]


async def test_a_form_that_stores_nothing_leaves_the_write_in_doubt() -> None:
    pages = FakePages(swallows=True)
    pages.on_send = lambda: pages.answer("Чужой ответ") and None

    with pytest.raises(InDoubt):
        await publish(pages)

    assert len(pages.sent) == 1


@pytest.mark.parametrize("changed", ["Другой текст", "Спасибо"])
async def test_a_page_that_shows_another_text_leaves_the_write_in_doubt(changed: str) -> None:
    pages = FakePages()
    pages.on_send = lambda: pages.answers[f"{FILIAL}/1"][0].update(text=changed)

    with pytest.raises(InDoubt, match="does not show the text"):
        await publish(pages)


@pytest.mark.parametrize("trouble", ["captcha", "sign_in", "code", "blocked"])
async def test_what_only_a_person_gets_past_pauses_the_account_before_anything_is_sent(trouble: str) -> None:
    pages = FakePages(obstacle=trouble)

    with pytest.raises(AccountFault, match="feedback-service login berezka/flamp"):
        await publish(pages)

    assert pages.sent == []


async def test_a_session_that_ends_under_the_form_leaves_the_write_in_doubt() -> None:
    pages = FakePages(swallows=True)

    def ends() -> None:
        pages.obstacle = "sign_in"

    pages.on_send = ends

    with pytest.raises(InDoubt, match="may have been written"):
        await publish(pages)


async def test_what_the_form_says_against_a_text_goes_to_a_person() -> None:
    pages = FakePages(form_error="Нельзя указывать телефон")

    with pytest.raises(Refused, match="телефон"):
        await publish(pages)


@pytest.mark.parametrize("where", ["form_error", "after_sending", "problem"])
async def test_a_page_that_says_too_often_tells_when_to_come_again(where: str) -> None:
    pages = FakePages(**{where: "Слишком часто. Повторите через 17 секунд."})  # type: ignore[arg-type]

    with pytest.raises(Retryable) as caught:
        await publish(pages)

    assert caught.value.retry_after == 17


async def test_too_often_without_a_number_waits_a_minute() -> None:
    with pytest.raises(Retryable) as caught:
        await publish(FakePages(problem="Слишком часто"))

    assert caught.value.retry_after == 60


async def test_a_page_that_offers_to_claim_the_company_is_the_account_s_fault() -> None:
    pages = FakePages(claim=True)

    with pytest.raises(AccountFault, match="Это моя компания"):
        await publish(pages)

    assert pages.sent == []


async def test_a_page_in_trouble_is_no_missing_review() -> None:
    with pytest.raises(Retryable, match="Ведутся работы"):
        await publish(FakePages(problem="Ведутся работы"))


@pytest.mark.parametrize("item", [f"{FILIAL}/77", "70000002/1", "Z" * 20, "1"])
async def test_a_review_that_is_not_there_or_not_ours_takes_no_answer(item: str) -> None:
    pages = FakePages({f"{FILIAL}/1": [], "70000002/1": []})

    with pytest.raises(Refused):
        await publish(pages, item=item)

    assert pages.sent == []


@pytest.mark.parametrize("text", ["", " \n ", "ж" * 3001, "🙏" * 3001])
async def test_a_text_out_of_bounds_or_blank_is_refused_before_any_page_is_opened(text: str) -> None:
    pages = FakePages()

    with pytest.raises(Refused, match="3000"):
        await publish(pages, text)

    assert pages.opened == []


@pytest.mark.parametrize("text", ["ж" * 3000, "🙏" * 3000, "!"])
async def test_a_text_at_the_bounds_is_sent(text: str) -> None:
    pages = FakePages()

    await publish(pages, text)

    assert pages.texts() == [text]


@pytest.mark.parametrize("key", ["reply.text", "reply.send"])
async def test_a_changed_page_names_the_selector_to_be_mended(key: str) -> None:
    section, name = key.split(".")
    pages = FakePages(hidden={SELECTORS[section][name]})

    with pytest.raises(Retryable, match=f"see {key}"):
        await publish(pages)

    assert pages.sent == []


async def test_a_write_that_waited_too_long_for_the_browser_is_not_begun() -> None:
    pages = FakePages(late=LATEST + 1)

    with pytest.raises(Retryable, match="busy"):
        await publish(pages)

    assert pages.sent == []


async def test_the_copy_of_a_form_that_the_browser_sent_twice_is_taken_away() -> None:
    pages = FakePages()
    pages.on_send = lambda: pages.answer(TEXT, 777) and None if pages.sent == [("reply", "")] else None

    await publish(pages)

    assert pages.texts() == [TEXT]
    assert pages.sent == [("reply", ""), ("delete", "777")]


async def test_a_copy_that_cannot_be_taken_away_is_told_and_the_answer_counts(caplog: pytest.LogCaptureFixture) -> None:
    pages = FakePages(hidden={SELECTORS["delete"]["send"].replace("{id}", "777")})
    pages.on_send = lambda: pages.answer(TEXT, 777) and None

    await publish(pages)

    assert "the copy stands" in caplog.text


@pytest.mark.parametrize("receipt", ["", "500", "71"])
async def test_our_answer_is_deleted_by_its_number_or_its_words_and_deleting_again_harms_nothing(receipt: str) -> None:
    pages = FakePages()
    pages.answer(TEXT)

    for _ in range(2):
        await pages.connector().retract(dispatch(receipt_id=receipt))

    assert pages.texts() == []
    assert pages.sent == [("delete", "500")]


async def test_our_answer_is_deleted_by_its_number_though_it_reads_otherwise_by_now() -> None:
    pages = FakePages()
    pages.answer("Изменено площадкой")

    await pages.connector().retract(dispatch(receipt_id="500"))

    assert pages.texts() == []


async def test_somebody_else_s_answer_is_left_alone() -> None:
    pages = FakePages()
    pages.answer("Ответ коллеги")

    with pytest.raises(Refused, match="by hand"):
        await pages.connector().retract(dispatch())

    assert pages.texts() == ["Ответ коллеги"]


async def test_an_answer_that_stays_after_its_deletion_is_in_doubt() -> None:
    pages = FakePages(swallows=True)
    pages.answer(TEXT)

    with pytest.raises(InDoubt, match="still shows"):
        await pages.connector().retract(dispatch())


@pytest.mark.parametrize("item", [f"{FILIAL}/77", "Z" * 20])
async def test_taking_an_answer_off_a_review_that_is_gone_is_done_already(item: str) -> None:
    pages = FakePages()

    await pages.connector().retract(dispatch(item))

    assert pages.sent == []


async def test_an_answer_is_neither_edited_nor_put_back() -> None:
    cabinet = FakePages().connector()

    for write in (cabinet.publish, cabinet.retract):
        with pytest.raises(Refused, match="edit"):
            await write(dispatch(action=Action.EDIT))


async def test_nothing_is_read_by_the_browser() -> None:
    cabinet = FakePages().connector()

    with pytest.raises(Unavailable):
        await cabinet.sight([ref(1)])
    with pytest.raises(Unavailable):
        cabinet.unanswered(Kind.REVIEW)


@pytest.mark.parametrize(
    ("trouble", "ok"),
    [({}, True), ({"claim": True}, False), ({"problem": "Отзыв не найден"}, False), ({"obstacle": "captcha"}, False)],
)
async def test_check_tells_the_caveat_and_whether_the_company_s_page_opens(trouble: dict[str, Any], ok: bool) -> None:
    pages = FakePages(**trouble)

    caveat, session = await pages.connector().check()

    assert "our guess" in caveat.finding
    assert session.ok is ok
    assert ok or session.remedy


def test_answering_without_a_browser_is_a_wrong_setting() -> None:
    access = Access(
        label="berezka/flamp", base_url="", credentials={"filial_ids": FILIAL}, clock=HandClock(), way=Way.BROWSER
    )

    with pytest.raises(Configuration, match="browser"):
        connect(access)
    assert SPEC.cabinet is not None
