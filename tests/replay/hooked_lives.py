"""Recorded lives of orders that ask expert rules and call hooks."""

import sys
import tempfile
from pathlib import Path

from domain.life import Asked
from domain.stages import Stage
from tests.hook_packages import put
from tests.house import House
from tests.workflows.placing import place
from tests.workflows.publishing import publish, rule

SOURCE = """
from domain.hooks import *

asked = []

def first_time_no(given: OrderCaptured) -> EarlyAnswer:
    asked.append(given.key)
    if len(asked) == 1:
        raise HookRefuses("look at the address")
    return EarlyAnswer(tags=("looked-at",))

def set_reference(given: OrderChecked) -> EarlyAnswer:
    return EarlyAnswer(fields={"reference": "MEMBER-1"})

async def wave(given: OrderFollowed) -> LateAnswer:
    return LateAnswer(tags=("waved",))
"""
HOOKS = {"first_time_no": "captured", "set_reference": "validated", "wave": "posted"}
PIECES = {"name": "dozens", "returns": "number", "body": "floor(pieces / 12)"}


async def hooked(house: House) -> str:
    """Held by a hook and continued; another sets a field, an expert rule lets a third be called."""
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), SOURCE, {name: name for name in HOOKS})
        sys.path.insert(0, folder)
        try:
            return await _live(house)
        finally:
            sys.path.remove(folder)


async def _live(house: House) -> str:
    called = {name: {"do": "call_hook", "hook": name} for name in HOOKS}
    dozens = {"fact": "expert.dozens", "is": "at_least", "value": "1"}
    await publish(
        house,
        rule("no", "captured", called["first_time_no"]),
        rule("reference", "validated", called["set_reference"]),
        rule("wave", "posted", called["wave"], **{"if": dozens}),
        experts=[PIECES],
    )
    order = place(house, {"sku": "WINE-RED-75", "quantity": 12})
    await house.until(order, Stage.HELD)
    await house.update(order, "continue_order", Asked(by="olga"))
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store and "waved" in view.tags)
    return house.handle(order).id
