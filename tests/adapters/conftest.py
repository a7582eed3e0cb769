"""Fixtures of adapters that several files of tests use."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.adapters.zen_engine import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One engine for all tests that do not end it."""
    with asyncio.Runner() as runner:
        made = Engine(runner)
        yield made
        made.close()
