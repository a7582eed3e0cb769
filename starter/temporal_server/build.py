"""The binary built from source with Go, from the pinned modules in deploy/temporal."""

import json
import shutil
from pathlib import Path

from starter.temporal_server.binary import TEMPORAL_VERSION
from starter.temporal_server.child import Refused, lines_of, output_of, running
from starter.temporal_server.keep import Tell
from starter.temporal_server.progress import BuildProgress
from starter.temporal_server.tied import tied
from starter.temporal_server.toolchain import find_go, go_environment

MODULE = Path(__file__).parents[2] / "deploy" / "temporal"
PACKAGE = "github.com/temporalio/cli/cmd/temporal"
NEEDED_BYTES = 4_500_000_000
"""Measured: 1.5 GB of modules, 1.9 GB of compiled packages, the toolchain and the binary."""


async def built(workplace: Path, tell: Tell, module: Path = MODULE) -> Path:
    """Build the binary in `workplace`: some minutes on two cores, with its progress on stderr.

    Go's module and build caches are the user's where the user has them; else they lie in `workplace`
    and go with it.
    """
    if not (module / "go.sum").exists():
        raise Refused(f"{module} is missing: the build needs Waybill's own checkout")
    go = await find_go(workplace, tell)
    caches = await _missing_caches(go, workplace)
    _check_space(workplace, caches)
    binary = workplace / "temporal"
    await _compile(go, binary, module, {**caches, "GOTMPDIR": _scratch(workplace)})
    return binary


async def _missing_caches(go: Path, workplace: Path) -> dict[str, str]:
    """Return a place of ours for each of Go's two caches that the user does not have yet."""
    said = await output_of([go, "env", "-json", "GOMODCACHE", "GOCACHE"], 20, go_environment())
    return {name: str(workplace / name) for name, path in json.loads(said).items() if not _is_there(path)}


def _is_there(folder: str) -> bool:
    return bool(folder) and Path(folder).is_dir()


def _check_space(workplace: Path, caches: dict[str, str]) -> None:
    free = shutil.disk_usage(workplace).free
    if caches and free < NEEDED_BYTES:
        raise Refused(
            f"{workplace.parent} has {free / 1e9:.1f} GB free and the build needs {NEEDED_BYTES / 1e9} GB"
        )


def _scratch(workplace: Path) -> str:
    scratch = workplace / "scratch"  # or a build that is killed leaves its own in the system's /tmp
    scratch.mkdir()
    return str(scratch)


async def _compile(go: Path, binary: Path, module: Path, places: dict[str, str]) -> None:
    stamp = f"-s -w -X github.com/temporalio/cli/internal/temporalcli.Version={TEMPORAL_VERSION}"
    command = [str(go), "build", "-v", "-buildvcs=false", "-ldflags", stamp, "-o", str(binary)]
    if "GOMODCACHE" in places:
        command.append("-modcacherw")  # else the module cache is read-only and cannot be removed
    complaint = "it said nothing"
    with BuildProgress(last_package=PACKAGE) as progress:
        async with running(tied([*command, PACKAGE]), go_environment(places), module) as child:
            async for line in lines_of(child):
                if not progress.saw(line):
                    complaint = line
            await child.wait()
    if child.returncode:
        raise Refused(f"go build ended with code {child.returncode}: {complaint}")
