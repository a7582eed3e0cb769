"""Where the Temporal binary comes from: five ways, in order, each with its reason when it leads nowhere."""

import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starter.ending import Unable
from starter.temporal_server.binary import cached_binary, working
from starter.temporal_server.build import built
from starter.temporal_server.child import NothingThere, Refused
from starter.temporal_server.download import downloaded
from starter.temporal_server.keep import Tell, kept

VARIABLE = "WAYBILL_TEMPORAL_BINARY"


class NoTemporalBinary(Unable):
    """Every way to a Temporal binary led nowhere."""


@dataclass(frozen=True)
class Way:
    """One way to a binary: what it is called in messages, and the function that goes it."""

    name: str
    go: Callable[[Tell], Awaitable[Path]]


def tell_on_stderr(line: str) -> None:
    """Say one line where it does not mix with a command's output."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


async def named_by_variable(_: Tell) -> Path:
    """Use the binary that WAYBILL_TEMPORAL_BINARY names."""
    if not (named := os.environ.get(VARIABLE)):
        raise NothingThere("not set")
    return await working(_absolute(named))


async def on_path(_: Tell) -> Path:
    """Use the `temporal` a shell would find."""
    if (found := shutil.which("temporal")) is None:
        raise NothingThere("not there")
    return await working(_absolute(found))


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


async def in_cache(_: Tell) -> Path:
    """Use what an earlier download or build left."""
    if not (binary := cached_binary()).exists():
        raise NothingThere(f"{binary} is not there yet")
    return await working(binary)


async def by_download(tell: Tell) -> Path:
    """Let Temporal's SDK download it, and keep it."""
    return await kept(downloaded, tell)


async def by_build(tell: Tell) -> Path:
    """Build it with Go, and keep it."""
    return await kept(built, tell)


WAYS = (
    Way(f"the variable {VARIABLE}", named_by_variable),
    Way("temporal on PATH", on_path),
    Way("the cache", in_cache),
    Way("the download from temporal.download", by_download),
    Way("the build with Go", by_build),
)


async def temporal_binary(ways: Sequence[Way] = WAYS, tell: Tell = tell_on_stderr) -> Path:
    """Return the path of a Temporal binary that runs and is new enough.

    The first call on a machine may download 60 MB or build for some minutes, and says so on stderr;
    later ones take a moment. Raises `NoTemporalBinary` with every way tried and what to do.
    """
    tried: list[str] = []
    for way, following in zip(ways, [*ways[1:], None], strict=True):
        try:
            return await way.go(tell)
        except Refused as refusal:
            tried.append(f"{way.name}: {refusal}")
            if following and not isinstance(refusal, NothingThere):
                tell(f"Temporal server: {refusal}. Trying {following.name} next.")
    raise NoTemporalBinary(_what_to_do(tried))


def _what_to_do(tried: Sequence[str]) -> str:
    ways = "\n".join(f"  {number}. {reason}" for number, reason in enumerate(tried, 1))
    return (
        f"No Temporal server was found, and none could be fetched or built. Tried:\n{ways}\n"
        "What helps: install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH,\n"
        f"or name its binary in {VARIABLE}, or name a running server in TEMPORAL_ADDRESS."
    )
