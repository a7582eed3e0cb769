"""A Temporal binary: which one we want, where it is kept, and whether one that was found will do."""

import os
import re
from pathlib import Path

from starter.temporal_server.child import Refused, last_line, output_of

TEMPORAL_VERSION = "1.8.2"
"""The CLI that is downloaded or built; deploy/temporal/go.mod names the same."""
OLDEST_SERVER = (1, 29)
"""The server inside CLI 1.5, the first with all that Waybill asks of one (priorities are the youngest)."""


def cache_folder() -> Path:
    """Return the folder that keeps what is fetched or built once: WAYBILL_CACHE, else the user's cache."""
    if named := os.environ.get("WAYBILL_CACHE"):
        return Path(named).expanduser().absolute()
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user_cache) / "waybill"


def cached_binary() -> Path:
    """Return where the cache keeps the binary of this version, whether it is there or not."""
    return cache_folder() / "bin" / f"temporal-{TEMPORAL_VERSION}"


async def working(binary: Path) -> Path:
    """Return `binary` when it runs and is new enough; `Refused` with the reason when not.

    Judged by the server inside, because a CLI built without its version stamp calls itself 0.0.0-DEV.
    """
    said = await output_of([binary, "--version"], seconds=10)
    match = re.search(r"temporal version (\S+) \(Server (\d+)\.(\d+)", said)
    if match is None:
        raise Refused(f"{binary} is not the Temporal CLI: asked for its version it says {last_line(said)!r}")
    if (int(match[2]), int(match[3])) < OLDEST_SERVER:
        raise Refused(
            f"{binary} is too old: version {match[1]} with server {match[2]}.{match[3]}, "
            f"needed is 1.5 with server {OLDEST_SERVER[0]}.{OLDEST_SERVER[1]} or later"
        )
    return binary
