"""The same tests run on a SQLite file and, where PostgreSQL is installed, on a server of their own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from records.database import Database
from records.migrate import migrate

from .postgres import postgres_server, programs


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    if programs() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine (Debian: apt install postgresql)")
    # Not under pytest's own folder: that one is closed to the normal user the server runs as.
    with tempfile.TemporaryDirectory(prefix="waybill-pg-") as folder, postgres_server(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/waybill.db"
    server: str = request.getfixturevalue("postgres")
    name = f"waybill_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    migrate(address)
    opened = Database(address)
    yield opened
    await opened.close()
