"""Our work in Ozon's cabinet, by a real Chromium, against the replica's pages behind the sandbox's gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, InDoubt
from feedback_service.domain.feedback import AnswerState, Item, Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Way
from feedback_service.platforms import find
from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.clock import SystemClock
from tests.support.browsers import ACCOUNT, MemorySessions, config_for, needs_chromium, pool_of

OZON, SHOP, LABEL = "ozon", "berezka", "berezka/ozon"
TEXT = "Спасибо, Аглая! 🙏🏽\nЖдём вас снова — «Берёзка» & Ко"
SPEC = find(OZON).SPEC
KINDS = pytest.mark.parametrize("kind", list(Kind))

pytestmark = [pytest.mark.slow, needs_chromium]


@dataclass
class Cabinet:
    """One shop with its browser, seen from both sides."""

    sandbox: Sandbox
    connector: Connector
    dates: dict[ItemId, datetime] = field(default_factory=dict)
    ages: count[int] = field(default_factory=lambda: count(5000, -1))

    def customer(self, kind: Kind, text: str = "Крышка тугая") -> ItemId:
        """Later ones are younger."""
        at = datetime.now(UTC) - timedelta(seconds=next(self.ages))
        rating = 4 if kind is Kind.REVIEW else None
        written = SandboxCustomer(kind.value, at.timestamp(), text, rating=rating, author="Аглая", product="Чайник")
        item_id = ItemId(self.sandbox.add(OZON, SHOP, written))
        self.dates[item_id] = at
        return item_id

    def plan(self, fault: str, match: str = "", **options: object) -> None:
        self.sandbox.faults.add(Fault(fault, match=match or None, count=1, options=options))

    def dispatch(self, item: ItemId, kind: Kind, text: str = TEXT) -> Dispatch:
        return Dispatch(
            id=DispatchId(1),
            feedback_id=FeedbackId(1),
            account_id=AccountId(1),
            ref=ItemRef(item, kind, self.dates[item]),
            action=Action.ANSWER,
            text=text,
            fingerprint="",
            status=DispatchStatus.SENDING,
            revision=1,
        )

    async def collect(self, kind: Kind) -> Sequence[Item]:
        return [item async for page in self.connector.unanswered(kind) for item in page]

    async def see(self, item: ItemId, kind: Kind) -> Sighting:
        return (await self.connector.sight([ItemRef(item, kind, self.dates[item])]))[item]

    def ledger(self, item: ItemId) -> LedgerEntry:
        return next(one for one in self.sandbox.ledger(OZON).entries if one.item == item)

    def effects(self, item: ItemId) -> list[str]:
        return [write.effect for write in self.ledger(item).writes if write.effect != "view"]


def session_of(sandbox: Sandbox) -> Session:
    """What a person who signed in has in the browser."""
    now = datetime.now(UTC)
    values = sandbox.gates[OZON].issue(SHOP, now.timestamp()).fresh
    return Session(
        cookies=tuple(
            Cookie(name=name, value=value, domain="127.0.0.1", expires_at=now + timedelta(hours=1), http_only=True)
            for name, value in values.items()
        ),
        saved_at=now,
    )


@pytest.fixture
async def cabinet(tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with Sandbox([OzonReplica()]) as sandbox:
        credentials = dict(sandbox.register(OZON, SandboxAccount(SHOP)))
        async with pool_of(config_for(tmp_path), MemorySessions(session_of(sandbox))) as pool:
            url = sandbox.cabinet_url_of(OZON)
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
            yield Cabinet(sandbox, find(OZON).connect(access))


@KINDS
async def test_an_item_is_collected_answered_and_the_answer_taken_away(cabinet: Cabinet, kind: Kind) -> None:
    item_id = cabinet.customer(kind, "Мала 😢\nно красива")
    dispatch = cabinet.dispatch(item_id, kind)

    (item,) = await cabinet.collect(kind)
    receipt = await cabinet.connector.publish(dispatch)
    answer = (await cabinet.see(item_id, kind)).answer
    left = await cabinet.collect(kind)
    await cabinet.connector.retract(replace(dispatch, receipt_id=receipt.platform_id))

    assert (item.item_id, item.text, item.product.name) == (item_id, "Мала 😢\nно красива", "Чайник")
    assert answer is not None
    assert (answer.text, answer.state, answer.platform_id) == (TEXT, AnswerState.VISIBLE, receipt.platform_id)
    assert left == []
    assert (await cabinet.see(item_id, kind)).answer is None
    assert cabinet.effects(item_id) == ["answer", "retract"]


@KINDS
async def test_where_the_call_is_gone_the_form_on_the_page_is_filled(cabinet: Cabinet, kind: Kind) -> None:
    item_id = cabinet.customer(kind)
    path = "comment/create" if kind is Kind.REVIEW else "create-answer"
    cabinet.plan("server_error", match=path, status=404)

    await cabinet.connector.publish(cabinet.dispatch(item_id, kind))

    assert cabinet.ledger(item_id).visible == TEXT
    assert cabinet.effects(item_id) == ["answer"]


@KINDS
async def test_a_yes_that_stored_nothing_is_believed_until_a_person_looks(cabinet: Cabinet, kind: Kind) -> None:
    item_id = cabinet.customer(kind)
    cabinet.plan("swallow")

    receipt = await cabinet.connector.publish(cabinet.dispatch(item_id, kind))

    assert receipt.platform_id == ""
    assert (await cabinet.see(item_id, kind)).answer is None


@KINDS
@pytest.mark.parametrize("fault", ["drop_after_write", "drop_before_write"])
async def test_where_the_connection_breaks_one_answer_at_most_is_left_whatever_the_browser_repeats(
    cabinet: Cabinet, kind: Kind, fault: str
) -> None:
    item_id = cabinet.customer(kind)
    cabinet.plan(fault)

    with suppress(InDoubt):
        await cabinet.connector.publish(cabinet.dispatch(item_id, kind))

    effects = cabinet.effects(item_id)
    answer = (await cabinet.see(item_id, kind)).answer
    assert effects.count("answer") - effects.count("retract") == (answer is not None)
    assert answer is not None or fault == "drop_before_write"


@KINDS
async def test_a_session_that_ends_names_the_command_and_nothing_is_written(cabinet: Cabinet, kind: Kind) -> None:
    item_id = cabinet.customer(kind)
    await cabinet.see(item_id, kind)
    cabinet.sandbox.gates[OZON].revoke(SHOP)

    with pytest.raises(AccountFault, match=f"feedback-service login {LABEL}"):
        await cabinet.connector.publish(cabinet.dispatch(item_id, kind))

    assert cabinet.effects(item_id) == []
    assert not all(fact.ok for fact in await cabinet.connector.check())


async def test_check_finds_the_session_good(cabinet: Cabinet) -> None:
    cabinet.customer(Kind.REVIEW)

    facts = await cabinet.connector.check()

    assert all(fact.ok for fact in facts)
    assert "1 reviews" in facts[-1].finding


async def test_every_page_of_both_lists_is_read(cabinet: Cabinet) -> None:
    written = {kind: sorted(cabinet.customer(kind, f"№ {number}") for number in range(45)) for kind in Kind}

    assert {kind: sorted(item.item_id for item in await cabinet.collect(kind)) for kind in Kind} == written
