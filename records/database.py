"""Open the database: SQLite in a file by default, PostgreSQL by URL; the same code for both."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Table,
    create_engine,
    event,
    func,
    inspect,
    literal,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from domain.errors import BadConfiguration, Passing

Result = TypeVar("Result")
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


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


def make_folder(file: str) -> None:
    """Make the folder of a SQLite file; raise `BadConfiguration` when that is not possible."""
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadConfiguration(
            f"the database's folder cannot be made ({problem.strerror})",
            field="database",
            remedy="Name a folder in `database` that this user may write to.",
        ) from None


class Database:
    """A pool of connections with two doors: `read` and `write`.

    Work runs in threads: a statement costs no switch of the event loop, and a task that is cancelled
    leaves no connection behind.
    """

    def __init__(self, address: str, *, most_connections: int = 10) -> None:
        self.url = database_url(address)
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        self._engine = self._create_engine(most_connections)
        self._writer = self._engine.execution_options(immediate=True)
        self._threads = ThreadPoolExecutor(most_connections, thread_name_prefix="records")
        # SQLite takes one write at a time; whoever finds it busy sleeps and tries again. A queue is faster.
        self._writing = (
            ThreadPoolExecutor(1, thread_name_prefix="writes") if self.is_sqlite else self._threads
        )

    def _create_engine(self, most_connections: int) -> Engine:
        if not self.is_sqlite:
            return self._create_postgresql_engine(most_connections)
        if self.url.database:
            make_folder(self.url.database)
        engine = create_engine(
            self.url,
            pool_size=most_connections,
            connect_args={"timeout": 30, "check_same_thread": False},
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _create_postgresql_engine(self, most_connections: int) -> Engine:
        from records.postgresql import prepare

        engine = create_engine(
            self.url,
            pool_size=most_connections,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,
        )
        event.listen(engine, "connect", prepare)
        return engine

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run work that only reads. Raises `DatabaseGone`."""

        def reading() -> Result:
            with _translated(), Session(self._engine, expire_on_commit=False) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._threads, reading)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run work whose changes are committed at its end, or all undone. Raises `DatabaseGone`."""

        def writing() -> Result:
            with _translated(), Session(self._writer, expire_on_commit=False) as session, session.begin():
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._writing, writing)

    def add_if_new(self, session: Session, table: type[SQLModel], row: Mapping[str, Any]) -> bool:
        """Insert a row unless a unique key already has it; return whether it was new."""
        return session.execute(_insert_if_new(table, self.is_sqlite), dict(row)).first() is not None

    def put(self, session: Session, table: type[SQLModel], row: Mapping[str, Any]) -> None:
        """Insert a row, or write it over the one that has its key: one statement, whichever it is."""
        session.execute(_put(table, self.is_sqlite), dict(row))

    def json_items(self, column: Any, name: str) -> Any:
        """Return the members of an object inside a JSON column as a table of `key` and `value` texts."""
        if self.is_sqlite:
            return func.json_each(column, f"$.{name}").table_valued("key", "value")
        return func.json_each_text(column[name]).table_valued("key", "value")

    async def answers(self) -> None:
        """Raise `DatabaseGone` when it does not answer."""
        await self.read(lambda session: session.execute(text("select 1")))

    async def close(self) -> None:
        """Let work under way finish, and give back all connections."""
        for threads in (self._threads, self._writing):
            await asyncio.to_thread(threads.shutdown)
        self._engine.dispose()


def table_of(rows: type[SQLModel]) -> Table:
    """Return the table of a class of rows, for statements that know nothing of objects."""
    table: Table = inspect(rows).local_table
    return table


@cache
def _insert_if_new(table: type[SQLModel], is_sqlite: bool) -> Insert:
    # Built once: to build a statement costs more than to run it.
    insert = sqlite.insert if is_sqlite else postgresql.insert
    return insert(table_of(table)).on_conflict_do_nothing().returning(literal(1))


@cache
def _put(table: type[SQLModel], is_sqlite: bool) -> Insert:
    rows = table_of(table)
    insert = sqlite.insert(rows) if is_sqlite else postgresql.insert(rows)
    written = {column.name: insert.excluded[column.name] for column in rows.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(rows.primary_key.columns), set_=written)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, ProgrammingError, OSError) as problem:
        if "no such table" in str(problem.args) or "UndefinedTable" in str(problem.args):
            raise BadConfiguration(
                "the database has no tables yet",
                field="database",
                remedy="Start a worker or run `waybill doctor`: either creates them.",
            ) from None
        if isinstance(problem, ProgrammingError):
            raise
        raise DatabaseGone("the database does not answer", quote=type(problem).__name__) from None
    except SQLAlchemyTimeout as problem:
        raise DatabaseGone("no connection to the database is free", quote=type(problem).__name__) from None


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
