"""Bring a database to the schema this code needs. Alembic does the work; it is safe to run at every start."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import InterfaceError, OperationalError

from domain.errors import BadConfiguration
from records.database import DatabaseGone, database_url, make_folder

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7261_3042
"""PostgreSQL's advisory lock for our migrations: two processes that start at once take turns."""


def alembic_config() -> Config:
    """Return Alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def migrate(address: str, revision: str = "head") -> None:
    """Migrate a database up (or down) to a revision.

    Raises `DatabaseGone` when it cannot be reached and `BadConfiguration` when a newer Waybill made it.
    """
    url = database_url(address)
    sqlite = url.drivername.startswith("sqlite")
    if sqlite and url.database:
        make_folder(url.database)
    engine = create_engine(url, hide_parameters=True)
    if sqlite:
        event.listen(engine, "connect", _wait_for_others)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            _refuse_newer(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command_for = command.downgrade if revision == "base" else command.upgrade
            command_for(config, revision)
    except (OperationalError, InterfaceError) as problem:
        raise DatabaseGone("the database does not answer", quote=type(problem).__name__) from None
    finally:
        engine.dispose()


def _refuse_newer(connection: Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if current is not None and current not in known:
        raise BadConfiguration(
            "the database was made by a newer Waybill", field="database", remedy="Install the newer version."
        )


def _wait_for_others(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
