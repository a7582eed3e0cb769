"""Cases of real orders, without persons, that drafts of rules are tried on."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlmodel import col

from domain.rules.case import Case
from records.database import Database
from records.rule_tables import RecordedCaseRow

_KEPT_FOR = timedelta(days=180)
"""Older orders say little of those to come."""


class RecordedCases:
    """The facts of each order as they were when it was checked last, or read from the store before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, case: Case) -> None:
        """Keep a case in place of the order's earlier one."""
        row = _row_of(case)
        await self._database.write(lambda session: self._database.put(session, RecordedCaseRow, row))

    async def record_first(self, case: Case) -> None:
        """Keep a case where there is none of the order yet."""
        row = _row_of(case)
        await self._database.write(lambda session: self._database.add_if_new(session, RecordedCaseRow, row))

    async def latest(self, most: int) -> tuple[Case, ...]:
        """Return the cases of the orders checked last, the newest first."""
        query = select(col(RecordedCaseRow.case)).order_by(col(RecordedCaseRow.at).desc()).limit(most)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(Case.model_validate(row) for row in rows)

    async def find(self, wanted: str) -> Case | None:
        """Return the case of an order by `connection:id` or the store's number; the newest of several."""
        connection, _, order_id = wanted.rpartition(":")
        fits = or_(col(RecordedCaseRow.number) == wanted, col(RecordedCaseRow.order_id) == order_id)
        if connection:
            fits = and_(
                col(RecordedCaseRow.connection) == connection, col(RecordedCaseRow.order_id) == order_id
            )
        query = (
            select(col(RecordedCaseRow.case)).where(fits).order_by(col(RecordedCaseRow.at).desc()).limit(1)
        )
        row = await self._database.read(lambda session: session.scalars(query).one_or_none())
        return Case.model_validate(row) if row else None

    async def forget_old(self, now: datetime) -> int:
        """Delete what is too old to say anything; return how many."""
        old = delete(RecordedCaseRow).where(col(RecordedCaseRow.at) < now - _KEPT_FOR)
        gone = old.returning(col(RecordedCaseRow.order_id))
        return await self._database.write(lambda session: len(session.execute(gone).all()))


def _row_of(case: Case) -> dict[str, Any]:
    order, bare = case.order, case.without_persons()
    return {
        "connection": order.connection,
        "order_id": order.store_id,
        "number": order.number[:80],
        "at": case.now,
        "case": bare.model_dump(mode="json", exclude_defaults=True),
    }
