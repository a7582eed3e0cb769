"""Temporal's dev server as a child of this process: started, waited for, stopped, and never left behind."""

import asyncio
import contextlib
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from temporalio.envconfig import ClientConnectConfig

from starter.temporal_server.child import Refused, output_of
from starter.temporal_server.command import (
    Wanted,
    add_search_attributes_command,
    health_command,
    neutral_environment,
    start_command,
)
from starter.temporal_server.find import temporal_binary
from starter.temporal_server.ports import LOOPBACK, free_ports, is_taken
from starter.temporal_server.server import SearchAttributeType, ServerDidNotStart, TemporalServer
from starter.temporal_server.state import StateLock, state_lock

START_SECONDS = 30
STOP_SECONDS = 10
ATTEMPTS = 5


class _TryAgain(Exception):
    """The server fell over at its start in a way that another try may not.

    Somebody took a port between our choosing it and the server's listening on it: ours, or one that the
    server chose for one of its own parts, of which it dies in a panic. The text is for the last try.
    """


@contextlib.asynccontextmanager
async def dev_server(
    *,
    state_file: Path | None = None,
    ui: bool = False,
    port: int = 0,
    ui_port: int = 0,
    search_attributes: Mapping[str, SearchAttributeType] | None = None,
    dynamic_config: Mapping[str, object] | None = None,
    survive_power_loss: bool = False,
    log_file: Path | None = None,
    log_level: str = "warn",
    binary: Path | None = None,
) -> AsyncIterator[TemporalServer]:
    """Start a dev server on loopback with the namespace `default`, yield it, and stop it on leaving.

    Without `state_file` everything is in memory and forgotten. With it, workflows survive a restart and
    a kill; `survive_power_loss` makes every commit wait for the disk. Port 0 means a free one.
    `search_attributes` maps names to types; those a state file does not have yet are added. The log goes
    to `log_file`, else beside the state file, else to a temporary file.

    Raises `NoTemporalBinary` or `ServerDidNotStart`.
    """
    async with contextlib.AsyncExitStack() as stack:
        wanted = Wanted(
            binary=binary or await temporal_binary(),
            log_file=log_file or _default_log(state_file, stack),
            state_file=state_file,
            ui=ui,
            ports=(port, ui_port),
            search_attributes=search_attributes or {},
            dynamic_config=dynamic_config or {},
            survive_power_loss=survive_power_loss,
            log_level=log_level,
        )
        lock = await stack.enter_async_context(state_lock(state_file)) if state_file else None
        yield await _start(wanted, lock, stack)


def _default_log(state_file: Path | None, stack: contextlib.AsyncExitStack) -> Path:
    if state_file:
        return state_file.with_name(state_file.name + ".log")
    folder = tempfile.TemporaryDirectory(prefix="waybill-temporal-", ignore_cleanup_errors=True)
    return Path(stack.enter_context(folder)) / "temporal.log"


async def _start(wanted: Wanted, lock: StateLock | None, stack: contextlib.AsyncExitStack) -> TemporalServer:
    has_state, last = wanted.state_file is not None and wanted.state_file.exists(), ""
    for _ in range(ATTEMPTS):
        port, ui_port = _choose_ports(wanted)
        child = await _launch(start_command(wanted, port, ui_port), wanted.log_file, lock)
        stack.push_async_callback(_stop, child, 0 if wanted.state_file is None else STOP_SECONDS)
        try:
            await _until_ready(child, wanted, port, has_state)
        except _TryAgain as fall:
            last = str(fall)
            continue
        ui_url = f"http://{LOOPBACK}:{ui_port}" if wanted.ui else None
        connect = ClientConnectConfig(target_host=f"{LOOPBACK}:{port}", namespace="default")
        return TemporalServer(connect, ui_url, child, wanted.log_file)
    raise ServerDidNotStart(f"{last}\nIt was tried {ATTEMPTS} times.")


def _choose_ports(wanted: Wanted) -> tuple[int, int]:
    for fixed in wanted.ports:
        if fixed and is_taken(fixed):
            raise ServerDidNotStart(f"Port {fixed} is taken. Stop what listens there, or choose another.")
    free = free_ports(len(wanted.ports))
    return wanted.ports[0] or free[0], wanted.ports[1] or free[1]


async def _launch(command: list[str], log_file: Path, lock: StateLock | None) -> Process:
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
            env=neutral_environment(),
            pass_fds=(lock.handle,) if lock else (),
            # A Ctrl-C is for us: workers must still reach the server while they finish.
            start_new_session=True,
        )
    if lock:
        lock.sign(child.pid)
    return child


async def _until_ready(child: Process, wanted: Wanted, port: int, has_state: bool) -> None:
    address = f"{LOOPBACK}:{port}"
    try:
        async with asyncio.timeout(START_SECONDS):
            await _listening(child, wanted, port)
            await _serving(child, wanted, address)
            if has_state and wanted.search_attributes:
                # The server ignores its own option for them when the namespace exists already.
                await _ask(add_search_attributes_command(wanted, address))
    except TimeoutError as problem:
        late = f"The Temporal server did not answer in {START_SECONDS} s.\n{_tail(_said(wanted))}"
        raise ServerDidNotStart(late) from problem
    except Refused as problem:
        raise ServerDidNotStart(f"The Temporal server cannot be used: {problem}.") from problem


async def _listening(child: Process, wanted: Wanted, port: int) -> None:
    while True:
        _check_alive(child, wanted)
        with contextlib.suppress(ConnectionError):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.close()
            return
        await asyncio.sleep(0.02)


async def _serving(child: Process, wanted: Wanted, address: str) -> None:
    while True:
        with contextlib.suppress(Refused):
            await _ask(health_command(wanted, address))
            _check_alive(child, wanted)  # or it was a stranger on the same port that answered
            return
        _check_alive(child, wanted)
        await asyncio.sleep(0.05)


async def _ask(command: list[str]) -> None:
    await output_of(command, START_SECONDS, neutral_environment())


def _check_alive(child: Process, wanted: Wanted) -> None:
    if child.returncode is None:
        return
    said = _said(wanted)
    told = f"The Temporal server ended with code {child.returncode} at its start."
    text = f"{told} Its log is {wanted.log_file}.\n{_tail(said)}"
    if "address already in use" in said or "panic:" in said:
        raise _TryAgain(text)
    raise ServerDidNotStart(text)


def _said(wanted: Wanted) -> str:
    return wanted.log_file.read_text(errors="replace")


def _tail(said: str) -> str:
    """Return the last lines, or those that tell of a panic: a stack trace ends with nothing of use."""
    lines = said.splitlines()
    panic = next((number for number, line in enumerate(lines) if line.startswith("panic:")), None)
    return "\n".join(lines[-5:] if panic is None else lines[panic : panic + 2])


async def _stop(child: Process, grace_seconds: float) -> None:
    """Ask the server to stop, and kill it when it does not: at once where there is nothing to save."""
    try:
        if child.returncode is None and grace_seconds:
            child.terminate()
            await asyncio.wait_for(child.wait(), grace_seconds)
    except (TimeoutError, ProcessLookupError):
        pass
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
