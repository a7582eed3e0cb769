"""Keep what rules decided, and the cases that drafts of rules are tried on."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_decision",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "order_id", "number"),
    )
    op.create_table(
        "recorded_case",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "order_id"),
    )
    op.create_index("ix_recorded_case_at", "recorded_case", ["at"])


def downgrade() -> None:
    op.drop_table("recorded_case")
    op.drop_table("rule_decision")
