"""Where the Temporal binary comes from: the order of the ways, and what each says when it leads nowhere."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from starter.temporal_server import NoTemporalBinary, temporal_binary
from starter.temporal_server.binary import TEMPORAL_VERSION, cached_binary
from starter.temporal_server.build import built
from starter.temporal_server.child import Refused
from starter.temporal_server.download import downloaded
from starter.temporal_server.find import WAYS, Way
from starter.temporal_server.keep import kept
from tests.starter.programs import NEW, OLD, program, says

LOCAL_WAYS = WAYS[:3]
pytestmark = pytest.mark.usefixtures("machine")


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.glob("**/*") if file.is_file()]


def empty(folder: Path) -> Path:
    new = folder / "empty"
    new.mkdir()
    return new


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
        await downloaded(empty(machine), told.append, fetch)
    assert told == []


async def test_silent_download_site_is_not_waited_for(machine: Path, told: list[str]) -> None:
    async def fetch(_: Path) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Refused, match="did not answer in 0 s"):
        await downloaded(empty(machine), told.append, fetch, answer_seconds=0)


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


def test_command_prints_the_path_and_nothing_else(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = says(machine / "own" / "temporal", NEW)
    monkeypatch.setenv("WAYBILL_TEMPORAL_BINARY", str(named))
    command = [sys.executable, "-m", "starter.temporal_server"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{named}\n", "")
