"""Values that the value tables of mappings lacked: how often, since when, for example in which order."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import UnmappedValueRow


class UnmappedValue(Frozen):
    """One value of one table of one pair. `example` and `latest` are orders, as `shop:1042`."""

    pair: str
    value_table: str
    value: str
    count: int
    first_seen: datetime
    last_seen: datetime
    example: str
    latest: str


class UnmappedValues:
    """What mappings lack."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, pair: str, values: Collection[tuple[str, str]], order: str, now: datetime) -> None:
        """Count values (table, value) that an order has and a mapping lacks.

        An order that is looked at again counts once, as long as no other order with the value came between.
        """
        wanted = {(table[:80], value[:100]) for table, value in values}

        def count(session: Session) -> None:
            for table, value in sorted(wanted):
                key = {"pair": pair, "value_table": table, "value": value}
                facts = {"count": 1, "first_seen": now, "last_seen": now, "example": order, "latest": order}
                if self._database.add_if_new(session, UnmappedValueRow, key | facts):
                    continue
                row = session.get_one(UnmappedValueRow, key, with_for_update=True)
                row.last_seen = now
                if row.latest != order:
                    row.count, row.latest = row.count + 1, order

        if wanted:
            await self._database.write(count)

    async def all(self, pair: str = "") -> tuple[UnmappedValue, ...]:
        """Return what is lacking, of one pair or of all, the most frequent first."""
        query = select(UnmappedValueRow).order_by(
            col(UnmappedValueRow.count).desc(),
            col(UnmappedValueRow.pair),
            col(UnmappedValueRow.value_table),
            col(UnmappedValueRow.value),
        )
        if pair:
            query = query.where(col(UnmappedValueRow.pair) == pair)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(UnmappedValue.model_validate(row.model_dump()) for row in rows)
