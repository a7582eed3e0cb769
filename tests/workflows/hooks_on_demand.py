"""Hooks that do what a test tells them: wait at a gate, answer as it says."""

from pathlib import Path
from typing import Any

import pytest

from tests.hook_packages import put
from tests.house import House, eventually

SOURCE = """
import asyncio
from domain.hooks import *

closed = set()
begun = []
answers = {}

async def at_gate(given: OrderFollowed) -> LateAnswer | None:
    begun.append(given.key)
    while "at_gate" in closed:
        await asyncio.sleep(0.02)
    return answers.get("at_gate")

def for_posting(given: OrderChecked) -> PostingAnswer | None:
    return answers.get("for_posting")
"""
SALES = {"do": "notify", "audience": "sales", "to": "sales@waybill.example"}
WAREHOUSE = {"do": "notify", "audience": "warehouse", "to": "wh@waybill.example"}
AT_GATE = {"do": "call_hook", "hook": "at_gate"}


def put_for_posting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a hook that is called before posting and return its module."""
    name = put(folder / "hooks", SOURCE, {"for_posting": "for_posting"})
    monkeypatch.syspath_prepend(str(folder / "hooks"))
    return __import__(name)


def calling_before_posting(raw: dict[str, Any]) -> None:
    raw["pairs"]["main"]["hooks"] = [{"point": "before_posting", "hook": "for_posting"}]


async def told(running: House, to: str) -> str:
    """Wait for a mail to somebody and return its text."""

    async def look() -> str | None:
        return next((mail.text for mail in running.mailbox.mails if to in mail.to[0]), None)

    return await eventually(look)
