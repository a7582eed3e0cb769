"""Run a command to its end and read what it said; never longer than it may take."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path


class Refused(Exception):
    """A step that did not work; the text says why, in words for the person at the terminal."""


class NothingThere(Refused):
    """A step this machine has nothing for: worth a word only when all others fail too."""


@contextlib.asynccontextmanager
async def running(
    arguments: Sequence[str | Path], environment: Mapping[str, str] | None = None, place: Path | None = None
) -> AsyncIterator[Process]:
    """Start a command with its output in a pipe; whatever happens, it does not outlive the block."""
    try:
        child = await asyncio.create_subprocess_exec(
            *map(str, arguments),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=environment,
            cwd=place,
            start_new_session=True,
        )
    except OSError as problem:
        raise Refused(f"{arguments[0]} does not run ({problem.strerror})") from problem
    try:
        yield child
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # its own children too, such as Go's compilers
            await child.wait()


async def output_of(
    arguments: Sequence[str | Path], seconds: float, environment: Mapping[str, str] | None = None
) -> str:
    """Return what the command printed; `Refused` when it fails or takes longer than `seconds`."""
    name = Path(arguments[0]).name
    async with running(arguments, environment) as child:
        try:
            printed, _ = await asyncio.wait_for(child.communicate(), seconds)
        except TimeoutError as problem:
            raise Refused(f"{name} did not answer in {seconds:.0f} s") from problem
    text = printed.decode(errors="replace").strip()
    if child.returncode:
        raise Refused(f"{name} ended with code {child.returncode}: {last_line(text)}")
    return text


async def lines_of(child: Process) -> AsyncIterator[str]:
    """Yield what a running command prints, line by line, until it closes its output."""
    while child.stdout and (line := await child.stdout.readline()):
        yield line.decode(errors="replace").rstrip()


def last_line(text: str) -> str:
    """Return the last line that says something: where a failed command names its reason."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
