"""A database that is away, full, wrong or slow: each by its name, nothing lost, and well again by itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.storage import Database, measure_skew
from feedback_service.storage.engine import parse_url, transaction
from feedback_service.storage.faults import meaning_of
from feedback_service.transports.clock import SystemClock
from tests.support import postgres
from tests.support.clock import ManualClock
from tests.support.stores import KEY, LEASE, opened, postgres_stores, review

CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody answers: bound, never listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def test_a_database_that_is_away_is_worth_another_try(free_port: int, clock: ManualClock) -> None:
    async with opened(f"postgresql://me:hush@127.0.0.1:{free_port}/feedback", clock) as database:
        with pytest.raises(Retryable, match="database cannot be reached") as problem:
            await database.views.totals()

    assert "hush" not in str(problem.value)
    assert "\n" not in str(problem.value)


async def test_after_its_connections_were_cut_the_next_try_succeeds(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, _):
        await stores.own.feedback.record(stores.account, [review()], True)
        await asyncio.gather(*(stores.own.feedback.by_item(stores.account, review().item_id) for _ in range(5)))
        await postgres.execute(database_url, CUT_ALL)

        with pytest.raises(Retryable, match="database"):
            await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE)

        (claimed,) = await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 1, LEASE)
        assert claimed.attempts == 1


async def test_a_write_that_is_cut_leaves_nothing_half_done(database_url: str, clock: ManualClock) -> None:
    async def write_and_be_cut(database: Database) -> None:
        async with transaction(database.engine) as connection:
            await connection.execute(sa.text("UPDATE account SET paused_reason = 'half'"))
            await postgres.execute(database_url, CUT_ALL)
            await connection.execute(sa.text("UPDATE account SET paused_reason = 'whole'"))

    async with postgres_stores(database_url, clock) as (_, database):
        with pytest.raises(Retryable):
            await write_and_be_cut(database)

        assert {one.paused_reason for one in await database.views.accounts()} == {""}


async def test_an_item_that_another_transaction_holds_delays_nobody(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await stores.own.feedback.record(stores.account, [review("a"), review("b")], True)
        async with transaction(database.engine) as connection:
            await connection.execute(sa.text("SELECT 1 FROM feedback WHERE item_id = 'a' FOR UPDATE"))

            claimed = await stores.own.feedback.claim(FeedbackStatus.COLLECTED, 10, LEASE)

        assert [one.item.item_id for one in claimed] == ["b"]


async def test_claims_at_the_same_moment_never_share_an_item(database_url: str, clock: ManualClock) -> None:
    async with postgres_stores(database_url, clock) as (stores, _):
        await stores.own.feedback.record(stores.account, [review(f"r{number}") for number in range(60)], True)

        claims = await asyncio.gather(
            *(stores.own.feedback.claim(FeedbackStatus.COLLECTED, 7, LEASE) for _ in range(9))
        )

        taken = [one.id for claim in claims for one in claim]
        assert len(taken) == len(set(taken)) == 60


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DROP TABLE dispatch CASCADE", "alembic upgrade head"),
        ("ALTER TABLE feedback DROP COLUMN note", "alembic upgrade head"),
    ],
)
async def test_tables_of_another_version_need_a_person(
    database_url: str, clock: ManualClock, change: str, words: str
) -> None:
    async with postgres_stores(database_url, clock) as (stores, _):
        await postgres.execute(database_url, change)

        with pytest.raises(Configuration, match=words):
            await stores.own.feedback.record(stores.account, [review()], True)


async def test_a_database_that_does_not_exist_is_named(postgres_url: str, clock: ManualClock) -> None:
    async with opened(postgres.named(postgres_url, "nowhere"), clock) as database:
        with pytest.raises(Configuration, match="does not exist; create it"):
            await database.views.totals()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://me:hush@host/db", "only postgresql"),
        ("nonsense", "not a URL"),
        ("postgresql://me:hush@host:port/db", "not a URL"),
    ],
)
async def test_a_url_that_cannot_be_right_is_refused(url: str, words: str, clock: ManualClock) -> None:
    with pytest.raises(Configuration, match=words) as problem:
        await Database.open(url, clock, [KEY])

    assert "hush" not in str(problem.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_urls_are_taken_as_people_write_them(scheme: str) -> None:
    url = parse_url(f"{scheme}://me:hush@host/db?sslmode=require")

    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://me:hush@host/db?ssl=require"


@pytest.mark.parametrize(
    ("error", "meaning", "words"),
    [
        (asyncpg.DiskFullError("could not extend file"), Retryable, "the disk is full"),
        (asyncpg.TooManyConnectionsError("sorry"), Retryable, "busy or stopping"),
        (asyncpg.CannotConnectNowError("starting up"), Retryable, "busy or stopping"),
        (asyncpg.DeadlockDetectedError("deadlock"), Retryable, "busy or stopping"),
        (asyncpg.QueryCanceledError("statement timeout"), Retryable, "busy or stopping"),
        (asyncpg.InvalidPasswordError("no"), Configuration, "correct DATABASE_URL"),
        (asyncpg.UniqueViolationError("twice"), type(None), ""),
        (TimeoutError(), Retryable, "cannot be reached"),
    ],
)
def test_each_of_the_databases_errors_has_its_meaning(error: Exception, meaning: type, words: str) -> None:
    for form in (error, DBAPIError("SELECT 1", None, error)):
        found = meaning_of(form)

        assert type(found) is meaning
        assert words in str(found)


async def test_the_databases_clock_is_compared_with_ours(database_url: str) -> None:
    ahead = SystemClock(timedelta(hours=2))
    async with opened(database_url, ManualClock()) as database:
        skew = await measure_skew(database.engine, ahead)

    assert timedelta(hours=-2, seconds=-5) < skew < timedelta(hours=-2, seconds=5)
