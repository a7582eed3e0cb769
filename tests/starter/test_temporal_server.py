"""The dev server as a child: with a real binary where one is to be had, with scripts where it must fail."""

import asyncio
import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from starter.ending import Unable
from starter.temporal_server import (
    NoTemporalBinary,
    ServerDidNotStart,
    dev_server,
    given_server,
    run,
    temporal_binary,
)
from starter.temporal_server.state import state_lock


@pytest.fixture(scope="module")
def binary() -> Path:
    try:
        return asyncio.run(temporal_binary())
    except NoTemporalBinary as reason:
        pytest.skip(str(reason))


@activity.defn
async def greet(name: str) -> str:
    return f"Hello {name}"


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(greet, name, start_to_close_timeout=timedelta(seconds=10))


def ended_within(pid: int, seconds: float) -> bool:
    """Wait for the end of a process that need not be our child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def is_alive(pid: int | None) -> bool:
    return pid is not None and not ended_within(pid, 0)


async def test_workflow_runs_on_a_server_that_leaves_nothing_behind(binary: Path) -> None:
    async with dev_server(binary=binary) as server:
        client = await Client.connect(**server.connect)
        worker = Worker(
            client,
            task_queue="greetings",
            workflows=[Greeting],
            activities=[greet],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with worker:
            said = await client.execute_workflow(Greeting.run, "Anna", id="greeting", task_queue="greetings")
        alive_meanwhile = is_alive(server.pid)

    assert said == "Hello Anna"
    assert alive_meanwhile
    assert not is_alive(server.pid)
    assert server.log_file is not None
    assert not server.log_file.parent.exists()


async def test_state_file_outlives_the_server_and_takes_new_search_attributes(
    binary: Path, tmp_path: Path
) -> None:
    stage = SearchAttributeKey.for_keyword("Stage")
    state_file = tmp_path / "var" / "temporal.db"
    async with dev_server(
        binary=binary, state_file=state_file, search_attributes={"Store": "Keyword"}
    ) as server:
        client = await Client.connect(**server.connect)
        await client.start_workflow("Order", id="order:1", task_queue="nobody")

    again = dev_server(
        binary=binary, state_file=state_file, search_attributes={"Store": "Keyword", "Stage": "Keyword"}
    )
    async with again as server:
        client = await Client.connect(**server.connect)
        old = await client.get_workflow_handle("order:1").describe()
        attributes = TypedSearchAttributes([SearchAttributePair(stage, "posted")])
        handle = await client.start_workflow(
            "Order", id="order:2", task_queue="nobody", search_attributes=attributes
        )
        new = await handle.describe()

    assert old.workflow_type == "Order"
    assert new.typed_search_attributes[stage] == "posted"
    assert journal_mode(state_file) == "wal"


def journal_mode(state_file: Path) -> str:
    connection = sqlite3.connect(state_file)
    try:
        return str(connection.execute("pragma journal_mode").fetchone()[0])
    finally:
        connection.close()


async def test_search_attribute_of_another_type_is_refused(binary: Path, tmp_path: Path) -> None:
    state_file = tmp_path / "temporal.db"
    async with dev_server(binary=binary, state_file=state_file, search_attributes={"Total": "Keyword"}):
        pass

    with pytest.raises(ServerDidNotStart, match="Total already exists and has different type"):
        async with dev_server(binary=binary, state_file=state_file, search_attributes={"Total": "Int"}):
            pass


async def test_ui_answers_at_its_url(binary: Path) -> None:
    async with dev_server(binary=binary, ui=True) as server:
        assert server.ui_url is not None
        status = await asyncio.to_thread(status_of, server.ui_url)

    assert status == 200


def status_of(url: str) -> int:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server on loopback
        return int(answer.status)


PARENT = """
import asyncio, sys
from pathlib import Path
from starter.temporal_server import dev_server

async def main():
    async with dev_server(state_file=Path(sys.argv[1]), binary=Path(sys.argv[2])) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent's life")
def test_server_ends_with_a_parent_that_is_killed(binary: Path, tmp_path: Path) -> None:
    state_file = tmp_path / "temporal.db"
    command = [sys.executable, "-c", PARENT, str(state_file), str(binary)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    assert ended_within(pid, 15)


async def test_state_file_serves_one_server_at_a_time(tmp_path: Path) -> None:
    state_file = tmp_path / "temporal.db"
    async with state_lock(state_file) as lock:
        lock.sign(4711)

        with pytest.raises(ServerDidNotStart, match=rf"\(process 4711\) uses {state_file}"):
            async with state_lock(state_file, patience_seconds=0):
                pass

    async with state_lock(state_file, patience_seconds=0):
        pass


async def test_given_port_that_is_taken_is_named(binary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(ServerDidNotStart, match=f"Port {port} is taken"):
            async with dev_server(binary=binary, port=port):
                pass


async def test_ports_taken_in_between_are_chosen_anew(binary: Path, tmp_path: Path) -> None:
    body = f"""
if [ "$1" = server ] && [ ! -e {tmp_path}/tried ]; then
  touch {tmp_path}/tried; echo "Error: can't set port: bind: address already in use"; exit 1
fi
exec {binary} "$@"
"""
    async with dev_server(binary=script(tmp_path, body)) as server:
        client = await Client.connect(**server.connect)
        assert await client.service_client.check_health()

    assert (tmp_path / "tried").exists()


async def test_a_server_that_panics_is_tried_again_and_its_panic_is_told(tmp_path: Path) -> None:
    """Its own parts choose ports, too; the stack trace below the panic says nothing of use."""
    trace = "; ".join(f"echo 'main.go:{line}'" for line in range(30))
    body = f"echo tried >> {tmp_path}/tries; echo 'panic: listen tcp: no luck'; echo; {trace}; exit 2"

    with pytest.raises(
        ServerDidNotStart, match=r"(?s)code 2 at its start.*panic: listen tcp: no luck.*5 times"
    ):
        async with dev_server(binary=script(tmp_path, body)):
            pass

    assert (tmp_path / "tries").read_text().count("tried") == 5


async def test_server_that_ends_at_once_is_reported_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(ServerDidNotStart, match=r"(?s)ended with code 3 at its start.*the disk is full"):
        async with dev_server(binary=script(tmp_path, "echo 'Error: the disk is full' >&2; exit 3")):
            pass


STUBBORN = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])))
while True:
    listener.accept()
"""


async def test_server_that_ignores_the_stop_signal_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    stubborn = script(tmp_path, f'[ "$1" = operator ] || exec {sys.executable} {tmp_path}/stubborn.py "$@"')
    monkeypatch.setattr(run, "STOP_SECONDS", 0.1)

    async with dev_server(binary=stubborn, state_file=tmp_path / "temporal.db") as server:
        alive_meanwhile = is_alive(server.pid)

    assert alive_meanwhile
    assert not is_alive(server.pid)


def script(folder: Path, body: str) -> Path:
    path = folder / "temporal"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)


@pytest.mark.usefixtures("without_settings")
async def test_server_named_by_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "orders")

    given = given_server()

    assert given is not None
    async with given as server:
        assert (server.address, server.pid, server.ui_url) == ("temporal.example:7233", None, None)
        assert server.connect["namespace"] == "orders"


@pytest.mark.usefixtures("without_settings")
def test_no_server_is_given_without_an_address() -> None:
    assert given_server() is None


@pytest.mark.usefixtures("without_settings")
def test_unknown_profile_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "nowhere")

    with pytest.raises(Unable, match="'nowhere' not found"):
        given_server()


HOSTILE: list[Mapping[str, str]] = [
    {"TEMPORAL_ADDRESS": "elsewhere.example:1", "TEMPORAL_TLS": "true"},
    {"TEMPORAL_PROFILE": "nowhere"},
]


@pytest.mark.parametrize("settings", HOSTILE)
async def test_own_server_starts_whatever_the_environment_says(
    binary: Path, monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    async with dev_server(binary=binary) as server:
        assert server.address.startswith("127.0.0.1:")
