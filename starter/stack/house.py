"""Start everything in order and stop it in reverse, on loopback and free ports only."""

import asyncio
import contextlib
import secrets
import tomllib
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.search import SEARCH_ATTRIBUTES
from sandbox import easypost, slack, twilio, webhook_receiver
from starter.configuration import Configuration, parse
from starter.stack.kinds import FIRST_PAIR, STORE, PairOfKinds
from starter.stack.processes import Child, start, stopping
from starter.stack.settings import Addresses, Paces, announced, write_settings
from starter.temporal_server import SearchAttributeType, TemporalServer, dev_server
from starter.temporal_server.ports import free_ports

if TYPE_CHECKING:
    from starter.composition import Waybill

First = TypeVar("First")
Second = TypeVar("Second")

_TYPE_NAMES: Mapping[SearchAttributeIndexedValueType, SearchAttributeType] = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.BOOL: "Bool",
}
SERVER_SEARCH_ATTRIBUTES: Mapping[str, SearchAttributeType] = MappingProxyType(
    {name: _TYPE_NAMES[key.indexed_value_type] for name, key in SEARCH_ATTRIBUTES.items()}
)


@dataclass
class Stack:
    """A running machine: where things are, and the environment that its programs share."""

    folder: Path
    kinds: PairOfKinds
    temporal: TemporalServer
    addresses: Addresses
    settings_file: Path
    environment: Mapping[str, str]
    worker: Child
    children: list[Child]

    def configuration(self) -> Configuration:
        """Return what the programs read from the settings file."""
        return parse(tomllib.loads(self.settings_file.read_text("utf-8")), self.environment)

    async def client(self) -> Client:
        """Connect to the Temporal server of this machine."""
        return await Client.connect(**self.temporal.connect, data_converter=pydantic_data_converter)

    async def start_worker(self) -> None:
        """Start a new worker in the place of the one that ended."""
        self.worker = await _start_worker(self.folder, self.environment)


@contextlib.asynccontextmanager
async def local_stack(
    folder: Path,
    *,
    kinds: PairOfKinds = FIRST_PAIR,
    paces: Paces | None = None,
    latency_seconds: float = 0,
    gateway_port: int = 0,
) -> AsyncIterator[Stack]:
    """Start everything with its state in `folder`, and stop every process on leaving."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as doors:
        chosen, metrics = free_ports(2)
        port = gateway_port or chosen
        state = folder / "temporal.db"
        server = dev_server(state_file=state, ui=True, search_attributes=SERVER_SEARCH_ATTRIBUTES)
        temporal, sandboxes = await _side_by_side(
            doors.enter_async_context(server),
            _start_sandboxes(doors, folder, _wanted(kinds, f"http://127.0.0.1:{port}", latency_seconds)),
        )
        said = {child.name: announced(child.said) for child in sandboxes}
        addresses = _addresses(said, kinds, port, metrics)
        environment = _environment(folder, kinds, temporal)
        settings_file = write_settings(folder, addresses, paces or Paces(), kinds)
        gateway, _ = await _side_by_side(
            _start(doors, "gateway", ["-m", "starter.gateway"], folder, environment),
            _prepare(settings_file, environment),
        )
        stack = Stack(
            folder=folder,
            kinds=kinds,
            temporal=temporal,
            addresses=addresses,
            settings_file=settings_file,
            environment=environment,
            worker=await _start_worker(folder, environment),
            children=[*sandboxes, gateway],
        )
        try:
            yield stack
        finally:
            await stack.worker.stop()


async def _side_by_side(first: Awaitable[First], second: Awaitable[Second]) -> tuple[First, Second]:
    """Do two things at once: on a loaded machine that takes half the time. Both end before one fails."""
    one, two = await asyncio.gather(first, second, return_exceptions=True)
    if isinstance(one, BaseException):
        raise one
    if isinstance(two, BaseException):
        raise two
    return one, two


def _addresses(
    said: Mapping[str, Mapping[str, str]], kinds: PairOfKinds, gateway_port: int, metrics_port: int
) -> Addresses:
    store, erp = (said[system.connection] for system in kinds.systems)
    return Addresses(
        shop_url=store["url"],
        erp_url=erp["url"],
        smtp_port=int(said["mailbox"]["smtp_port"]),
        gateway_url=f"http://127.0.0.1:{gateway_port}",
        gateway_port=gateway_port,
        prometheus=f"127.0.0.1:{metrics_port}",
        pdf_url=erp.get("gateway", ""),
        twilio_url=said["channels"]["twilio"],
        slack_url=said["channels"]["slack"],
        receiver_url=said["channels"]["receiver"],
        labels_url=said["labels"]["url"],
        mailbox_url=said["mailbox"]["url"],
    )


def _environment(folder: Path, kinds: PairOfKinds, temporal: TemporalServer) -> dict[str, str]:
    store, erp = kinds.systems
    return {
        "WAYBILL_CONFIG": str(folder / "waybill.toml"),
        "WAYBILL_SECRET": secrets.token_urlsafe(32),
        **store.secrets,
        **erp.secrets,
        "TWILIO_AUTH_TOKEN": twilio.DEFAULT_TOKEN,
        "SLACK_TOKEN": slack.DEFAULT_TOKEN,
        "SLACK_SIGNING_SECRET": slack.DEFAULT_SIGNING_SECRET,
        "EASYPOST_KEY": easypost.DEFAULT_KEY,
        "PARTNER_SECRET": webhook_receiver.DEFAULT_SECRET,
        "TEMPORAL_ADDRESS": temporal.address,
        "TEMPORAL_NAMESPACE": "default",
    }


def _wanted(kinds: PairOfKinds, gateway_url: str, latency_seconds: float) -> dict[str, list[str]]:
    """Return how each sandbox is started, by the name of its connection or of what it does."""
    store, erp = kinds.systems
    slow = ["--latency", str(latency_seconds)]
    return {
        STORE: [*store.sandbox, "--webhook-url", f"{gateway_url}/webhooks/{STORE}", *slow],
        erp.connection: [*erp.sandbox, *slow],
        "mailbox": ["mailbox"],
        "channels": ["channels", "--interactivity-url", f"{gateway_url}/hooks/slack/slack"],
        "labels": ["easypost"],
    }


async def _start_sandboxes(
    doors: contextlib.AsyncExitStack, folder: Path, wanted: Mapping[str, list[str]]
) -> list[Child]:
    starts = [_start(doors, name, ["-m", "sandbox", *how], folder, {}) for name, how in wanted.items()]
    started = await asyncio.gather(*starts, return_exceptions=True)
    for each in started:
        if isinstance(each, BaseException):
            raise each
    return [each for each in started if isinstance(each, Child)]


async def _start(
    doors: contextlib.AsyncExitStack,
    name: str,
    arguments: list[str],
    folder: Path,
    environment: Mapping[str, str],
) -> Child:
    child = await start(name, arguments, folder, environment)
    return await doors.enter_async_context(stopping(child))


async def _prepare(settings_file: Path, environment: Mapping[str, str]) -> None:
    """Create what Waybill needs inside the sandbox ERP, as `waybill setup` does in a real one."""
    waybill = await asyncio.to_thread(_composed, settings_file, environment)
    try:
        for erp in waybill.systems.erps.values():
            for step in [step for step in await erp.setup_steps() if not step.done]:
                await erp.set_up(step.name)
    finally:
        await waybill.close()


def _composed(settings_file: Path, environment: Mapping[str, str]) -> "Waybill":
    # Imported as late as this: it takes two seconds, in which the gateway starts.
    from starter.composition import compose

    return compose(parse(tomllib.loads(settings_file.read_text("utf-8")), environment))


async def _start_worker(folder: Path, environment: Mapping[str, str]) -> Child:
    worker = await start("worker", ["worker.py"], folder, environment, speaks=False)
    # It lets a write into the ERP end before it ends itself.
    worker.stop_seconds = 90
    return worker
