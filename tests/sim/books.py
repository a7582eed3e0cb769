"""The books of posting keys, kept without threads so that a schedule repeats exactly.

`Postings` is the real one each time; what differs is where its rows are: in a dictionary, for thousands of
schedules, or in a real database, to see that it makes no difference.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from records.database import Database
from records.postings import Postings
from records.tables import CrossReferenceRow, PostingRow
from tests.sim.world import pause

Result = TypeVar("Result")


class InlineDatabase(Database):
    """SQLite in memory. A worker can die or be slow before and after each transaction, never within one."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        SQLModel.metadata.create_all(self._engine)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run work that only reads."""
        return await self.write(work)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run work as one transaction."""
        await pause("before a transaction", stalls=True)
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            result = work(session)
        await pause("after a transaction")
        return result


class Shelf:
    """Rows in a dictionary, with the few words of a session that `Postings` speaks."""

    def __init__(self) -> None:
        self.postings: dict[str, PostingRow] = {}
        self.references: dict[tuple[str, str, str], CrossReferenceRow] = {}

    def get(self, _table: type[PostingRow], key: str) -> PostingRow | None:
        """Return a row by its key."""
        return self.postings.get(key)


class ShelfDatabase:
    """Keeps rows on a shelf; the same pauses as a database has."""

    def __init__(self) -> None:
        self.shelf = Shelf()

    async def write(self, work: Callable[[Any], Result]) -> Result:
        """Run work as one transaction."""
        await pause("before a transaction", stalls=True)
        result = work(self.shelf)
        await pause("after a transaction")
        return result

    read = write

    def add_if_new(self, shelf: Shelf, table: type[SQLModel], row: Mapping[str, Any]) -> bool:
        """Put a row on the shelf unless its key is there."""
        if table is PostingRow:
            return shelf.postings.setdefault(row["key"], added := PostingRow(**row)) is added
        name = (row["connection"], row["entity"], row["ours"])
        return shelf.references.setdefault(name, made := CrossReferenceRow(**row)) is made


class ShelfPostings(Postings):
    """The real books, with their rows on a shelf."""

    def __init__(self) -> None:
        super().__init__(cast("Database", ShelfDatabase()))

    def _row(self, session: Any, key: str) -> PostingRow:
        row: PostingRow = session.postings[key]
        return row


class ForgetfulPostings(ShelfPostings):
    """Books that do not remember what was sent: what the simulation must catch."""

    def _row(self, session: Any, key: str) -> PostingRow:
        row = super()._row(session, key)
        row.sent_at = row.lease_until = None
        return row
