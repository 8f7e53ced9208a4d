"""Remember whose work paused an account, as only that work's success ends the pause, and when it last said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("paused_by", sa.Text(), server_default="", nullable=False))
    op.add_column("account", sa.Column("pause_told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "pause_told_at")
    op.drop_column("account", "paused_by")
