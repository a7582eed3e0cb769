"""The cross-reference: what an entity of ours is called in an outside system, both ways."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import CrossReferenceRow

SALES_DOCUMENT = "sales_document"
CUSTOMER = "customer"


class CrossReference(Frozen):
    """One link."""

    connection: str
    entity: str
    ours: str
    theirs: str
    label: str
    bound_at: datetime


def reference_row(
    connection: str, entity: str, *, ours: str, theirs: str, label: str, now: datetime
) -> dict[str, Any]:
    """Return the row of a link."""
    return {
        "connection": connection,
        "entity": entity,
        "ours": ours,
        "theirs": theirs,
        "label": label,
        "bound_at": now,
    }


class CrossReferences:
    """Links between our entities and theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(
        self, connection: str, entity: str, *, ours: str, theirs: str, label: str, now: datetime
    ) -> bool:
        """Add a link; return False when either side is linked already."""
        row = reference_row(connection, entity, ours=ours, theirs=theirs, label=label, now=now)
        return await self._database.write(
            lambda session: self._database.add_if_new(session, CrossReferenceRow, row)
        )

    async def find(self, wanted: str, limit: int = 50) -> tuple[CrossReference, ...]:
        """Find links by our id, their id or their number; `shop:1042` finds all documents of that order."""
        escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = (
            select(CrossReferenceRow)
            .where(
                or_(
                    col(CrossReferenceRow.ours) == wanted,
                    col(CrossReferenceRow.theirs) == wanted,
                    col(CrossReferenceRow.label) == wanted,
                    col(CrossReferenceRow.ours).like(f"{escaped}:%", escape="\\"),
                    col(CrossReferenceRow.theirs).like(f"%:{escaped}", escape="\\"),
                )
            )
            .order_by(col(CrossReferenceRow.id))
            .limit(limit)
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(CrossReference.model_validate(found.model_dump()) for found in rows)
