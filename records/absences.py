"""When approvers are away. Absences are records, so that nobody edits a file on the day before a holiday."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import col

from domain.approvals.absences import Absence
from records.database import Database
from records.tables import AbsenceRow


class Absences:
    """The absences of approvers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, absence: Absence, by: str, now: datetime) -> None:
        """Note an absence; earlier ones of the same person stay."""
        row = AbsenceRow(**absence.model_dump(), noted_by=by[:80], noted_at=now)
        await self._database.write(lambda session: session.add(row))

    async def from_day(self, day: date) -> tuple[Absence, ...]:
        """Return the absences that are not over on a day, the first to begin in front."""
        query = (
            select(AbsenceRow)
            .where(col(AbsenceRow.last) >= day, col(AbsenceRow.ended_at).is_(None))
            .order_by(col(AbsenceRow.first), col(AbsenceRow.id))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(Absence.model_validate(row.model_dump()) for row in rows)

    async def end(self, approver: str, day: date, now: datetime, *, planned: bool = False) -> int:
        """End the absences of a person that have begun by a day, or the planned ones too; return how many."""
        ended = update(AbsenceRow).where(
            col(AbsenceRow.approver) == approver,
            col(AbsenceRow.last) >= day,
            col(AbsenceRow.ended_at).is_(None),
        )
        if not planned:
            ended = ended.where(col(AbsenceRow.first) <= day)
        query = ended.values(ended_at=now).returning(col(AbsenceRow.id))
        return await self._database.write(lambda session: len(session.execute(query).all()))
