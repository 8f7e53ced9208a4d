"""The tables, each with the indexes and checks that its claims and promises rest on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.passage import Use
from feedback_service.storage.text import AnyMoment, EnumText, EscapedJson, EscapedText

CLAIMABLE = (FeedbackStatus.COLLECTED, FeedbackStatus.CLASSIFIED, FeedbackStatus.DRAFTED)
"""Statuses in which a feedback waits for a stage; each has its own index, which holds nothing that is finished."""
WAITING = (*CLAIMABLE, FeedbackStatus.HELD)
"""Not yet in delivery."""
IN_QUESTION = (DispatchStatus.IN_DOUBT, DispatchStatus.SENT)
"""Dispatches that a re-read of the platform settles."""

EAGER_VACUUM = {
    "autovacuum_vacuum_scale_factor": "0.01",
    "autovacuum_vacuum_threshold": "1000",
    "autovacuum_analyze_scale_factor": "0.02",
}
"""Every claim leaves a dead entry in a small index: sweep by their number, not by the share of a large table."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def one_of(column: str, members: Iterable[StrEnum]) -> str:
    """The SQL condition that the column holds one of the members; sorted, so that it reads the same every time."""
    return f"{column} IN ({', '.join(sorted(repr(str(member)) for member in members))})"


def written_in(column: sa.Column[Any], members: Iterable[StrEnum]) -> sa.ColumnElement[bool]:
    """The same condition for a query, its values written out, as a parameter would hide them from the planner.

    Only so can it prove that a partial index holds all that is asked for.
    """
    literals = [sa.literal(member, column.type, literal_execute=True) for member in sorted(members)]
    return column.in_(literals)


def _within(column: str, members: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(one_of(column, members), name=column)


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def _refers(column: str, target: sa.Table) -> sa.Column[int]:
    return sa.Column(column, sa.BigInteger, sa.ForeignKey(target.c.id), nullable=False)


def _moment(column: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(column, sa.DateTime(timezone=True), nullable=nullable)


def _text(column: str) -> sa.Column[str]:
    return sa.Column(column, EscapedText, nullable=False, server_default="")


def _count(column: str) -> sa.Column[int]:
    return sa.Column(column, sa.Integer, nullable=False, server_default="0")


supplier = sa.Table(
    "supplier",
    metadata,
    _identity(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _text("title"),
    sa.Column("voice", EscapedJson, nullable=False),
    sa.Column("policy", EscapedJson, nullable=False),
    sa.Column("stop_words", EscapedJson, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
)

account = sa.Table(
    "account",
    metadata,
    _identity(),
    _refers("supplier_id", supplier),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    _text("base_url"),
    _text("cabinet_url"),
    _text("delivery"),
    _text("reading"),
    sa.Column("poll_seconds", sa.Double, nullable=False),
    sa.Column("quiet_poll_seconds", sa.Double, nullable=False, server_default="600"),
    sa.Column("unattended", sa.Boolean, nullable=False, server_default=sa.false()),
    _moment("collected_at", nullable=True),
    sa.Column("credentials", sa.LargeBinary, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    _moment("paused_at", nullable=True),
    _moment("paused_until", nullable=True),
    _text("paused_reason"),
    _text("paused_by"),
    _moment("pause_told_at", nullable=True),
    sa.UniqueConstraint("supplier_id", "key"),
)

account_session = sa.Table(
    "account_session",
    metadata,
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    _moment("saved_at"),
)

closed_way = sa.Table(
    "closed_way",
    metadata,
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    sa.Column("use", EnumText(Use), primary_key=True),
    sa.Column("kind", EnumText(Kind), primary_key=True),
    sa.Column("way", sa.Text, primary_key=True),
    _text("reason"),
    _moment("since"),
    _moment("ask_at"),
    _within("use", Use),
    _within("kind", Kind),
)
"""Passages that a platform does not open to an account; `way` is empty where no way is open."""

backfill = sa.Table(
    "backfill",
    metadata,
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    sa.Column("kind", EnumText(Kind), primary_key=True),
    sa.Column("since", AnyMoment, nullable=False),
    sa.Column("until", AnyMoment, nullable=False),
    _text("cursor"),
    sa.Column("share", sa.Double, nullable=False, server_default="0"),
    _count("kept"),
    _count("taken"),
    _count("left"),
    _count("known"),
    _moment("ended_at", nullable=True),
    _moment("changed_at"),
    _within("kind", Kind),
)

feedback = sa.Table(
    "feedback",
    metadata,
    _identity(),
    _refers("supplier_id", supplier),
    _refers("account_id", account),
    sa.Column("item_id", EscapedText, nullable=False),
    sa.Column("kind", EnumText(Kind), nullable=False),
    sa.Column("item_created_at", AnyMoment, nullable=False),
    sa.Column("rating", sa.Integer),
    _text("text"),
    _text("pros"),
    _text("cons"),
    _text("author"),
    sa.Column("product", EscapedJson, nullable=False),
    _count("photos"),
    _count("videos"),
    sa.Column("parent_item_id", EscapedText),
    sa.Column("child_item_id", EscapedText),
    sa.Column("answer", EscapedJson),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("status", EnumText(FeedbackStatus), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    _count("attempts"),
    _count("redrafts"),
    _text("note"),
    _moment("not_before"),
    sa.Column("classification", EscapedJson),
    sa.Column("draft", EscapedJson),
    _moment("collected_at"),
    _moment("changed_at"),
    _within("kind", Kind),
    _within("status", FeedbackStatus),
    sa.UniqueConstraint("account_id", "kind", "item_id"),
    postgresql_with={"fillfactor": "85", **EAGER_VACUUM},
)
for _status in CLAIMABLE:
    sa.Index(
        f"feedback_{_status}_claim",
        feedback.c.supplier_id,
        feedback.c.not_before,
        feedback.c.id,
        postgresql_where=sa.text(f"status = '{_status}'"),
    )
sa.Index(
    "feedback_waiting",
    feedback.c.account_id,
    feedback.c.kind,
    postgresql_where=sa.text(one_of("status", WAITING)),
)
sa.Index(
    "feedback_supplements",
    feedback.c.account_id,
    feedback.c.parent_item_id,
    postgresql_where=sa.text("parent_item_id IS NOT NULL"),
)

dispatch = sa.Table(
    "dispatch",
    metadata,
    _identity(),
    _refers("feedback_id", feedback),
    _refers("account_id", account),
    sa.Column("action", EnumText(Action), nullable=False),
    sa.Column("text", EscapedText, nullable=False),
    _text("previous_text"),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("status", EnumText(DispatchStatus), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    _count("attempts"),
    _count("looks"),
    _text("note"),
    _moment("not_before"),
    _moment("sent_at", nullable=True),
    _moment("receipt_at", nullable=True),
    _text("receipt_id"),
    _moment("created_at"),
    _moment("changed_at"),
    _within("action", Action),
    _within("status", DispatchStatus),
    postgresql_with={"fillfactor": "85", **EAGER_VACUUM},
)
sa.Index(
    "dispatch_one_live",
    dispatch.c.feedback_id,
    unique=True,
    postgresql_where=sa.text(one_of("status", LIVE_DISPATCH)),
)
sa.Index("dispatch_feedback", dispatch.c.feedback_id)
for _name, _statuses in (
    ("dispatch_pending_claim", (DispatchStatus.PENDING,)),
    ("dispatch_sending_claim", (DispatchStatus.SENDING,)),
    ("dispatch_confirm_claim", IN_QUESTION),
    ("dispatch_retracting_claim", (DispatchStatus.RETRACTING,)),
):
    sa.Index(
        _name,
        dispatch.c.account_id,
        dispatch.c.not_before,
        dispatch.c.id,
        postgresql_where=sa.text(one_of("status", _statuses)),
    )


def _history(subject: sa.Table, members: type[StrEnum]) -> sa.Table:
    key = f"{subject.name}_id"
    return sa.Table(
        f"{subject.name}_history",
        metadata,
        _identity(),
        _refers(key, subject),
        sa.Column("from_status", EnumText(members)),
        sa.Column("to_status", EnumText(members), nullable=False),
        _text("because"),
        _text("who"),
        _moment("at"),
        _within("from_status", members),
        _within("to_status", members),
        sa.Index(f"{subject.name}_history_subject", key, "id"),
    )


feedback_history = _history(feedback, FeedbackStatus)
dispatch_history = _history(dispatch, DispatchStatus)

model_usage = sa.Table(
    "model_usage",
    metadata,
    _identity(),
    _refers("feedback_id", feedback),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("model", EscapedText, nullable=False),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cost_micros", sa.BigInteger, nullable=False),
    _moment("at"),
    sa.CheckConstraint("purpose IN ('classification', 'draft')", name="purpose"),
    sa.Index("model_usage_feedback", "feedback_id"),
)

supplier_lease = sa.Table(
    "supplier_lease",
    metadata,
    sa.Column("supplier_id", sa.BigInteger, sa.ForeignKey(supplier.c.id), primary_key=True, autoincrement=False),
    sa.Column("host", EscapedText, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    _moment("expires_at"),
    postgresql_with={"fillfactor": "50"},
)

host = sa.Table(
    "host",
    metadata,
    sa.Column("name", EscapedText, primary_key=True),
    _moment("expires_at"),
    postgresql_with={"fillfactor": "50"},
)

budget = sa.Table(
    "budget",
    metadata,
    sa.Column("name", EscapedText, primary_key=True),
    _moment("spent_until"),
    postgresql_with={"fillfactor": "50"},
)
