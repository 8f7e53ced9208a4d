"""Create the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("budget_pkey")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("host_pkey")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "supplier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("voice", JSONB(), nullable=False),
        sa.Column("policy", JSONB(), nullable=False),
        sa.Column("stop_words", JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("supplier_pkey")),
        sa.UniqueConstraint("key", name=op.f("supplier_key_key")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), server_default="", nullable=False),
        sa.Column("poll_seconds", sa.Double(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("account_supplier_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
        sa.UniqueConstraint("supplier_id", "key", name=op.f("account_supplier_id_key_key")),
    )
    op.create_table(
        "supplier_lease",
        sa.Column("supplier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("supplier_lease_supplier_id_fkey")),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("supplier_lease_pkey")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("pros", sa.Text(), server_default="", nullable=False),
        sa.Column("cons", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("product", JSONB(), nullable=False),
        sa.Column("photos", sa.Integer(), server_default="0", nullable=False),
        sa.Column("videos", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parent_item_id", sa.Text(), nullable=True),
        sa.Column("child_item_id", sa.Text(), nullable=True),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("redrafts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("classification", JSONB(), nullable=True),
        sa.Column("draft", JSONB(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('question', 'review')", name=op.f("feedback_kind_check")),
        sa.CheckConstraint(
            "status IN ('answered', 'approved', 'classified', 'closed', 'collected', 'drafted', 'held', 'skipped')",
            name=op.f("feedback_status_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("feedback_account_id_fkey")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("feedback_supplier_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("feedback_pkey")),
        sa.UniqueConstraint("account_id", "item_id", name=op.f("feedback_account_id_item_id_key")),
        postgresql_with={
            "fillfactor": "85",
            "autovacuum_vacuum_scale_factor": "0.01",
            "autovacuum_vacuum_threshold": "1000",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index(
        "feedback_classified_claim",
        "feedback",
        ["supplier_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'classified'"),
    )
    op.create_index(
        "feedback_collected_claim",
        "feedback",
        ["supplier_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'collected'"),
    )
    op.create_index(
        "feedback_drafted_claim",
        "feedback",
        ["supplier_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'drafted'"),
    )
    op.create_index(
        "feedback_supplements",
        "feedback",
        ["account_id", "parent_item_id"],
        unique=False,
        postgresql_where=sa.text("parent_item_id IS NOT NULL"),
    )
    op.create_index(
        "feedback_waiting",
        "feedback",
        ["account_id", "kind"],
        unique=False,
        postgresql_where=sa.text("status IN ('classified', 'collected', 'drafted', 'held')"),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("previous_text", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_id", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("action IN ('answer', 'edit')", name=op.f("dispatch_action_check")),
        sa.CheckConstraint(
            "status IN ('closed', 'confirmed', 'in_doubt', 'pending', 'refused', 'sending', 'sent', 'withdrawn')",
            name=op.f("dispatch_status_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("dispatch_account_id_fkey")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("dispatch_feedback_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("dispatch_pkey")),
        postgresql_with={
            "fillfactor": "85",
            "autovacuum_vacuum_scale_factor": "0.01",
            "autovacuum_vacuum_threshold": "1000",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index(
        "dispatch_confirm_claim",
        "dispatch",
        ["account_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('in_doubt', 'sent')"),
    )
    op.create_index("dispatch_feedback", "dispatch", ["feedback_id"], unique=False)
    op.create_index(
        "dispatch_one_live",
        "dispatch",
        ["feedback_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('in_doubt', 'pending', 'sending', 'sent')"),
    )
    op.create_index(
        "dispatch_pending_claim",
        "dispatch",
        ["account_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending')"),
    )
    op.create_index(
        "dispatch_sending_claim",
        "dispatch",
        ["account_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('sending')"),
    )
    op.create_table(
        "feedback_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_status IN ('answered', 'approved', 'classified', 'closed', 'collected', 'drafted', 'held', 'skipped')",
            name=op.f("feedback_history_from_status_check"),
        ),
        sa.CheckConstraint(
            "to_status IN ('answered', 'approved', 'classified', 'closed', 'collected', 'drafted', 'held', 'skipped')",
            name=op.f("feedback_history_to_status_check"),
        ),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("feedback_history_feedback_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("feedback_history_pkey")),
    )
    op.create_index("feedback_history_subject", "feedback_history", ["feedback_id", "id"], unique=False)
    op.create_table(
        "model_usage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('classification', 'draft')", name=op.f("model_usage_purpose_check")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("model_usage_feedback_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("model_usage_pkey")),
    )
    op.create_index("model_usage_feedback", "model_usage", ["feedback_id"], unique=False)
    op.create_table(
        "dispatch_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_status IN ('closed', 'confirmed', 'in_doubt', 'pending', 'refused', 'sending', 'sent', 'withdrawn')",
            name=op.f("dispatch_history_from_status_check"),
        ),
        sa.CheckConstraint(
            "to_status IN ('closed', 'confirmed', 'in_doubt', 'pending', 'refused', 'sending', 'sent', 'withdrawn')",
            name=op.f("dispatch_history_to_status_check"),
        ),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name=op.f("dispatch_history_dispatch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("dispatch_history_pkey")),
    )
    op.create_index("dispatch_history_subject", "dispatch_history", ["dispatch_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("dispatch_history_subject", table_name="dispatch_history")
    op.drop_table("dispatch_history")
    op.drop_index("model_usage_feedback", table_name="model_usage")
    op.drop_table("model_usage")
    op.drop_index("feedback_history_subject", table_name="feedback_history")
    op.drop_table("feedback_history")
    op.drop_index("dispatch_sending_claim", table_name="dispatch", postgresql_where=sa.text("status IN ('sending')"))
    op.drop_index("dispatch_pending_claim", table_name="dispatch", postgresql_where=sa.text("status IN ('pending')"))
    op.drop_index(
        "dispatch_one_live",
        table_name="dispatch",
        postgresql_where=sa.text("status IN ('in_doubt', 'pending', 'sending', 'sent')"),
    )
    op.drop_index("dispatch_feedback", table_name="dispatch")
    op.drop_index(
        "dispatch_confirm_claim", table_name="dispatch", postgresql_where=sa.text("status IN ('in_doubt', 'sent')")
    )
    op.drop_table("dispatch")
    op.drop_index(
        "feedback_waiting",
        table_name="feedback",
        postgresql_where=sa.text("status IN ('classified', 'collected', 'drafted', 'held')"),
    )
    op.drop_index("feedback_supplements", table_name="feedback", postgresql_where=sa.text("parent_item_id IS NOT NULL"))
    op.drop_index("feedback_drafted_claim", table_name="feedback", postgresql_where=sa.text("status = 'drafted'"))
    op.drop_index("feedback_collected_claim", table_name="feedback", postgresql_where=sa.text("status = 'collected'"))
    op.drop_index("feedback_classified_claim", table_name="feedback", postgresql_where=sa.text("status = 'classified'"))
    op.drop_table("feedback")
    op.drop_table("supplier_lease")
    op.drop_table("account")
    op.drop_table("supplier")
    op.drop_table("host")
    op.drop_table("budget")
