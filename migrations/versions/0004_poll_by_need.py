"""Read quiet accounts more rarely; keep a plain yes to answers without a person, and how far a history was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNTS = ("kept", "taken", "left", "known")


def upgrade() -> None:
    op.add_column("account", sa.Column("quiet_poll_seconds", sa.Double(), server_default="600", nullable=False))
    op.add_column("account", sa.Column("unattended", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("account", sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "backfill",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("share", sa.Double(), server_default="0", nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in COUNTS),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('question', 'review')", name=op.f("backfill_kind_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("backfill_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("backfill_pkey")),
    )


def downgrade() -> None:
    op.drop_table("backfill")
    for column in ("collected_at", "unattended", "quiet_poll_seconds"):
        op.drop_column("account", column)
