"""Notices: each mail has a key, is reserved before it is sent and marked after."""

from datetime import datetime

from sqlalchemy.orm import Session

from records.database import Database
from records.tables import NoticeRow

SENDING, SENT = "sending", "sent"


class Notices:
    """What was sent to whom, once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, key: str, connection: str, now: datetime) -> bool:
        """Reserve a notice before it is sent; return False when it went out already.

        One that was reserved and never marked may have gone out: it is sent again with its Message-ID.
        """
        row = {"key": key, "connection": connection, "state": SENDING, "answer": "", "updated_at": now}

        def reserve(session: Session) -> bool:
            if self._database.add_if_new(session, NoticeRow, row):
                return True
            return session.get_one(NoticeRow, key).state != SENT

        return await self._database.write(reserve)

    async def note_sent(self, key: str, answer: str, now: datetime) -> None:
        """Note that the notice went out, with the mail server's answer."""

        def note(session: Session) -> None:
            row = session.get_one(NoticeRow, key)
            row.state, row.answer, row.updated_at = SENT, answer[:500], now

        await self._database.write(note)
