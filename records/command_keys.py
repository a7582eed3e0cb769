"""The keys under which commands of the API count once, and which command each was given with."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from records.database import Database
from records.tables import CommandKeyRow


class CommandKeys:
    """Keys of commands; only hashes are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, key: str, command: str, now: datetime) -> bool:
        """Keep what a key was given with; False when it was given with another command before."""
        row = {"key": _digest(key), "command": _digest(command), "first_at": now}

        def claim(session: Session) -> bool:
            if self._database.add_if_new(session, CommandKeyRow, row):
                return True
            return session.get_one(CommandKeyRow, row["key"]).command == row["command"]

        return await self._database.write(claim)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
