"""Keep documents that people read, and what outside systems say that belongs to no order."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "kind", "entry", "version"),
    )
    op.create_index("ix_document_order", "document", ["connection", "order_id"])
    op.create_table(
        "stray",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "what"),
    )
    op.create_index("ix_stray_last_at", "stray", ["last_at"])


def downgrade() -> None:
    op.drop_table("stray")
    op.drop_table("document")
