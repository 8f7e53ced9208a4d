"""The migrations make exactly the tables that the code describes, and can be taken back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import Configuration
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.passage import Use
from feedback_service.storage import migrate
from feedback_service.storage.tables import metadata
from feedback_service.storage.text import AnyMoment, EnumText, EscapedJson, EscapedText
from tests.support import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
SHAPE = """
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    UNION ALL SELECT relname || reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND reloptions IS NOT NULL
    ORDER BY 1
"""
"""Everything that makes a table what it is, one line each."""

FILLED = (
    "INSERT INTO supplier (key, voice, policy, stop_words) VALUES ('acme', '{}', '{}', '[]')",
    """
    INSERT INTO account (supplier_id, key, platform, poll_seconds, quiet_poll_seconds, unattended, collected_at,
                         credentials, paused_at, paused_reason, paused_by)
    SELECT id, 'wb', 'wildberries', 60, 3600, true, now(), '', now(), 'may only read', 'writing' FROM supplier
    """,
    """
    INSERT INTO closed_way (account_id, use, kind, way, reason, since, ask_at)
    SELECT id, 'writing', 'review', 'api', 'not subscribed', now(), now() FROM account
    """,
    """
    INSERT INTO backfill (account_id, kind, since, until, cursor, changed_at)
    SELECT id, 'review', now(), now(), 'page 7', now() FROM account
    """,
)
"""A row in everything that migrations after the second one made."""


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    with postgres.fresh_database(postgres_url, template="template0") as url:
        yield url


def test_upgrading_makes_the_tables_that_the_code_describes(database_url: str) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": _is_another_type})
        return list(compare_metadata(context, metadata))

    assert migrate.on(database_url, differences) == []


def test_upgrading_makes_the_same_as_creating_from_the_code(database_url: str, empty_url: str) -> None:
    migrate.on(empty_url, metadata.create_all)

    assert _shape(database_url) == _shape(empty_url)


def test_migrations_can_be_taken_back_and_applied_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    before = _shape(empty_url)

    migrate.downgrade(empty_url, "base")
    between = _shape(empty_url)
    migrate.upgrade(empty_url)

    assert between == []
    assert _shape(empty_url) == before


def test_a_filled_database_can_be_taken_back_a_version_at_a_time_and_brought_up_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    for statement in FILLED:
        asyncio.run(postgres.fetch(empty_url, statement))

    for revision in ("0004", "0003", "0002"):
        migrate.downgrade(empty_url, revision)
    migrate.upgrade(empty_url)

    kept = "SELECT paused_reason, paused_by, quiet_poll_seconds, unattended, collected_at FROM account"
    ((reason, by, quiet, unattended, collected),) = asyncio.run(postgres.fetch(empty_url, kept))
    assert (reason, by, quiet, unattended, collected) == ("may only read", "", 600, False, None)
    assert asyncio.run(postgres.fetch(empty_url, "SELECT * FROM closed_way")) == []


@pytest.mark.parametrize(
    ("constraint", "members"),
    [
        ("feedback_kind_check", Kind),
        ("closed_way_kind_check", Kind),
        ("closed_way_use_check", Use),
        ("feedback_status_check", FeedbackStatus),
        ("feedback_history_from_status_check", FeedbackStatus),
        ("feedback_history_to_status_check", FeedbackStatus),
        ("dispatch_status_check", DispatchStatus),
        ("dispatch_action_check", Action),
        ("dispatch_history_from_status_check", DispatchStatus),
        ("dispatch_history_to_status_check", DispatchStatus),
    ],
)
def test_the_database_allows_exactly_the_enums_members(
    database_url: str, constraint: str, members: type[StrEnum]
) -> None:
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1"

    ((definition,),) = asyncio.run(postgres.fetch(database_url, query, constraint))

    assert _quoted(definition) == {str(member) for member in members}


def test_the_unique_index_names_the_live_statuses(database_url: str) -> None:
    query = "SELECT indexdef FROM pg_indexes WHERE indexname = 'dispatch_one_live'"

    ((definition,),) = asyncio.run(postgres.fetch(database_url, query))

    assert "UNIQUE" in definition
    assert _quoted(definition) == {str(member) for member in LIVE_DISPATCH}


def test_an_empty_database_is_named_with_its_remedy(empty_url: str) -> None:
    with pytest.raises(Configuration, match=r"revision none, not .*alembic upgrade head"):
        migrate.require_head(empty_url)


def test_a_migrated_database_is_at_head(database_url: str) -> None:
    migrate.require_head(database_url)

    assert migrate.current_revision(database_url) == migrate.head_revision()


def test_several_starts_at_once_migrate_once(empty_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as starts:
        done = list(starts.map(lambda _: _alembic(tmp_path, DATABASE_URL=empty_url), range(3)))

    assert [one.returncode for one in done] == [0, 0, 0], done
    migrate.require_head(empty_url)


def test_the_alembic_command_reads_the_url_from_the_environment(empty_url: str, tmp_path: Path) -> None:
    done = _alembic(tmp_path, DATABASE_URL=empty_url)

    assert done.returncode == 0, done.stderr
    migrate.require_head(empty_url)


def test_the_alembic_command_says_in_one_line_that_the_database_is_away(tmp_path: Path) -> None:
    done = _alembic(tmp_path, DATABASE_URL="postgresql://someone:secret@127.0.0.1:1/nowhere")

    assert done.returncode != 0
    assert "cannot be reached" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_the_alembic_command_makes_the_embedded_database_where_no_url_is_set(tmp_path: Path) -> None:
    with postgres.data_dir() as data_dir:
        done = _alembic(tmp_path, DATABASE_URL="", DATA_DIR=str(data_dir))

        assert done.returncode == 0, done.stderr
        assert (data_dir / "postgres" / "PG_VERSION").exists()


def _alembic(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade", "head"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def _shape(url: str) -> list[str]:
    return [row[0] for row in asyncio.run(postgres.fetch(url, SHAPE))]


def _quoted(definition: str) -> set[str]:
    return set(definition.split("'")[1::2])


def _is_another_type(
    _context: object, _inspected: object, _column: object, found: sa.types.TypeEngine[object], ours: object
) -> bool | None:
    """Our types are known by what they are stored as; None leaves the others to alembic."""
    if isinstance(ours, EnumText | EscapedText):
        return not isinstance(found, sa.Text)
    if isinstance(ours, EscapedJson | AnyMoment):
        return not isinstance(found, type(ours.impl_instance))
    return None
