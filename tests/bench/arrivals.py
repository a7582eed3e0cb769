"""Open-loop arrivals: each at its own moment, however long the earlier ones take."""

import asyncio
import time
from collections.abc import Awaitable, Callable

Act = Callable[[int, float], Awaitable[None]]
"""What an arrival does: it is told its number and the moment (epoch seconds) at which it was due."""


async def arrive(count: int, rate: float, act: Act) -> None:
    """Let `count` arrivals come, `rate` a second or all at once for 0, and wait until all are done.

    A late start counts against the measured thing: the due moment stays what the rate says it is.
    """
    clock = asyncio.get_running_loop().time
    began, began_epoch = clock(), time.time()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            after = number / rate if rate else 0.0
            await asyncio.sleep(max(0.0, began + after - clock()))
            group.create_task(_one(act, number, began_epoch + after))


async def _one(act: Act, number: int, due: float) -> None:
    await act(number, due)
