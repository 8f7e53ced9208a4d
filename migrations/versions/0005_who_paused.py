"""Remember whose work paused an account, so that only that work's success ends the pause."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("paused_by", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("account", "paused_by")
