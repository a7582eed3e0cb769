"""Notices: each mail has a key, is reserved before it is sent and marked after."""

from datetime import datetime

from records.database import Database
from records.tables import NoticeRow


class Notices:
    """What was sent to whom, once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def was_sent(self, key: str) -> bool:
        """Whether the notice went out, or may have."""
        return await self._database.read(lambda session: session.get(NoticeRow, key) is not None)

    async def note_sent(self, key: str, connection: str, answer: str, now: datetime) -> None:
        """Note that the notice went out, with the mail server's answer."""
        row = {
            "key": key,
            "connection": connection,
            "state": "sent",
            "answer": answer[:500],
            "updated_at": now,
        }
        await self._database.write(lambda session: self._database.add_if_new(session, NoticeRow, row))
