"""Fetch or build the binary once for the whole machine, however many start at the same time."""

import contextlib
import math
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starter.temporal_server.binary import cache_folder, cached_binary, working
from starter.temporal_server.child import Refused
from starter.temporal_server.lock import lock_within

Tell = Callable[[str], None]
"""Says one line to the person who waits."""
Maker = Callable[[Path, Tell], Awaitable[Path]]
"""Makes the binary inside the folder it is given, and returns where it lies there."""


async def kept(make: Maker, tell: Tell) -> Path:
    """Have `make` make the binary and move it into the cache, unless another process just did.

    The work happens in a folder of the cache, so that the last step is a rename, and is left clean:
    nothing of a failed or killed attempt is ever taken for the binary.
    """
    target = cached_binary()
    async with _one_at_a_time(tell):
        with contextlib.suppress(Refused):
            return await working(target)  # made while we waited
        workplace = cache_folder() / "making"
        try:
            _empty(workplace)
            made = await working(await make(workplace, tell))
            made.replace(target)
        except OSError as problem:
            raise Refused(f"{problem.filename or workplace}: {problem.strerror}") from problem
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    return target


def _empty(workplace: Path) -> None:
    if workplace.exists():
        shutil.rmtree(workplace)
    workplace.mkdir()


@contextlib.asynccontextmanager
async def _one_at_a_time(tell: Tell) -> AsyncIterator[None]:
    handle = _open_lock()
    try:
        if not await lock_within(handle, 0):
            tell("Temporal server: another process is fetching or building it; waiting for that.")
            await lock_within(handle, math.inf)
        yield
    finally:
        os.close(handle)


def _open_lock() -> int:
    folder = cached_binary().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise Refused(f"the cache {folder} cannot be written ({problem.strerror})") from problem
