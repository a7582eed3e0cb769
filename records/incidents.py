"""Incidents: one open row for a connection in trouble, however many orders wait for it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from domain.errors import Problem
from domain.model import Frozen
from records.database import Database
from records.tables import IncidentRow


class Incident(Frozen):
    """Trouble of a whole connection."""

    connection: str
    code: str
    sentence: str
    since: datetime


class Incidents:
    """Which connections are in trouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, connection: str, problem: Problem, now: datetime) -> bool:
        """Open an incident; return False when the connection has one already."""
        row = {
            "connection": connection,
            "open_for": connection,
            "code": problem.code,
            "sentence": problem.sentence[:500],
            "since": now,
        }
        return await self._database.write(
            lambda session: self._database.add_if_new(session, IncidentRow, row)
        )

    async def end(self, connection: str, now: datetime) -> bool:
        """End the connection's incident; return False when it had none."""
        change = (
            update(IncidentRow)
            .where(col(IncidentRow.open_for) == connection)
            .values(open_for=None, ended_at=now)
            .returning(col(IncidentRow.id))
        )
        return await self._database.write(lambda session: session.execute(change).first() is not None)

    async def open_ones(self) -> tuple[Incident, ...]:
        """Return the open incidents, oldest first."""
        query = (
            select(IncidentRow).where(col(IncidentRow.open_for).is_not(None)).order_by(col(IncidentRow.since))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(Incident.model_validate(row.model_dump()) for row in rows)
