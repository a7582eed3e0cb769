"""One machine for the tests of the command line."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from starter.stack import Stack, local_stack
from starter.stack.settings import Paces

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Machine:
    """A running machine and a terminal on it."""

    stack: Stack

    async def waybill(self, *arguments: str, **variables: str) -> Ran:
        """Run a command as a process of its own."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "starter.cli",
            *arguments,
            cwd=ROOT,
            env={**os.environ, **self.stack.environment, "COLUMNS": "200", "NO_COLOR": "1", **variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await child.communicate()
        return Ran(child.returncode or 0, out.decode(), err.decode())

    async def place(self, *lines: dict[str, Any], **facts: Any) -> str:
        """Place a paid order and return its number."""
        cart = {
            "customer": "anna.moreau@example.com",
            "module": "stripe_official",
            "lines": list(lines),
            **facts,
        }
        async with httpx.AsyncClient(base_url=self.stack.addresses.shop_url) as shop:
            answer = await shop.post("/shop/orders", json=cart)
        answer.raise_for_status()
        return str(answer.json()["orders"][0]["id_order"])

    async def until(self, order: str, *stages: str) -> dict[str, Any]:
        """Wait until the order is in one of the stages, as the command line shows it."""
        async with asyncio.timeout(60):
            while True:
                ran = await self.waybill("order", "show", f"shop:{order}", "--json")
                if ran.code == 0 and ran.json["stage"] in stages:
                    shown: dict[str, Any] = ran.json
                    return shown
                await asyncio.sleep(0.2)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def machine(tmp_path_factory: Any) -> AsyncIterator[Machine]:
    """Everything on one machine, for the whole session."""
    folder = tmp_path_factory.mktemp("machine")
    async with local_stack(folder, paces=Paces(reconcile_every="2s", erp_timeout="4s", settle="1s")) as stack:
        yield Machine(stack)
