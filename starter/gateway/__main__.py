"""Run the gateway: `python -m starter.gateway`."""

import asyncio
import sys

import uvicorn

from records.migrate import migrate
from starter.composition import compose
from starter.configuration import load
from starter.ending import run
from starter.gateway.app import create_app
from starter.telemetry import set_up_logs, set_up_tracing
from starter.temporal_client import connect


async def main() -> None:
    """Serve until SIGTERM or Ctrl-C. Prints the address as a line of its own once it listens."""
    configuration = load()
    set_up_logs(configuration.telemetry.log_level)
    traced = set_up_tracing("gateway")
    await asyncio.to_thread(migrate, configuration.database)
    waybill = compose(configuration)
    settings = configuration.gateway
    server = uvicorn.Config(
        create_app(waybill, await connect(traced=traced, lazy=True)),
        host=settings.host,
        port=settings.port,
        # This parser bounds a request's head; the faster one does not.
        http="h11",
        h11_max_incomplete_event_size=32 * 1024,
        limit_concurrency=settings.most_connections,
        timeout_keep_alive=15,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    listener = server.bind_socket()
    listener.listen(server.backlog)
    sys.stdout.write(f"http://{settings.host}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await uvicorn.Server(server).serve(sockets=[listener])
    await waybill.close()


if __name__ == "__main__":
    run(main)
