"""Count the values that mappings lack."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unmapped_value",
        sa.Column("pair", sa.String(length=40), nullable=False),
        sa.Column("value_table", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", UtcTime(), nullable=False),
        sa.Column("last_seen", UtcTime(), nullable=False),
        sa.Column("example", sa.String(length=160), nullable=False),
        sa.Column("latest", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("pair", "value_table", "value"),
    )


def downgrade() -> None:
    op.drop_table("unmapped_value")
