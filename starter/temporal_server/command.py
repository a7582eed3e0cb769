"""The command line of Temporal's dev server."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starter.temporal_server.ports import LOOPBACK
from starter.temporal_server.server import SearchAttributeType
from starter.temporal_server.tied import tied

DYNAMIC_CONFIG: Mapping[str, object] = {
    # 20 a second by default for the one shard a dev server has: every step would wait for a 50 ms tick.
    "history.transferProcessorMaxPollRPS": 2000,
    "frontend.enableServerVersionCheck": False,
}


@dataclass(frozen=True)
class Wanted:
    """What a dev server shall be like; the ports are for gRPC and the UI, 0 for any free one."""

    binary: Path
    log_file: Path
    state_file: Path | None
    ui: bool
    ports: tuple[int, int]
    search_attributes: Mapping[str, SearchAttributeType]
    dynamic_config: Mapping[str, object]
    survive_power_loss: bool
    log_level: str


def start_command(wanted: Wanted, port: int, ui_port: int) -> list[str]:
    """Return the arguments that start the server, tied to the life of this process."""
    command = [
        *(str(wanted.binary), "server", "start-dev", "--namespace", "default"),
        *("--ip", LOOPBACK, "--port", str(port)),
        *(("--ui-port", str(ui_port)) if wanted.ui else ("--headless",)),
        *("--log-level", wanted.log_level),
        *_each("--dynamic-config-value", _as_json({**DYNAMIC_CONFIG, **wanted.dynamic_config})),
        *_each("--search-attribute", wanted.search_attributes),
        *_file_arguments(wanted),
    ]
    return tied(command)


def _file_arguments(wanted: Wanted) -> list[str]:
    if wanted.state_file is None:
        return []
    # A write-ahead log: commits survive a kill of the server; only with FULL they survive a power loss too.
    pragmas = {"journal_mode": "WAL", "synchronous": "FULL" if wanted.survive_power_loss else "NORMAL"}
    return ["--db-filename", str(wanted.state_file), *_each("--sqlite-pragma", pragmas)]


def _each(option: str, values: Mapping[str, str]) -> list[str]:
    return [argument for name, value in values.items() for argument in (option, f"{name}={value}")]


def _as_json(values: Mapping[str, object]) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in values.items()}


def health_command(wanted: Wanted, address: str) -> list[str]:
    """Return the arguments that ask the server at `address` whether it serves."""
    return [str(wanted.binary), "operator", "cluster", "health", "--address", address]


def add_search_attributes_command(wanted: Wanted, address: str) -> list[str]:
    """Return the arguments that add the search attributes; those that are there already are left alone."""
    pairs = wanted.search_attributes.items()
    named = [argument for name, kind in pairs for argument in ("--name", name, "--type", kind)]
    return [str(wanted.binary), "operator", "search-attribute", "create", "--address", address, *named]


def neutral_environment() -> dict[str, str]:
    """Return our environment without Temporal's own settings: they are about somebody else's server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return {**kept, "TEMPORAL_CONFIG_FILE": os.devnull}
