"""A lock between processes, on an open file."""

import asyncio
import fcntl


async def lock_within(handle: int, seconds: float) -> bool:
    """Take the lock on the open file; False when another holds it for longer than `seconds`.

    It is free again when every copy of `handle` is closed, also those that children inherited, and so
    also when their processes are killed.
    """
    now = asyncio.get_running_loop().time
    deadline = now() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if now() >= deadline:
                return False
            await asyncio.sleep(0.05)
        else:
            return True
