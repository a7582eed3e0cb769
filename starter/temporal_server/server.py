"""A Temporal server as the rest of the program sees it, and the one the environment may name."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from temporalio.envconfig import ClientConfig, ClientConnectConfig

from starter.ending import Unable

SearchAttributeType = Literal["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"]


class ServerDidNotStart(Unable):
    """Our own Temporal server did not come up; the text says why and where its log is."""


@dataclass(frozen=True)
class TemporalServer:
    """A server to connect to, with `Client.connect(**server.connect)`.

    `ui_url`, `child` and `log_file` are only there for a server of our own.
    """

    connect: ClientConnectConfig
    ui_url: str | None = None
    child: asyncio.subprocess.Process | None = None
    log_file: Path | None = None

    @property
    def address(self) -> str:
        """Host and port of the gRPC service."""
        return self.connect["target_host"]

    @property
    def pid(self) -> int | None:
        """Process id of a server of our own."""
        return self.child.pid if self.child else None


def given_server() -> contextlib.nullcontext[TemporalServer] | None:
    """Return the server that Temporal's environment configuration names, or None when it names none.

    Read from TEMPORAL_ADDRESS, TEMPORAL_PROFILE, temporal.toml and their companions. Comes as a context,
    so that `given_server() or dev_server(…)` can be entered whichever it is.
    """
    try:
        settings = ClientConfig.load_client_connect_config()
    except RuntimeError as problem:
        raise Unable(
            f"Temporal's environment configuration cannot be read: {problem}\n"
            "Correct TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE or the file itself (`temporal config list`)."
        ) from problem
    return contextlib.nullcontext(TemporalServer(settings)) if settings.get("target_host") else None
