"""Programs that the local machine starts: none is left behind when it does not come up."""

import asyncio
import os
from pathlib import Path

import pytest

from starter.stack.processes import Ended, start
from tests.house import eventually

SILENT = ["-c", "import os, sys, time; print(os.getpid(), file=sys.stderr); time.sleep(600)"]


async def test_a_program_that_ends_at_once_is_named_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(Ended, match=r"(?s)mailbox did not start.*out of stamps.*mailbox\.log"):
        await start("mailbox", ["-c", "raise SystemExit('out of stamps')"], tmp_path, {})


async def test_a_start_that_is_given_up_leaves_nothing_running(tmp_path: Path) -> None:
    log = tmp_path / "mailbox.log"
    starting = asyncio.create_task(start("mailbox", SILENT, tmp_path, {}))

    async def process_id() -> int | None:
        text = log.read_text() if log.exists() else ""
        return int(text) if text.endswith("\n") else None

    found = await eventually(process_id)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    with pytest.raises(ProcessLookupError):
        os.kill(found, 0)
