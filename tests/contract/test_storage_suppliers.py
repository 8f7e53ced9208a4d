"""Suppliers are declared as a whole, changed only where they differ, and their secrets stay secret."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import Configuration
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import AccountId, PlatformKey, SupplierKey
from feedback_service.domain.pauses import ENDED_BY, Pauser
from feedback_service.domain.supplier import AnswerPolicy, Decision, Supplier, Template, Voice
from feedback_service.storage import Database
from tests.support import postgres
from tests.support.clock import ManualClock
from tests.support.stores import ACME, KEY, opened, postgres_stores, review, supplier

TEXT = st.text(st.characters(), max_size=10)
STARS = st.integers(1, 5)
AGE = st.none() | st.timedeltas(timedelta(0), timedelta(days=10_000))
TEMPLATE = st.builds(Template, stars=st.frozensets(STARS), texts=st.lists(TEXT, max_size=3).map(tuple))
VOICE = st.builds(
    Voice,
    tone=TEXT,
    signature=TEXT,
    instructions=TEXT,
    language=TEXT,
    templates=st.lists(TEMPLATE, max_size=3).map(tuple),
)
POLICY = st.builds(
    AnswerPolicy,
    reviews=st.dictionaries(STARS, st.sampled_from(Decision)),
    stars_only=st.none() | st.sampled_from(Decision),
    questions=st.sampled_from(Decision),
    reopen_edited=st.booleans(),
    max_age=AGE,
    dismiss_skipped=st.booleans(),
)


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock) as database:
        yield database


async def test_what_is_declared_is_what_is_loaded(database: Database) -> None:
    wanted = supplier("acme", "wb", stop_words=("брак", "возврат денег"))

    await database.suppliers.apply([wanted])

    loaded = await database.suppliers.load(ACME)
    assert _without_ids(loaded) == wanted
    assert loaded.accounts[0].id > 0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(voice=VOICE, policy=POLICY, title=TEXT, stop_words=st.lists(TEXT, max_size=3).map(tuple))
async def test_every_voice_and_policy_comes_back_as_it_was(
    database: Database, voice: Voice, policy: AnswerPolicy, title: str, stop_words: tuple[str, ...]
) -> None:
    wanted = replace(supplier(), voice=voice, policy=policy, title=title, stop_words=stop_words)

    await database.suppliers.apply([wanted])

    assert _without_ids(await database.suppliers.load(ACME)) == wanted
    assert await database.suppliers.plan([wanted]) == []


async def test_applying_twice_changes_nothing_the_second_time(database: Database) -> None:
    first = await database.suppliers.apply([supplier()])
    before = await database.suppliers.keys_and_fingerprints()

    second = await database.suppliers.apply([supplier()])

    assert [change.line for change in first] == [
        "acme: created",
        "acme/first: created (wildberries)",
        "acme/second: created (wildberries)",
    ]
    assert second == []
    assert await database.suppliers.keys_and_fingerprints() == before


async def test_a_plan_says_what_would_change_and_changes_nothing(database: Database) -> None:
    await database.suppliers.apply([supplier("acme", "wb", "old"), supplier("gone")])
    old = supplier("acme", "wb")
    account = replace(
        old.accounts[0], credentials={"token": "another-token"}, poll=timedelta(minutes=5), base_url="http://x"
    )
    voice, policy = Voice(tone="весело"), AnswerPolicy(questions=Decision.AUTO, reviews={5: Decision.SKIP})
    wanted = replace(
        old, title="Акме", voice=voice, policy=policy, accounts=(account, *supplier("acme", "new").accounts)
    )

    lines = [change.line for change in await database.suppliers.plan([wanted])]

    assert lines == [
        "acme: policy.questions: approve → auto",
        "acme: policy.reviews.1: approve → unset",
        "acme: policy.reviews.2: approve → unset",
        "acme: policy.reviews.3: approve → unset",
        "acme: policy.reviews.4: auto → unset",
        "acme: policy.reviews.5: auto → skip",
        "acme: title: 'Acme' → 'Акме'",
        "acme: voice.tone: 'вежливо и по-человечески, на «вы»' → 'весело'",
        "acme/wb: base_url: '' → 'http://x'",
        "acme/wb: poll_seconds: 60.0 → 300.0",
        "acme/wb: credentials.token: changed",
        "acme/new: created (wildberries)",
        "acme/old: switched off; its feedback is kept",
        "gone: switched off; its feedback is kept",
    ]
    assert _without_ids(await database.suppliers.load(ACME)) == supplier("acme", "wb", "old")


async def test_a_removed_account_keeps_its_feedback_and_its_id(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await stores.own.feedback.record(stores.account, [review()], True)

        await database.suppliers.apply([supplier("acme", "second")])
        without = await database.suppliers.load(ACME)
        await database.suppliers.apply([supplier()])
        again = await database.suppliers.load(ACME)

        assert [one.key for one in without.accounts] == ["second"]
        assert again.accounts[0].id == stores.account
        assert await stores.own.feedback.by_item(stores.account, review().item_id) is not None


async def test_feedback_of_a_removed_account_is_not_worked_on(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await stores.own.feedback.record(stores.account, [review()], True)
        await stores.own.feedback.record(stores.other_account, [review()], True)

        await database.suppliers.apply([supplier("acme", "second")])

        claimed = await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 10, timedelta(minutes=1))
        assert [one.account_id for one in claimed] == [stores.other_account]


async def test_a_removed_supplier_is_gone_and_can_come_back(database: Database) -> None:
    await database.suppliers.apply([supplier(), supplier("other")])

    await database.suppliers.apply([supplier("other")])
    with pytest.raises(Configuration, match="'acme'"):
        await database.suppliers.load(ACME)
    remaining = await database.suppliers.keys_and_fingerprints()
    await database.suppliers.apply([supplier(), supplier("other")])

    assert set(remaining) == {"other"}
    assert set(await database.suppliers.keys_and_fingerprints()) == {"acme", "other"}


@pytest.mark.parametrize("switched_off", [False, True])
async def test_an_account_cannot_move_to_another_platform(database: Database, switched_off: bool) -> None:
    await database.suppliers.apply([supplier("acme", "wb")])
    if switched_off:
        await database.suppliers.apply([supplier("acme", "other")])
    moved = replace(supplier("acme", "wb").accounts[0], platform=PlatformKey("ozon"))

    with pytest.raises(Configuration, match="acme/wb"):
        await database.suppliers.apply([replace(supplier(), accounts=(moved,))])


async def test_a_pause_outlasts_new_credentials_until_they_have_been_tried(
    database_url: str, clock: ManualClock
) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await stores.own.accounts.pause(stores.account, Pauser.WRITING, "token expired", None)
        first, second = supplier().accounts

        await database.suppliers.apply(
            [replace(supplier(), accounts=(replace(first, credentials={"token": "new"}), second))]
        )

        assert [one.paused_reason for one in await database.views.accounts()] == ["token expired", ""]
        assert await stores.own.accounts.resume(stores.account, ENDED_BY[Pauser.READING])


async def test_secrets_are_not_readable_in_the_database(database: Database, database_url: str) -> None:
    await database.suppliers.apply([supplier()])

    rows = await postgres.fetch(database_url, "SELECT account::text AS row FROM account")

    assert len(rows) == 2
    assert all("token-of" not in row["row"] and b"token-of".hex() not in row["row"] for row in rows)


async def test_a_lost_key_is_said_and_applying_again_mends_it(database: Database, database_url: str) -> None:
    await database.suppliers.apply([supplier()])
    other = await Database.open(database_url, database.clock, [_new_key()])

    with pytest.raises(Configuration, match="cannot be decrypted"):
        await other.suppliers.load(ACME)
    lines = [change.line for change in await other.suppliers.apply([supplier()])]
    loaded = await other.suppliers.load(ACME)
    await other.close()

    assert "acme/first: credentials.token: changed" in lines
    assert _without_ids(loaded) == supplier()


async def test_after_a_rotation_the_old_key_is_not_needed(database: Database, database_url: str) -> None:
    await database.suppliers.apply([supplier()])
    before = await database.suppliers.keys_and_fingerprints()
    new = _new_key()
    both = await Database.open(database_url, database.clock, [new, KEY])

    rotated = await both.suppliers.rotate()

    only_new = await Database.open(database_url, database.clock, [new])
    assert rotated == 2
    assert _without_ids(await only_new.suppliers.load(ACME)) == supplier()
    assert await only_new.suppliers.keys_and_fingerprints() == before
    await both.close()
    await only_new.close()


async def test_a_key_that_is_none_is_refused_and_not_shown(database_url: str, clock: ManualClock) -> None:
    with pytest.raises(Configuration, match="SECRET_KEYS") as refusal:
        await Database.open(database_url, clock, ["not-a-key-at-all"])

    assert "not-a-key" not in str(refusal.value)


async def test_a_row_of_another_version_is_refused(database: Database, database_url: str) -> None:
    await database.suppliers.apply([supplier()])
    await postgres.execute(database_url, "UPDATE supplier SET voice = voice || '{\"mood\": 1}'")

    with pytest.raises(Configuration, match="another version"):
        await database.suppliers.load(SupplierKey("acme"))


def _without_ids(loaded: Supplier) -> Supplier:
    return replace(loaded, accounts=tuple(replace(one, id=AccountId(0)) for one in loaded.accounts))


def _new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()
