"""Answering on Flamp's pages by a real Chromium, against the replica's pages behind the sandbox's gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.session import Cookie, Session
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.ways import Ways
from feedback_service.platforms import find
from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.ports.platform import Access
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.clock import SystemClock
from tests.support.browsers import ACCOUNT, MemorySessions, config_for, needs_chromium, pool_of
from tests.support.fake_flamp import dispatch

FLAMP, SHOP, LABEL = "flamp", "berezka", "berezka/flamp"
TEXT = "Спасибо, Аглая! 🙏🏽\nЖдём вас снова — «Берёзка» & Ко"

pytestmark = [pytest.mark.slow, needs_chromium]


async def test_a_review_is_read_answered_once_seen_and_its_answer_taken_away(tmp_path: Path) -> None:
    platform = find(FLAMP)
    spec = platform.SPEC.cabinet
    assert spec is not None
    async with Sandbox([FlampReplica()]) as sandbox:
        credentials = sandbox.register(FLAMP, SandboxAccount(SHOP))
        url = sandbox.cabinet_url_of(FLAMP)
        async with pool_of(config_for(tmp_path), MemorySessions(_session_of(sandbox))) as pool:
            access = Access(
                label=LABEL,
                base_url=sandbox.url_of(FLAMP),
                credentials=credentials,
                clock=SystemClock(),
                cabinet_url=url,
                browser=pool.browser(LABEL, ACCOUNT, spec, url),
            )
            ways = {way: platform.connect(replace(access, way=way)) for way in Way}
            flamp = Ways(LABEL, Way.API, Way.BROWSER, ways)
            item_id = ItemId(sandbox.add(FLAMP, SHOP, _customer("Хлеб тёплый 😊\nочередь длинная")))

            (item,) = [item async for page in flamp.unanswered(Kind.REVIEW) for item in page]
            sent = replace(dispatch(item_id, TEXT), ref=replace(dispatch(item_id).ref, created_at=item.created_at))
            await flamp.publish(sent)
            seen = (await flamp.sight([sent.ref]))[item_id].answer
            with pytest.raises(Retryable, match="meanwhile"):
                await flamp.publish(replace(sent, text="Ещё раз спасибо!"))
            facts = await flamp.check()
            await flamp.retract(sent)
            await flamp.retract(sent)
            left = (await flamp.sight([sent.ref]))[item_id]
            writes = [write.effect for write in sandbox.ledger(FLAMP).entries[0].writes]
            await flamp.close()

    assert (item.item_id, item.words) == (item_id, "Хлеб тёплый 😊\nочередь длинная")
    assert seen is not None
    assert seen.text == TEXT
    assert [fact.subject for fact in facts if not fact.ok] == []
    assert left.item is not None
    assert left.answer is None
    assert writes == ["answer", "retract"]


def _customer(text: str) -> SandboxCustomer:
    return SandboxCustomer("review", datetime.now(UTC).timestamp() - 60, text, rating=4, author="Аглая")


def _session_of(sandbox: Sandbox) -> Session:
    """What a person who signed in has in the browser."""
    now = datetime.now(UTC)
    values = sandbox.gates[FLAMP].issue(SHOP, now.timestamp()).fresh
    ends = now + timedelta(hours=1)
    cookies = [
        Cookie(name=name, value=value, domain="127.0.0.1", expires_at=ends, http_only=True)
        for name, value in values.items()
    ]
    return Session(cookies=tuple(cookies), saved_at=now)
