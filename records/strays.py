"""Strays: what an outside system says that belongs to no order we can act on, parked for a person."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import StrayRow


class Stray(Frozen):
    """One of them: what it is (`delivery 4711`), why nothing was done, how often it was said."""

    connection: str
    what: str
    reason: str
    times: int
    first_at: datetime
    last_at: datetime


class Strays:
    """The parked ones; each is a row, however often it is said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def park(self, connection: str, what: str, reason: str, now: datetime) -> None:
        """Park something, or count it once more."""
        row = {
            "connection": connection,
            "what": what[:120],
            "reason": reason[:500],
            "times": 0,
            "first_at": now,
            "last_at": now,
        }

        def park(session: Session) -> None:
            self._database.add_if_new(session, StrayRow, row)
            kept = session.get_one(StrayRow, (connection, what[:120]))
            kept.times, kept.last_at, kept.reason = kept.times + 1, now, reason[:500]

        await self._database.write(park)

    async def all(self, limit: int = 1000) -> tuple[Stray, ...]:
        """Return them, the latest first."""
        query = select(StrayRow).order_by(col(StrayRow.last_at).desc()).limit(limit)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(Stray.model_validate(row.model_dump()) for row in rows)

    async def put_aside(self, connection: str, what: str) -> bool:
        """Forget one that a person has dealt with; False when there is none."""
        query = (
            delete(StrayRow)
            .where(col(StrayRow.connection) == connection, col(StrayRow.what) == what)
            .returning(col(StrayRow.what))
        )
        return await self._database.write(lambda session: session.execute(query).first() is not None)
