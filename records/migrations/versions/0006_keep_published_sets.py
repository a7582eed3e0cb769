"""Keep published sets (rules, mappings) version by version, and the drafts of the next."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "published_set",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("rolled_back_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "number"),
    )


def downgrade() -> None:
    op.drop_table("published_set")
    op.drop_table("draft")
