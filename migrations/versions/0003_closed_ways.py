"""Remember which ways a platform does not open to an account, so that it is said once and asked again in time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_way",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("use IN ('reading', 'writing')", name=op.f("closed_way_use_check")),
        sa.CheckConstraint("kind IN ('question', 'review')", name=op.f("closed_way_kind_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("closed_way_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "use", "kind", "way", name=op.f("closed_way_pkey")),
    )


def downgrade() -> None:
    op.drop_table("closed_way")
