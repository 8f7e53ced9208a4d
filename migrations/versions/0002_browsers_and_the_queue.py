"""Let accounts be worked with in a browser or by the queue, and answers be retracted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD = ("closed", "confirmed", "in_doubt", "pending", "refused", "sending", "sent", "withdrawn")
NEW = (*OLD, "retracted", "retracting")
OLD_LIVE = ("in_doubt", "pending", "sending", "sent")
NEW_LIVE = (*OLD_LIVE, "retracting")
CHECKS = (
    ("dispatch", "dispatch_status_check", "status"),
    ("dispatch_history", "dispatch_history_from_status_check", "from_status"),
    ("dispatch_history", "dispatch_history_to_status_check", "to_status"),
)


def upgrade() -> None:
    for column in ("cabinet_url", "delivery", "reading"):
        op.add_column("account", sa.Column(column, sa.Text(), server_default="", nullable=False))
    op.create_table(
        "account_session",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("account_session_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("account_session_pkey")),
    )
    _unique("account_id", "kind", "item_id", instead_of=("account_id", "item_id"))
    _allow(NEW, NEW_LIVE)
    op.create_index(
        "dispatch_retracting_claim",
        "dispatch",
        ["account_id", "not_before", "id"],
        postgresql_where=sa.text("status IN ('retracting')"),
    )


def downgrade() -> None:
    """What is being retracted, or was, counts as given to a person again."""
    op.drop_index("dispatch_retracting_claim", table_name="dispatch")
    gone = "('retracting', 'retracted')"
    op.execute(f"DELETE FROM dispatch_history WHERE from_status IN {gone} OR to_status IN {gone}")
    op.execute(f"UPDATE dispatch SET status = 'refused' WHERE status IN {gone}")
    _allow(OLD, OLD_LIVE)
    _unique("account_id", "item_id", instead_of=("account_id", "kind", "item_id"))
    op.drop_table("account_session")
    for column in ("reading", "delivery", "cabinet_url"):
        op.drop_column("account", column)


def _unique(*columns: str, instead_of: tuple[str, ...]) -> None:
    """Nothing says that a platform's reviews and questions never share a number."""
    op.drop_constraint(op.f(f"feedback_{'_'.join(instead_of)}_key"), "feedback")
    op.create_unique_constraint(op.f(f"feedback_{'_'.join(columns)}_key"), "feedback", list(columns))


def _allow(statuses: tuple[str, ...], live: tuple[str, ...]) -> None:
    for table, name, column in CHECKS:
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, _one_of(column, statuses))
    op.drop_index("dispatch_one_live", table_name="dispatch")
    op.create_index(
        "dispatch_one_live", "dispatch", ["feedback_id"], unique=True, postgresql_where=sa.text(_one_of("status", live))
    )


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(value) for value in values))})"
