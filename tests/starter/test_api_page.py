"""What docs/api.md shows can be done as it stands there."""

import asyncio
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.roles import RIGHTS, Right, Role
from domain.stages import Stage
from records.tokens import NewToken, Tokens
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.placing import CABINET, place

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


async def told(example: str, environment: dict[str, str]) -> list[object]:
    """Run an example as it stands, and return what was answered, command by command."""
    program = await asyncio.create_subprocess_exec(
        "bash",
        "-ec",
        example.replace("\ncurl", "\necho\ncurl"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    answer, _ = await program.communicate()
    assert program.returncode == 0, answer.decode()
    return [json.loads(line) for line in answer.decode().splitlines() if line]


async def environment_of(running: House) -> dict[str, str]:
    """Bring the page's two orders to where it finds them, and return what its commands name."""
    tokens = Tokens(running.waybill.database)
    ada = NewToken(name="ada", role=Role.ADMIN, created_by="test")
    dora = NewToken(name="dora", role=Role.APPROVER, person="dora", created_by="test")
    secrets = [await tokens.create(new, datetime.now(UTC)) for new in (ada, dora)]
    asked = await running.until(place(running, CABINET), Stage.AWAITING_APPROVAL)
    assert asked.approval is not None
    return {
        "PATH": str(Path(shutil.which("curl") or "").parent) + ":/usr/bin:/bin",
        "WAYBILL": running.gateway_url,
        "TOKEN": secrets[0],
        "DORA": secrets[1],
        "REQUEST": str(asked.approval.number),
        "REVISION": asked.approval.revision,
    }


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="needs curl and bash")
async def test_the_examples_do_what_the_page_says(temporal_server: TemporalServer, tmp_path: Path) -> None:
    async with house(temporal_server, tmp_path) as running:
        wrong = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
        await running.until(wrong, Stage.HELD)
        environment = await environment_of(running)
        approved = wrong + 1
        names = {"shop/1042": f"{running.store}/{wrong}", "shop:1042": f"{running.store}:{wrong}"}
        names["shop/1043"] = f"{running.store}/{approved}"

        answers = []
        for example in EXAMPLES:
            for name, real in names.items():
                example = example.replace(name, real)
            answers.append(await told(example, environment))

        assert [len(each) for each in answers] == [5, 2, 2, 3]
        await running.until(wrong, Stage.POSTED)
        await running.until(approved, Stage.POSTED)
        mapping = await running.waybill.published.current("mapping")
        assert mapping is not None
        assert mapping.note == "colours of the new catalogue"


def test_the_page_names_every_role() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)

    assert [name for name, _ in rows] == [role.value for role in Role]
    for role, (_, may) in zip(Role, rows, strict=True):
        assert ("approve" in may) == (Right.DECIDE in RIGHTS[role] and role is not Role.ADMIN)
