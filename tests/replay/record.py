"""Record the histories anew: `make record`. Look at what changed before you commit it."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from starter.ending import run
from starter.stack.house import SERVER_SEARCH_ATTRIBUTES
from starter.temporal_server import dev_server
from tests.house import house
from tests.replay import approval_lives, later_lives, store_lives
from tests.replay.scenarios import SCENARIOS

OPTIONS = {**later_lives.OPTIONS, **approval_lives.OPTIONS, **store_lives.OPTIONS}
HISTORIES = Path(__file__).parent / "histories"


async def record(names: tuple[str, ...]) -> None:
    """Play each scenario in a house of its own and keep its history."""
    async with dev_server(search_attributes=SERVER_SEARCH_ATTRIBUTES) as server:
        for name in names or tuple(SCENARIOS):
            with tempfile.TemporaryDirectory() as folder:
                async with house(server, Path(folder), **OPTIONS.get(name, {})) as running:
                    workflow_id = await SCENARIOS[name](running)
                    history = await running.client.get_workflow_handle(workflow_id).fetch_history()
            text = json.dumps({"workflow_id": workflow_id, **json.loads(history.to_json())}, indent=1)
            await asyncio.to_thread((HISTORIES / f"{name}.json").write_text, text + "\n", "utf-8")
            sys.stdout.write(f"recorded {name}: {len(history.events)} events\n")


if __name__ == "__main__":
    run(lambda: record(tuple(sys.argv[1:])))
