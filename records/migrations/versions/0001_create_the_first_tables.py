"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

from records.columns import ExactDecimal, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_approval()
    _create_audit()
    _create_cross_reference()
    _create_hold()
    _create_inbox()
    _create_incident()
    _create_notice()
    _create_order_view()
    _create_posting()
    _create_sync_mark()


def _create_approval() -> None:
    op.create_table(
        "approval",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("because", sa.String(length=500), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "order_id", "number"),
    )
    op.create_index("ix_approval_standing", "approval", ["standing"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("connection", "order_id", "number"),
    )


def _create_cross_reference() -> None:
    op.create_table(
        "cross_reference",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("ours", sa.String(length=160), nullable=False),
        sa.Column("theirs", sa.String(length=160), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("bound_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connection", "entity", "ours"),
        sa.UniqueConstraint("connection", "entity", "theirs"),
    )


def _create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("cause_group", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=1000), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("connection", "order_id", "number"),
    )
    op.create_index("ix_hold_code", "hold", ["code"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("trace", sa.String(length=60), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connection", "delivery"),
    )
    op.create_index("ix_inbox_order", "inbox", ["connection", "order_id"])
    op.create_index("ix_inbox_state_id", "inbox", ["state", "id"])


def _create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("open_for", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_for"),
    )
    op.create_index("ix_incident_connection", "incident", ["connection"])


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _create_order_view() -> None:
    op.create_table(
        "order_view",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("erp", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("customer", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=30), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("hold_code", sa.String(length=40), nullable=False),
        sa.Column("waits_for", sa.String(length=200), nullable=False),
        sa.Column("revivable", sa.Boolean(), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("erp_entry", sa.String(length=80), nullable=False),
        sa.Column("erp_number", sa.String(length=80), nullable=False),
        sa.Column("told_store", sa.Boolean(), nullable=False),
        sa.Column("store_mark", sa.String(length=80), nullable=False),
        sa.Column("placed_at", UtcTime(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "order_id"),
    )
    op.create_index("ix_order_view_erp_number", "order_view", ["erp_number"])
    op.create_index("ix_order_view_needs_person", "order_view", ["needs_person"])
    op.create_index("ix_order_view_number", "order_view", ["number"])
    op.create_index("ix_order_view_stage", "order_view", ["stage"])
    op.create_index("ix_order_view_updated_at", "order_view", ["updated_at"])
    op.create_index("ix_order_view_waits_for", "order_view", ["waits_for"])


def _create_posting() -> None:
    op.create_table(
        "posting",
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_posting_store", "posting", ["store"])


def _create_sync_mark() -> None:
    op.create_table(
        "sync_mark",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "flow"),
    )


def downgrade() -> None:
    op.drop_table("sync_mark")
    op.drop_index("ix_posting_store", "posting")
    op.drop_table("posting")
    op.drop_index("ix_order_view_waits_for", "order_view")
    op.drop_index("ix_order_view_updated_at", "order_view")
    op.drop_index("ix_order_view_stage", "order_view")
    op.drop_index("ix_order_view_number", "order_view")
    op.drop_index("ix_order_view_needs_person", "order_view")
    op.drop_index("ix_order_view_erp_number", "order_view")
    op.drop_table("order_view")
    op.drop_table("notice")
    op.drop_index("ix_incident_connection", "incident")
    op.drop_table("incident")
    op.drop_index("ix_inbox_state_id", "inbox")
    op.drop_index("ix_inbox_order", "inbox")
    op.drop_table("inbox")
    op.drop_index("ix_hold_code", "hold")
    op.drop_table("hold")
    op.drop_table("cross_reference")
    op.drop_table("audit")
    op.drop_index("ix_approval_standing", "approval")
    op.drop_table("approval")
