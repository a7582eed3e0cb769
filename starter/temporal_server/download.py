"""The binary by the download that Temporal's SDK does for its own test environments."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment

from starter.temporal_server.binary import TEMPORAL_VERSION
from starter.temporal_server.child import Refused
from starter.temporal_server.keep import Tell

ANSWER_SECONDS = 10
"""A network that refuses does so at once or never; either way the next way must not wait for it."""
WHOLE_SECONDS = 600

Fetch = Callable[[Path], Awaitable[None]]


async def fetch_with_sdk(folder: Path) -> None:
    """Have the SDK download into `folder`, which it does by starting a server once; stop that again.

    On a runtime of its own, so that a later `Runtime.set_default` finds no default in its way.
    """
    environment = await WorkflowEnvironment.start_local(
        download_dest_dir=str(folder),
        dev_server_download_version=f"v{TEMPORAL_VERSION}",
        dev_server_startup_timeout=timedelta(seconds=30),
        runtime=Runtime(telemetry=TelemetryConfig()),
    )
    await environment.shutdown()


async def downloaded(
    workplace: Path, tell: Tell, fetch: Fetch = fetch_with_sdk, answer_seconds: float = ANSWER_SECONDS
) -> Path:
    """Download the binary into `workplace`; `Refused` when the network or the site says no, or nothing."""
    fetching = asyncio.ensure_future(fetch(workplace))
    try:
        if not await _begins(fetching, workplace, answer_seconds):
            raise Refused(f"temporal.download did not answer in {answer_seconds:g} s")
        if not fetching.done():
            tell(f"Temporal server: downloading Temporal {TEMPORAL_VERSION} (about 60 MB), once.")
        await asyncio.wait_for(fetching, WHOLE_SECONDS)
    except TimeoutError as problem:
        raise Refused(f"the download did not end in {WHOLE_SECONDS / 60:.0f} minutes") from problem
    except RuntimeError as problem:
        # The SDK chains its reasons with colons; the last ones are about the network.
        raise Refused(f"the download failed ({str(problem).rpartition('executable: ')[2]})") from problem
    finally:
        fetching.cancel()
    return _the_file_in(workplace)


async def _begins(fetching: "asyncio.Future[None]", workplace: Path, seconds: float) -> bool:
    """Wait until the download is over or its file appears, which the SDK opens when the site has answered."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not fetching.done() and not _files(workplace):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.wait({fetching}, timeout=0.1)
    return True


def _files(workplace: Path) -> list[Path]:
    return list(workplace.iterdir())


def _the_file_in(workplace: Path) -> Path:
    files = _files(workplace)
    if len(files) != 1:
        raise Refused(f"the download left {len(files)} files instead of one")
    return files[0]
