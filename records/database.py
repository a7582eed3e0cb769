"""Open the database: SQLite in a file by default, PostgreSQL by URL; the same code for both."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, inspect, literal, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import SQLModel

from domain.errors import BadConfiguration, Passing

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class DatabaseGone(Passing):
    """Our own database does not answer or cannot write."""

    code = "database_gone"
    remedy = "Bring the database back, or make room on its disk; nothing was lost."


def database_url(address: str) -> URL:
    """Return the URL with the driver we use; raise `BadConfiguration` for any other database."""
    try:
        url = make_url(address)
    except SQLAlchemyError:
        raise BadConfiguration("the database's address cannot be read", field="database") from None
    family = url.drivername.partition("+")[0]
    if family not in _DRIVERS:
        raise BadConfiguration(f"there is no support for {family} databases", field="database")
    return url.set(drivername=_DRIVERS[family])


class Database:
    """A pool of connections with two doors: `reading` and `writing`."""

    def __init__(self, address: str, *, most_connections: int = 10) -> None:
        self.url = database_url(address)
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        self._engine = self._create_engine(most_connections)
        self._writer = self._engine.execution_options(immediate=True)

    def _create_engine(self, most_connections: int) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(
                self.url, pool_size=most_connections, max_overflow=0, pool_pre_ping=True, pool_timeout=10
            )
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(self.url, pool_size=most_connections, connect_args={"timeout": 30})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads."""
        async with _translated(), AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed on leaving, or all undone."""
        async with (
            _translated(),
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def add_if_new(self, session: AsyncSession, table: type[SQLModel], row: Mapping[str, Any]) -> bool:
        """Insert a row unless a unique key already has it; return whether it was new."""
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        plain: Table = inspect(table).local_table
        added = insert(plain).values(**row).on_conflict_do_nothing().returning(literal(1))
        return (await session.execute(added)).first() is not None

    async def answers(self) -> None:
        """Raise `DatabaseGone` when it does not answer."""
        async with self.reading() as session:
            await session.execute(text("select 1"))

    async def close(self) -> None:
        """Give back all connections."""
        await self._engine.dispose()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (DBAPIError, OSError) as problem:
        raise DatabaseGone("the database does not answer", quote=type(problem).__name__) from problem


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN is deferred, and a deferred transaction that read before it writes
    # fails at once when another process wrote in between: we begin ourselves, see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
