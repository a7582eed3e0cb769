"""A database of its own for each test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from records.database import Database
from records.migrate import migrate


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    address = f"sqlite:///{tmp_path}/waybill.db"
    await asyncio.to_thread(migrate, address)
    opened = Database(address)
    yield opened
    await opened.close()
