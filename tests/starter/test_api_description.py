"""The API does what its description says: schemathesis asks every address with right and wrong data."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.roles import Role
from domain.stages import Stage
from records.tokens import NewToken, Tokens
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.placing import CABINET, place


async def settled(running: House) -> None:
    """Bring orders to the stages that commands differ by: posted, asked about, held."""
    await running.until(place(running), Stage.POSTED)
    await running.until(place(running, CABINET), Stage.AWAITING_APPROVAL)
    wrong = {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}}
    await running.until(place(running, wrong), Stage.HELD)


def patient(raw: dict[str, Any]) -> None:
    """Let schemathesis try as many wrong tokens as it likes."""
    raw["gateway"] = {"most_wrong_tokens": 10_000}


@pytest.mark.timeout(180)
async def test_every_address_does_what_the_description_says(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path, change=patient) as running:
        await settled(running)
        new = NewToken(name="tester", role=Role.ADMIN, person="dora", created_by="ada")
        secret = await Tokens(running.waybill.database).create(new, datetime.now(UTC))
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            *("run", f"{running.gateway_url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {secret}"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", "4", "--seed", "1", "--workers", "1"),
            *("--no-shrink", "--warnings", "off", "--no-color"),
        ]
        program = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        told, _ = await program.communicate()

    assert program.returncode == 0, told.decode()
