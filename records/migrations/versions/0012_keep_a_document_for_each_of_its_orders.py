"""Keep a document for each of its orders."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = (
    *("origin", "kind", "entry", "connection", "order_id", "version"),
    *("sha256", "name", "size", "kept_at"),
)
_BEFORE, _ANEW = (
    sa.table(name, *(sa.column(column) for column in _COLUMNS)) for name in ("document", "document_anew")
)


def upgrade() -> None:
    _make_anew("origin", "kind", "entry", "connection", "order_id", "version")
    op.execute(_ANEW.insert().from_select(_COLUMNS, sa.select(_BEFORE)))
    _take_its_place()


def downgrade() -> None:
    _make_anew("origin", "kind", "entry", "version")
    before, other = _BEFORE.c, _BEFORE.alias()
    paper = [before[name] == other.c[name] for name in ("origin", "kind", "entry", "version")]
    earlier = other.c.connection + ":" + other.c.order_id < before.connection + ":" + before.order_id
    first = sa.select(_BEFORE).where(~sa.exists().where(*paper, earlier))
    op.execute(_ANEW.insert().from_select(_COLUMNS, first))
    _take_its_place()


def _make_anew(*key: str) -> None:
    # Not every database can give a table another key.
    op.create_table(
        "document_anew",
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )


def _take_its_place() -> None:
    op.drop_table("document")
    op.rename_table("document_anew", "document")
    op.create_index("ix_document_order", "document", ["connection", "order_id"])
