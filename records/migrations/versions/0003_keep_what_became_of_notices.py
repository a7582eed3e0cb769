"""Keep what became of notices, and what was posted to whose webhook."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW_COLUMNS = {"order_id": 100, "event": 40, "about": 100, "channel": 20, "reference": 120}


def upgrade() -> None:
    for name, length in _NEW_COLUMNS.items():
        default = "mail" if name == "channel" else ""
        op.add_column("notice", sa.Column(name, sa.String(length), nullable=False, server_default=default))
    op.execute("update notice set state = 'reserved' where state = 'sending'")
    op.create_index("ix_notice_order", "notice", ["connection", "order_id"])
    op.create_index("ix_notice_reference", "notice", ["channel", "reference"])
    op.create_index("ix_notice_standing", "notice", ["channel", "event", "state"])
    _create_webhook_delivery()
    op.create_table(
        "webhook_endpoint",
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("failing_since", UtcTime(), nullable=True),
        sa.Column("disabled_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("endpoint"),
    )


def _create_webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_delivery_endpoint", "webhook_delivery", ["endpoint"])
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["at"])


def downgrade() -> None:
    op.drop_table("webhook_endpoint")
    op.drop_table("webhook_delivery")
    for name in ("ix_notice_standing", "ix_notice_reference", "ix_notice_order"):
        op.drop_index(name, "notice")
    op.execute("update notice set state = 'sending' where state = 'reserved'")
    for name in _NEW_COLUMNS:
        op.drop_column("notice", name)
