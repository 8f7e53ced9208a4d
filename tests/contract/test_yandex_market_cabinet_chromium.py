"""Our work in Yandex.Market's cabinet, by a real Chromium, against the replica's pages behind the sandbox's gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind, Review
from feedback_service.domain.identity import ItemId
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Way
from feedback_service.platforms import find
from feedback_service.platforms.yandex_market.replica import YandexMarketReplica
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.clock import SystemClock
from tests.support.browsers import ACCOUNT, MemorySessions, config_for, needs_chromium, pool_of
from tests.support.fake_market_cabinet import dispatch, ref

MARKET, SHOP, LABEL = "yandex_market", "berezka", "berezka/market"
TEXT = "Спасибо, Аглая! 🙏🏽\nЖдём вас снова — «Берёзка» & Ко"
SPEC = find(MARKET).SPEC

pytestmark = [pytest.mark.slow, needs_chromium]


@dataclass
class Cabinet:
    """One shop with its browser, seen from both sides."""

    sandbox: Sandbox
    sessions: MemorySessions
    connector: Connector
    credentials: dict[str, str]
    ages: count[int] = field(default_factory=lambda: count(5000, -1))

    def customer(self, text: str = "Хорошая кружка", kind: str = "review", **more: object) -> ItemId:
        """Later ones are younger."""
        at = datetime.now(UTC).timestamp() - next(self.ages)
        rating = 4 if kind == "review" else None
        written = SandboxCustomer(kind, at, text, rating=rating, author="Аглая", product="Кружка", **more)  # type: ignore[arg-type]
        return ItemId(self.sandbox.add(MARKET, SHOP, written))

    def plan(self, fault: str, match: str = "", **options: object) -> None:
        self.sandbox.faults.add(Fault(fault, match=match or None, count=1, options=options))

    async def collect(self, kind: Kind = Kind.REVIEW) -> Sequence[Item]:
        return [item async for page in self.connector.unanswered(kind) for item in page]

    async def see(self, item: ItemId, kind: Kind = Kind.REVIEW) -> Sighting:
        return (await self.connector.sight([ref(item, kind)]))[item]

    async def send(self, item: ItemId, kind: Kind = Kind.REVIEW, **more: object) -> tuple[Dispatch, Receipt]:
        one = dispatch(item, **{"text": TEXT, "ref": ref(item, kind), **more})  # type: ignore[arg-type]
        receipt = await self.connector.publish(one)
        return replace(one, receipt_id=receipt.platform_id), receipt

    def ledger(self, item: ItemId) -> LedgerEntry:
        return next(one for one in self.sandbox.ledger(MARKET).entries if one.item == item)


def session_of(sandbox: Sandbox) -> Session:
    """What a person who signed in has in the browser."""
    now = datetime.now(UTC)
    values = sandbox.gates[MARKET].issue(SHOP, now.timestamp()).fresh
    return Session(
        cookies=tuple(
            Cookie(name=name, value=value, domain="127.0.0.1", expires_at=now + timedelta(hours=1), http_only=True)
            for name, value in values.items()
        ),
        saved_at=now,
    )


@pytest.fixture
async def cabinet(tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with Sandbox([YandexMarketReplica()]) as sandbox:
        credentials = dict(sandbox.register(MARKET, SandboxAccount(SHOP)))
        sessions = MemorySessions(session_of(sandbox))
        async with pool_of(config_for(tmp_path), sessions) as pool:
            url = sandbox.cabinet_url_of(MARKET)
            assert SPEC.cabinet is not None
            access = Access(
                label=LABEL,
                base_url="",
                credentials=credentials,
                clock=SystemClock(),
                way=Way.BROWSER,
                cabinet_url=url,
                browser=pool.browser(LABEL, ACCOUNT, SPEC.cabinet, url),
            )
            yield Cabinet(sandbox, sessions, find(MARKET).connect(access), credentials)


async def test_a_review_is_collected_answered_corrected_and_taken_away(cabinet: Cabinet) -> None:
    item_id = cabinet.customer("Мала 😢\nно красива", pros="Лёгкая", cons="Скол")

    (item,) = await cabinet.collect()
    sent, receipt = await cabinet.send(item_id)
    answer = (await cabinet.see(item_id)).answer
    await cabinet.send(item_id, text="Исправили!", action=Action.EDIT, previous_text=TEXT)
    corrected = (await cabinet.see(item_id)).answer
    await cabinet.connector.retract(sent)
    await cabinet.connector.retract(sent)

    assert isinstance(item, Review)
    assert (item.item_id, item.text, item.pros, item.cons) == (item_id, "Мала 😢\nно красива", "Лёгкая", "Скол")
    assert (item.rating, item.author, item.product.name) == (4, "Аглая", "Кружка")
    assert answer is not None
    assert (answer.text, answer.state, answer.platform_id) == (TEXT, AnswerState.VISIBLE, receipt.platform_id)
    assert corrected is not None
    assert (corrected.text, corrected.platform_id) == ("Исправили!", receipt.platform_id)
    assert [write.effect for write in cabinet.ledger(item_id).writes] == ["answer", "edit", "retract"]


async def test_a_question_is_collected_and_answered(cabinet: Cabinet) -> None:
    item_id = cabinet.customer("Мыть можно?", "question")

    (item,) = await cabinet.collect(Kind.QUESTION)
    await cabinet.send(item_id, Kind.QUESTION, text="Да, можно.")

    assert (item.item_id, item.kind, item.words) == (item_id, Kind.QUESTION, "Мыть можно?")
    assert cabinet.ledger(item_id).visible == "Да, можно."
    assert await cabinet.collect(Kind.QUESTION) == []


async def test_every_page_of_the_list_is_read(cabinet: Cabinet) -> None:
    written = [cabinet.customer(f"№ {number}") for number in range(45)]

    assert sorted(item.item_id for item in await cabinet.collect()) == sorted(written)


async def test_a_review_that_was_opened_is_found_by_the_next_sweep_and_an_edit_is_noticed(cabinet: Cabinet) -> None:
    opened, edited = cabinet.customer("Первый"), cabinet.customer("Второй")
    await cabinet.see(opened)
    await cabinet.send(edited)
    cabinet.sandbox.edit_customer(MARKET, SHOP, edited, CustomerEdit(text="Второй, иначе"))

    found = {item.item_id: item for item in await cabinet.collect()}

    assert set(found) == {opened, edited}
    assert found[edited].words == "Второй, иначе"
    assert found[edited].answer is not None


async def test_the_same_words_are_read_by_either_way(cabinet: Cabinet) -> None:
    cabinet.customer(" Пробелы  и\n\nстроки ", pros="a < b & c", cons="«ё» 👍🏽")
    access = Access(
        label=LABEL,
        base_url=cabinet.sandbox.url_of(MARKET),
        credentials=cabinet.credentials,
        clock=SystemClock(),
    )
    by_api = find(MARKET).connect(access)
    try:
        (theirs,) = [item async for page in by_api.unanswered(Kind.REVIEW) for item in page]
    finally:
        await by_api.close()

    (ours,) = await cabinet.collect()

    assert ours.words == theirs.words
    assert abs((ours.created_at - theirs.created_at).total_seconds()) < 1


async def test_a_cabinet_that_stores_nothing_leaves_the_write_in_doubt(cabinet: Cabinet) -> None:
    item_id = cabinet.customer()
    cabinet.plan("swallow")

    with pytest.raises(InDoubt):
        await cabinet.send(item_id)

    assert (await cabinet.see(item_id)).answer is None


@pytest.mark.parametrize("fault", ["drop_after_write", "drop_before_write"])
async def test_a_connection_lost_under_the_write_never_leaves_two_answers(cabinet: Cabinet, fault: str) -> None:
    item_id = cabinet.customer()
    cabinet.plan(fault)

    with suppress(InDoubt):  # unless Chromium repeats the request by itself
        await cabinet.send(item_id)

    effects = [write.effect for write in cabinet.ledger(item_id).writes]
    assert effects.count("answer") - effects.count("retract") == int((await cabinet.see(item_id)).answer is not None)


async def test_chromium_sends_a_form_once_though_the_server_hangs_up_after_taking_it(cabinet: Cabinet) -> None:
    items = [cabinet.customer(f"№ {number}") for number in range(2)]

    for item_id in items:
        await cabinet.see(item_id)  # this leaves a connection behind
        cabinet.plan("drop_after_write")
        with pytest.raises(InDoubt):
            await cabinet.send(item_id)

    assert [[write.effect for write in cabinet.ledger(one).writes] for one in items] == [["answer"]] * 2


async def test_a_server_s_trouble_is_never_taken_for_a_missing_item(cabinet: Cabinet) -> None:
    item_id = cabinet.customer()
    cabinet.plan("unavailable")

    with pytest.raises(Retryable):
        await cabinet.see(item_id)

    assert (await cabinet.see(item_id)).item is not None
    assert (await cabinet.see(ItemId("12345"))).item is None


async def test_an_answer_that_moderation_rejects_is_seen_with_its_reason(cabinet: Cabinet) -> None:
    item_id = cabinet.customer()
    cabinet.plan("moderate", "POST", verdict="reject", delay=0, reason="реклама")

    await cabinet.send(item_id)

    answer = (await cabinet.see(item_id)).answer
    assert answer is not None
    assert (answer.state, answer.reason) == (AnswerState.REJECTED, "реклама")


async def test_a_session_that_ended_pauses_the_account_until_somebody_signs_in(cabinet: Cabinet) -> None:
    item_id = cabinet.customer()
    cabinet.sandbox.gates[MARKET].revoke(SHOP)

    with pytest.raises(AccountFault, match=f"feedback-service login {LABEL}"):
        await cabinet.send(item_id)
    cabinet.sessions.session = session_of(cabinet.sandbox)
    await cabinet.send(item_id)

    assert cabinet.ledger(item_id).answers == 1


async def test_a_captcha_pauses_the_account(cabinet: Cabinet) -> None:
    cabinet.customer()
    cabinet.plan("captcha")

    with pytest.raises(AccountFault, match="captcha"):
        await cabinet.collect()


async def test_an_item_that_is_not_there_takes_no_answer(cabinet: Cabinet) -> None:
    with pytest.raises(Refused, match="no page of 12345"):
        await cabinet.send(ItemId("12345"))


async def test_check_tells_the_caveat_and_that_the_session_is_good(cabinet: Cabinet) -> None:
    cabinet.customer()

    facts = await cabinet.connector.check()

    assert all(fact.ok for fact in facts)
    assert [fact.finding for fact in facts][-1] == "signed in; 1 reviews wait for a reaction"
