"""The same tests run on a SQLite file and, where PostgreSQL is installed, on a server of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from records.database import Database
from records.migrate import migrate
from tests.postgres import new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/waybill.db"
    server: str = request.getfixturevalue("postgres")
    return new_database(server)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    migrate(address)
    opened = Database(address)
    yield opened
    await opened.close()
