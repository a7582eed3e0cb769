"""Houses for workflow tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from starter.temporal_server import TemporalServer
from tests.house import House, house


@pytest.fixture
async def running(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house with everything as it usually is."""
    async with house(temporal_server, tmp_path) as opened:
        yield opened
