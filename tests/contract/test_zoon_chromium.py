"""Answering on Zoon's pages by a real Chromium, against the replica's pages behind the sandbox's gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Item, Kind, fingerprint
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.ways import Ways
from feedback_service.platforms import find
from feedback_service.platforms.zoon.replica import ZoonReplica
from feedback_service.ports.platform import Access
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.clock import SystemClock
from tests.support.browsers import ACCOUNT, MemorySessions, config_for, needs_chromium, pool_of

ZOON, SHOP, LABEL = "zoon", "berezka", "berezka/zoon"
TEXT = "Спасибо, Аглая! 🙏🏽\nЖдём вас снова — «Берёзка» & Ко"

pytestmark = [pytest.mark.slow, needs_chromium]


async def test_a_review_without_an_id_is_read_answered_once_seen_and_its_answer_taken_away(tmp_path: Path) -> None:
    platform = find(ZOON)
    spec = platform.SPEC.cabinet
    assert spec is not None
    async with Sandbox([ZoonReplica()]) as sandbox:
        credentials = sandbox.register(ZOON, SandboxAccount(SHOP, {"ids": False}))
        url = sandbox.cabinet_url_of(ZOON)
        async with pool_of(config_for(tmp_path), MemorySessions(_session_of(sandbox))) as pool:
            access = Access(
                label=LABEL,
                base_url=sandbox.url_of(ZOON),
                credentials=credentials,
                clock=SystemClock(),
                cabinet_url=url,
                browser=pool.browser(LABEL, ACCOUNT, spec, url),
            )
            ways = {way: platform.connect(replace(access, way=way)) for way in Way}
            zoon = Ways(LABEL, Way.API, Way.BROWSER, ways)
            sandbox.add(ZOON, SHOP, _customer("Хлеб тёплый 😊\nочередь длинная"))

            (item,) = [item async for page in zoon.unanswered(Kind.REVIEW) for item in page]
            sent = _dispatch(item)
            receipt = await zoon.publish(sent)
            seen = (await zoon.sight([sent.ref]))[item.item_id].answer
            with pytest.raises(Retryable, match="answer stands there"):
                await zoon.publish(replace(sent, text="Ещё раз спасибо!"))
            facts = await zoon.check()
            await zoon.retract(replace(sent, receipt_id=receipt.platform_id))
            await zoon.retract(sent)
            left = (await zoon.sight([sent.ref]))[item.item_id]
            writes = [write.effect for write in sandbox.ledger(ZOON).entries[0].writes]
            await zoon.close()

    assert item.words == "Хлеб тёплый 😊\nочередь длинная"
    assert seen is not None
    assert seen.text == TEXT
    assert [fact.subject for fact in facts if not fact.ok] == []
    assert left.item is not None
    assert left.answer is None
    assert writes == ["answer", "retract"]


def _customer(text: str) -> SandboxCustomer:
    return SandboxCustomer("review", datetime.now(UTC).timestamp() - 60, text, rating=4, author="Аглая")


def _dispatch(item: Item) -> Dispatch:
    return Dispatch(
        id=DispatchId(1),
        feedback_id=FeedbackId(1),
        account_id=AccountId(1),
        ref=ItemRef(item.item_id, item.kind, item.created_at),
        action=Action.ANSWER,
        text=TEXT,
        fingerprint=fingerprint(item),
        status=DispatchStatus.SENDING,
        revision=1,
    )


def _session_of(sandbox: Sandbox) -> Session:
    """What a person who signed in has in the browser."""
    now = datetime.now(UTC)
    values = sandbox.gates[ZOON].issue(SHOP, now.timestamp()).fresh
    ends = now + timedelta(hours=1)
    cookies = [
        Cookie(name=name, value=value, domain="127.0.0.1", expires_at=ends, http_only=True)
        for name, value in values.items()
    ]
    return Session(cookies=tuple(cookies), saved_at=now)
