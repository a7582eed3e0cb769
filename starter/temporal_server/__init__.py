"""A Temporal server for one machine: the one that is given, or one of our own.

    async with given_server() or dev_server(state_file=…, ui=True) as server:
        client = await Client.connect(**server.connect)

`given_server` reads Temporal's own environment configuration; when it names an address, that server is
used and nothing is started. Else `dev_server` starts `temporal server start-dev` as a child, with a
binary that is looked for in this order (`find.py`): named by WAYBILL_TEMPORAL_BINARY, on PATH, in the
cache, downloaded by Temporal's SDK, built with Go from deploy/temporal.

`python -m starter.temporal_server` prints the binary's path, fetching or building it when need be.
"""

from starter.temporal_server.find import NoTemporalBinary, temporal_binary
from starter.temporal_server.run import dev_server
from starter.temporal_server.server import (
    SearchAttributeType,
    ServerDidNotStart,
    TemporalServer,
    given_server,
)

__all__ = [
    "NoTemporalBinary",
    "SearchAttributeType",
    "ServerDidNotStart",
    "TemporalServer",
    "dev_server",
    "given_server",
    "temporal_binary",
]
