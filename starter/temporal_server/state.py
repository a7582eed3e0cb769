"""The file a dev server keeps its state in: for one server at a time."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starter.temporal_server.lock import lock_within
from starter.temporal_server.server import ServerDidNotStart

PREDECESSOR_SECONDS = 15
"""A server that was told to stop, or lost its parent, needs little more than a second."""


@dataclass(frozen=True)
class StateLock:
    """The lock beside a state file, to be passed on to the server that uses the file."""

    handle: int

    def sign(self, pid: int) -> None:
        """Write down who uses the file, for the message another one gets."""
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, f"{pid}\n".encode(), 0)


@contextlib.asynccontextmanager
async def state_lock(
    state_file: Path, patience_seconds: float = PREDECESSOR_SECONDS
) -> AsyncIterator[StateLock]:
    """Hold the state file for one server; `ServerDidNotStart` when another one keeps it.

    The server inherits the lock. So a server that outlives its parent for a moment still holds the file,
    and two servers never write to it.
    """
    state_file.parent.mkdir(parents=True, exist_ok=True)
    lock_file = state_file.with_name(state_file.name + ".lock")
    handle = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not await lock_within(handle, patience_seconds):
            holder = os.pread(handle, 20, 0).decode().strip() or "unknown"
            raise ServerDidNotStart(
                f"Another Temporal server (process {holder}) uses {state_file}. "
                "Stop it first, or give this one another state file."
            )
        yield StateLock(handle)
    finally:
        os.close(handle)
