"""Filling the forms of Yandex.Market's cabinet: once each, and told by what stands there afterwards."""

from __future__ import annotations

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, Receipt
from feedback_service.domain.errors import InDoubt, Refused, Retryable
from feedback_service.platforms.yandex_market.cabinet import LATEST
from tests.support.fake_market_cabinet import SELECTORS, TEXT, FakeCabinet, dispatch


async def publish(cabinet: FakeCabinet, one: Dispatch) -> Receipt:
    return await cabinet.connector().publish(one)


async def test_an_answer_is_typed_sent_once_and_looked_at_on_a_fresh_page() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)

    receipt = await publish(cabinet, dispatch())

    assert cabinet.sent == [("reply", "")]
    assert cabinet.comments["1"][0]["text"] == TEXT
    assert receipt.platform_id == cabinet.comments["1"][0]["id"]
    assert cabinet.opened == ["/business/77/reviews/1"] * 2


async def test_a_cabinet_that_stores_nothing_leaves_the_write_in_doubt() -> None:
    cabinet = FakeCabinet(swallows=True)
    cabinet.review(1)

    with pytest.raises(InDoubt):
        await publish(cabinet, dispatch())

    assert len(cabinet.sent) == 1


async def test_a_cabinet_that_stores_another_text_leaves_the_write_in_doubt() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.on_send = lambda: cabinet.comments["1"][0].update(text="Что-то другое")

    with pytest.raises(InDoubt, match="does not show the text"):
        await publish(cabinet, dispatch())


async def test_the_copy_of_a_form_that_the_browser_sent_twice_is_taken_away() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)

    def again() -> None:
        if cabinet.sent == [("reply", "")]:
            cabinet.comment(1, TEXT, 777)

    cabinet.on_send = again

    receipt = await publish(cabinet, dispatch())

    assert [one["id"] for one in cabinet.comments["1"]] == [receipt.platform_id] == ["901"]
    assert cabinet.sent == [("reply", ""), ("delete", "777")]


async def test_a_copy_that_cannot_be_taken_away_is_told_and_the_answer_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cabinet = FakeCabinet(hidden={SELECTORS["delete"]["send"].replace("{id}", "777")})
    cabinet.review(1)
    cabinet.on_send = lambda: cabinet.comment(1, TEXT, 777) and None

    receipt = await publish(cabinet, dispatch())

    assert receipt.platform_id == "901"
    assert "the copy stands" in caplog.text


async def test_what_the_form_says_against_a_text_goes_to_a_person() -> None:
    cabinet = FakeCabinet(form_error="Нельзя указывать телефон")
    cabinet.review(1)

    with pytest.raises(Refused, match="Нельзя указывать телефон"):
        await publish(cabinet, dispatch())


@pytest.mark.parametrize("obstacle", ["sign_in", "captcha"])
async def test_a_session_that_ends_under_the_write_leaves_it_in_doubt(obstacle: str) -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.on_send = lambda: setattr(cabinet, "obstacle", obstacle)

    with pytest.raises(InDoubt, match="may have been written"):
        await publish(cabinet, dispatch())


async def test_an_answer_that_somebody_gave_meanwhile_stops_ours() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Ответил человек")

    with pytest.raises(Retryable, match="meanwhile"):
        await publish(cabinet, dispatch())

    assert cabinet.sent == []


async def test_a_rejected_answer_makes_room_for_another() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Звоните нам", status="BANNED")

    await publish(cabinet, dispatch())

    assert cabinet.sent == [("reply", "")]


async def test_nothing_is_sent_for_somebody_who_waited_too_long_for_the_browser() -> None:
    cabinet = FakeCabinet(late=LATEST + 1)
    cabinet.review(1)

    with pytest.raises(Retryable, match="busy"):
        await publish(cabinet, dispatch())

    assert cabinet.sent == []


@pytest.mark.parametrize("key", ["reply.text", "reply.send"])
async def test_a_form_that_is_not_there_is_named_and_nothing_is_sent(key: str) -> None:
    section, name = key.split(".")
    cabinet = FakeCabinet(hidden={SELECTORS[section][name]})
    cabinet.review(1)

    with pytest.raises(Retryable, match=rf"{key} = "):
        await publish(cabinet, dispatch())

    assert cabinet.sent == []


async def test_an_item_without_a_page_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Refused, match="no page of 1"):
        await publish(FakeCabinet(), dispatch())


@pytest.mark.parametrize(("item", "text"), [("1", ""), ("1", "ж" * 4097), ("Z" * 20, TEXT)])
async def test_what_cannot_be_right_is_refused_without_a_page(item: str, text: str) -> None:
    cabinet = FakeCabinet()

    with pytest.raises(Refused):
        await publish(cabinet, dispatch(item, text))

    assert cabinet.opened == []


async def test_an_edit_changes_our_own_answer_and_makes_no_second_one() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Ответ покупателя", 400, author="USER")
    cabinet.comment(1, "Было", 500)

    receipt = await publish(cabinet, dispatch(text="Стало", action=Action.EDIT, previous_text="Было"))

    assert cabinet.sent == [("edit", "500")]
    assert [one["text"] for one in cabinet.comments["1"]] == ["Ответ покупателя", "Стало"]
    assert receipt.platform_id == "500"


async def test_an_edit_without_an_answer_of_ours_is_refused() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)

    with pytest.raises(Refused, match="no answer of ours"):
        await publish(cabinet, dispatch(action=Action.EDIT, previous_text="Было"))


async def test_a_retraction_deletes_our_answer_and_may_be_repeated() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Ответ покупателя", 400, author="USER")
    cabinet.comment(1, TEXT, 500)
    connector = cabinet.connector()

    await connector.retract(dispatch(receipt_id="500"))
    await connector.retract(dispatch(receipt_id="500"))

    assert cabinet.sent == [("delete", "500")]
    assert [one["id"] for one in cabinet.comments["1"]] == ["400"]


async def test_a_retracted_edit_gives_the_former_text_back() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Стало", 500)
    edit = dispatch(text="Стало", action=Action.EDIT, previous_text="Было", receipt_id="500")

    await cabinet.connector().retract(edit)
    await cabinet.connector().retract(edit)

    assert cabinet.sent == [("edit", "500")]
    assert cabinet.comments["1"][0]["text"] == "Было"


async def test_a_retraction_leaves_what_is_not_ours_alone() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, TEXT, 400, author="USER")

    await cabinet.connector().retract(dispatch())
    await cabinet.connector().retract(dispatch(receipt_id="500"))
    await cabinet.connector().retract(dispatch("2", action=Action.EDIT, previous_text="Было"))

    assert cabinet.sent == []


async def test_somebody_else_s_answer_is_neither_taken_away_nor_edited_and_a_person_is_told() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Это написал человек")
    edit = dispatch(action=Action.EDIT, previous_text="Было")

    for work in (
        cabinet.connector().retract(dispatch()),
        cabinet.connector().retract(edit),
        cabinet.connector().publish(edit),
    ):
        with pytest.raises(Refused, match="by hand"):
            await work

    assert cabinet.sent == []


async def test_an_edit_that_was_taken_back_already_needs_no_person() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Было")
    cabinet.comment(1, "Звоните нам", 501, status="BANNED")

    await cabinet.connector().retract(dispatch(action=Action.EDIT, previous_text="Было"))

    assert cabinet.sent == []


async def test_a_deletion_that_the_page_does_not_show_is_in_doubt() -> None:
    cabinet = FakeCabinet(swallows=True)
    cabinet.review(1)
    cabinet.comment(1, TEXT)

    with pytest.raises(InDoubt, match="still shows"):
        await cabinet.connector().retract(dispatch())
