"""What a floor is told to do and what it answers: files, because each floor is a process of its own."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from domain.model import Frozen
from starter.ending import Unable
from starter.stack.processes import start, stopping
from tests.bench.machine import Meter, Usage
from tests.bench.recording import Script

_LOG_LINES = 5


class Job(Frozen):
    """How many orders at which rate, how many before that do not count, and whose CPU to measure too."""

    count: int
    rate: float
    warm_up: int
    warm_up_rate: float
    pids: dict[str, int]


class LoopJob(Job):
    """Calls to repeat. `mark` keeps the keys of one run apart from those of all others."""

    scripts: tuple[Script, ...]
    shop_url: str
    sap_url: str
    sessions: int
    mark: str


class Step(Frozen):
    """One activity of the bare workflow: its payloads' sizes; `posts` is the one that stands for the post."""

    is_local: bool
    given: int
    returned: int
    posts: bool = False


class WorkflowJob(Job):
    """Steps to take, one after another."""

    steps: tuple[Step, ...]
    address: str
    mark: str


class Done(Frozen):
    """When each order was due and, where the floor itself knows, when it was posted (epoch seconds)."""

    due: dict[str, float]
    posted: dict[str, float] = Field(default_factory=dict)
    usage: Usage


AnyJob = TypeVar("AnyJob", bound=Job)


async def run_floor(name: str, job: Job, folder: Path, environment: Mapping[str, str]) -> Done:
    """Run `python -m tests.bench.NAME` with a job and return what it answers."""
    asked, answered = folder / f"{name}-job.json", folder / f"{name}-done.json"
    await asyncio.to_thread(asked.write_text, job.model_dump_json())
    arguments = ["-m", f"tests.bench.{name}", str(asked), str(answered)]
    child = await start(name, arguments, folder, environment, speaks=False)
    async with stopping(child):
        code = await child.process.wait()
    if code:
        said = "\n".join(child.log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
        raise Unable(f"The floor {name} ended with code {code}.\n{said}")
    return Done.model_validate_json(await asyncio.to_thread(answered.read_bytes))


async def answer(kind: type[AnyJob], work: Callable[[AnyJob], Awaitable[Done]]) -> None:
    """Do what the file named first on the command line says, and write the answer into the second."""
    asked, answered = map(Path, sys.argv[1:3])
    done = await work(kind.model_validate_json(await asyncio.to_thread(asked.read_bytes)))
    await asyncio.to_thread(answered.write_text, done.model_dump_json())


def meter_of(name: str, job: Job) -> Meter:
    """Start to measure this process under a name, and the others that the job names."""
    return Meter({name: os.getpid(), **job.pids})
