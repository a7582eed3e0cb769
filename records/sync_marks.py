"""How far each outside list was read."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from records.database import Database
from records.tables import SyncMarkRow


class SyncMarks:
    """One cursor for each connection and flow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self, connection: str, flow: str) -> dict[str, str]:
        """Return the cursor to go on from; empty when nothing was read yet."""

        def work(session: Session) -> dict[str, str]:
            row = session.get(SyncMarkRow, (connection, flow))
            return dict(row.cursor) if row else {}

        return await self._database.read(work)

    async def advance(self, connection: str, flow: str, cursor: Mapping[str, str], now: datetime) -> None:
        """Keep the cursor; called only after everything before it was kept."""

        def advance(session: Session) -> None:
            row = session.get(SyncMarkRow, (connection, flow), with_for_update=True)
            if row is None:
                session.add(
                    SyncMarkRow(connection=connection, flow=flow, cursor=dict(cursor), updated_at=now)
                )
            else:
                row.cursor, row.updated_at = dict(cursor), now

        await self._database.write(advance)
