"""Children of this process: started, waited for until they listen, stopped, never left behind."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from starter.ending import Unable
from starter.temporal_server.tied import tied

_START_SECONDS = 60
_ROOT = Path(__file__).parents[2]


class Ended(Unable):
    """A child ended before its time; the text names its log."""


@dataclass
class Child:
    """A running program of ours; `said` is the first line it printed."""

    name: str
    process: Process
    log: Path
    said: str = ""
    stop_seconds: float = 15

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    async def kill(self) -> None:
        """End it like a power cut: no chance to finish anything."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), self.stop_seconds)
        except TimeoutError:
            await self.kill()


async def start(
    name: str, arguments: list[str], folder: Path, environment: Mapping[str, str], *, speaks: bool = True
) -> Child:
    """Start `python ARGUMENTS…`; with `speaks`, wait for the first line that it prints when it listens.

    Its errors go to a log in `folder`. It ends when this process ends, however that comes about.
    """
    log = folder / f"{name}.log"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *tied([sys.executable, *arguments]),
            stdin=DEVNULL,
            stdout=PIPE if speaks else errors,
            stderr=errors,
            cwd=_ROOT,
            env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
            # A Ctrl-C at the terminal is for the parent, which stops its children in order.
            start_new_session=True,
        )
    child = Child(name, process, log)
    if speaks:
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(child.stop)
            child.said = await _first_line(child)
            undo.pop_all()
    return child


async def _first_line(child: Child) -> str:
    output = child.process.stdout
    try:
        line = await asyncio.wait_for(output.readline(), _START_SECONDS) if output else b""
    except TimeoutError:
        line = b""
    if not line:
        raise Ended(f"{child.name} did not start.\n{_tail(child.log)}\nIts log: {child.log}")
    return line.decode().strip()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])


@contextlib.asynccontextmanager
async def stopping(child: Child) -> AsyncIterator[Child]:
    """Stop the child on leaving."""
    try:
        yield child
    finally:
        await child.stop()
