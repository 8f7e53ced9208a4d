"""Reading Yandex.Market's cabinet by its pages: lists, items, what stands beneath them, and every odd page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind, Review
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Way
from feedback_service.platforms import find
from feedback_service.ports.platform import Access
from tests.support.fake_market_cabinet import SELECTORS, TEXT, FakeCabinet, ref
from tests.support.sandbox import HandClock


async def collected(cabinet: FakeCabinet, kind: Kind = Kind.REVIEW) -> Sequence[Item]:
    return [item async for page in cabinet.connector().unanswered(kind) for item in page]


async def test_a_review_is_read_from_its_card() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1, "Мала", pros="Лёгкая", cons="Скол", author="Аглая", product="Кружка", sku="K-1", photos="2")

    (item,) = await collected(cabinet)

    assert isinstance(item, Review)
    assert (item.item_id, item.rating, item.text, item.pros, item.cons) == ("1", 4, "Мала", "Лёгкая", "Скол")
    assert (item.author, item.product.name, item.product.sku, item.photos) == ("Аглая", "Кружка", "K-1", 2)
    assert item.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_a_question_is_read_from_its_card() -> None:
    cabinet = FakeCabinet(items={"5": {"id": "5", "section": "questions", "question": "Мыть можно?", "waits": "yes"}})

    (item,) = await collected(cabinet, Kind.QUESTION)

    assert (item.item_id, item.kind, item.words) == ("5", Kind.QUESTION, "Мыть можно?")


async def test_every_page_of_the_list_is_read_and_each_item_given_once() -> None:
    cabinet = FakeCabinet()
    for number in range(1, 9):
        cabinet.review(number)

    items = await collected(cabinet)

    assert sorted(int(item.item_id) for item in items) == list(range(1, 9))


async def test_a_review_that_somebody_opened_and_did_not_answer_is_found_by_the_sweep() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1, waits="")
    cabinet.review(2, waits="")
    cabinet.comment(2, "Уже ответили")

    assert [item.item_id for item in await collected(cabinet)] == ["1"]


async def test_the_sweep_is_made_hourly_only() -> None:
    cabinet = FakeCabinet()
    connector = cabinet.connector()

    for minutes in (0, 1, 59, 2):
        cabinet.clock.advance(60 * minutes)
        _ = [page async for page in connector.unanswered(Kind.REVIEW)]

    assert sum("status=all" in path for path in cabinet.opened) == 2
    assert sum("status=need_reaction" in path for path in cabinet.opened) == 4


async def test_an_edited_review_is_given_with_the_answer_that_stands_beneath_it() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1, waits="yes")
    cabinet.comment(1, TEXT)

    (item,) = await collected(cabinet)

    assert item.answer is not None
    assert item.answer.text == TEXT


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("PUBLISHED", AnswerState.VISIBLE),
        ("UNMODERATED", AnswerState.MODERATING),
        ("BANNED", AnswerState.REJECTED),
        ("new word", AnswerState.MODERATING),
    ],
)
async def test_our_answer_is_seen_with_its_state(status: str, state: AnswerState) -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, "Вопрос покупателя", 400, author="USER")
    cabinet.comment(1, TEXT, 500, status=status, reason="реклама")

    answer = (await cabinet.connector().sight([ref("1")]))[ItemId("1")].answer

    assert answer is not None
    assert (answer.text, answer.state, answer.reason, answer.platform_id) == (TEXT, state, "реклама", "500")


@pytest.mark.parametrize("more", [{"author": "USER"}, {"parent": "400"}, {"status": "DELETED"}, {"author": "BRAND"}])
async def test_what_is_not_our_answer_to_the_review_is_not_taken_for_it(more: dict[str, str]) -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)
    cabinet.comment(1, TEXT, **more)

    seen = (await cabinet.connector().sight([ref("1")]))[ItemId("1")]

    assert seen.item is not None
    assert seen.answer is None


async def test_an_item_without_a_page_is_gone_and_an_odd_id_is_not_asked_for() -> None:
    cabinet = FakeCabinet()

    seen = await cabinet.connector().sight([ref("1"), ref("Z" * 20)])

    assert [one.item for one in seen.values()] == [None, None]
    assert cabinet.opened == ["/business/77/reviews/1"]


async def test_a_page_that_says_something_else_is_never_taken_for_a_missing_item() -> None:
    cabinet = FakeCabinet(problem="Сервис временно недоступен")
    cabinet.review(1)

    with pytest.raises(Retryable, match="временно недоступен"):
        await cabinet.connector().sight([ref("1")])


async def test_another_cabinet_is_the_account_s_fault() -> None:
    cabinet = FakeCabinet(problem="Нет доступа к этому кабинету")

    with pytest.raises(AccountFault, match="business_id"):
        await collected(cabinet)


@pytest.mark.parametrize("obstacle", ["sign_in", "captcha", "code", "blocked"])
async def test_a_page_that_only_a_person_gets_past_is_the_account_s_fault(obstacle: str) -> None:
    cabinet = FakeCabinet(obstacle=obstacle)

    with pytest.raises(AccountFault, match="feedback-service login berezka/market"):
        await collected(cabinet)


@pytest.mark.parametrize("key", ["marks.ready", "card.row"])
async def test_a_changed_page_names_the_selector_to_mend(key: str) -> None:
    section, name = key.split(".")
    cabinet = FakeCabinet(hidden={SELECTORS[section][name]})
    cabinet.review(1)

    with pytest.raises(Retryable, match=rf"{key} = .*selectors\.toml"):
        await cabinet.connector().sight([ref("1")])


async def test_check_tells_the_caveat_and_that_the_list_opens() -> None:
    cabinet = FakeCabinet()
    cabinet.review(1)

    caveat, session = await cabinet.connector().check()

    assert "not verified" in caveat.finding
    assert (session.ok, session.finding) == (True, "signed in; 1 reviews wait for a reaction")


@pytest.mark.parametrize(
    "trouble", [{"obstacle": "captcha"}, {"problem": "Нет доступа к этому кабинету"}, {"problem": "Ой"}]
)
async def test_check_reports_trouble_with_a_remedy(trouble: dict[str, str]) -> None:
    (*_, session) = await FakeCabinet(**trouble).connector().check()  # type: ignore[arg-type]  # texts only

    assert not session.ok
    assert session.remedy


def test_the_cabinet_needs_a_browser_and_a_number_and_no_key() -> None:
    platform = find("yandex_market")
    bare = Access(label="a/b", base_url="", credentials={"business_id": "77"}, clock=HandClock(), way=Way.BROWSER)

    with pytest.raises(Configuration, match="needs a browser"):
        platform.connect(bare)
    with pytest.raises(Configuration, match="business_id must be a number"):
        platform.connect(replace(bare, browser=FakeCabinet(), credentials={"business_id": "my shop"}))
    assert platform.connect(replace(bare, browser=FakeCabinet())).spec.batch == 1
