"""Keep what of its order a delivery is about: the return that a buyer asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("subject", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("inbox", "subject")
