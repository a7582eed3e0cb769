"""Fixtures for all tests, and a safe end: the Temporal SDK may crash an interpreter that ends by itself."""

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from starter.ending import end_at_exit
from starter.temporal_server import NoTemporalBinary, TemporalServer, dev_server, temporal_binary
from tests.postgres import postgres_server, programs

_exit_code: int | None = None


def pytest_configure() -> None:
    # A test machine may stand still for longer than the two seconds after which the SDK takes a workflow
    # for hung and breaks into its thread; one that really hangs is ended by the time limit of its test.
    os.environ.setdefault("TEMPORAL_DEBUG", "1")
    end_at_exit(lambda: _exit_code)


def pytest_collection_finish() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: 300,000 objects that stay."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    global _exit_code
    _exit_code = int(session.exitstatus)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_server() -> AsyncIterator[TemporalServer]:
    """One Temporal dev server in memory for the whole run."""
    from starter.stack.house import SERVER_SEARCH_ATTRIBUTES

    try:
        binary = await temporal_binary()
    except NoTemporalBinary as missing:
        pytest.skip(f"no Temporal server on this machine: {missing}")
    async with dev_server(binary=binary, search_attributes=SERVER_SEARCH_ATTRIBUTES) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    if programs() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine (Debian: apt install postgresql)")
    # Not under pytest's own folder: that one is closed to the normal user the server runs as.
    with tempfile.TemporaryDirectory(prefix="waybill-pg-") as folder, postgres_server(Path(folder)) as url:
        yield url
