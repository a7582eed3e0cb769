"""The gateway as the process that runs in production: what it takes before a line of ours is run."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house import PATIENCE_SECONDS, SECRETS

ROOT = Path(__file__).parents[2]
SETTINGS = """
database = "sqlite:///{folder}/waybill.db"
secret = "env:SECRET"
[gateway]
port = 0
[connections.shop]
kind = "prestashop"
base_url = "http://127.0.0.1:9"
key = "env:KEY"
webhook_secrets = ["env:HOOK"]
[connections.sap]
kind = "sap_business_one"
base_url = "http://127.0.0.1:9"
company = "SBODEMOFR"
user = "web"
password = "env:PASSWORD"
tax_codes = {{ "20" = "A1" }}
[pairs.main]
store = "shop"
erp = "sap"
"""
LARGEST_HEAD = 32 * 1024


@dataclass(frozen=True)
class Gateway:
    """A gateway in a process of its own, without any Temporal server."""

    host: str
    port: int

    async def answer(self, *parts: bytes) -> bytes:
        """Send parts of a request, as far as they are taken, and return the first line of the answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(self.host, self.port)
            try:
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                return await reader.readline()
            except ConnectionError:
                return b""
            finally:
                writer.close()


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = tmp_path / "waybill.toml"
    settings.write_text(SETTINGS.format(folder=tmp_path))
    variables = {**SECRETS, "WAYBILL_CONFIG": str(settings), "TEMPORAL_ADDRESS": "127.0.0.1:9"}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "starter.gateway",
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdout
    async with asyncio.timeout(PATIENCE_SECONDS):
        address = (await child.stdout.readline()).decode().strip()
    host, _, port = address.removeprefix("http://").partition(":")
    yield Gateway(host, int(port))
    child.terminate()
    await child.communicate()


async def test_a_head_is_bounded_in_one_header_and_in_many(process: Gateway) -> None:
    start = b"POST /webhooks/shop HTTP/1.1\r\nHost: x\r\n"
    many = [b"X-%d: %s\r\n" % (number, b"a" * 8000) for number in range(200)]

    good = await process.answer(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    one = await process.answer(start, b"X-A: ", *[b"b" * 65536] * 32)
    several = await process.answer(start, *many)

    assert b"200" in good
    assert one == b"" or b" 400 " in one
    assert several == b"" or b" 400 " in several


async def test_a_head_within_the_bound_is_taken(process: Gateway) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: %s\r\n\r\n" % (b"a" * (LARGEST_HEAD // 2))

    assert b"200" in await process.answer(head)


async def test_the_gateway_tells_nobody_what_it_is_made_of(process: Gateway) -> None:
    reader, writer = await asyncio.open_connection(process.host, process.port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    answer = await reader.read()

    writer.close()
    assert b"200" in answer.splitlines()[0]
    assert b"server:" not in answer.lower()
