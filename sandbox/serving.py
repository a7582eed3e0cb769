"""Run a sandbox as a real HTTP server on loopback, able to cut a connection in the middle of an answer."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Address = tuple[str, int]
_transports: dict[tuple[Address, Address], asyncio.Transport] = {}
"""Open connections by (client, server) address; a client port alone may meet two servers."""


def _pair(address: tuple[str, int | None]) -> Address:
    return (address[0], address[1] or 0)


class AbortableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, remembering each peer's transport so that a fault can reset the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client and self.server:
            _transports[self.client, _pair(self.server)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client and self.server:
            _transports.pop((self.client, _pair(self.server)), None)
        super().connection_lost(exc)


def cut_connection(connection: HTTPConnection) -> None:
    """Reset the caller's TCP connection at once: the caller never learns what became of the request."""
    transport = _transports.get(_ends(connection))
    if transport is not None:
        transport.abort()


def forget_connection(connection: HTTPConnection) -> None:
    """A WebSocket is over: its end is not told to the protocol that it began with."""
    _transports.pop(_ends(connection), None)


def _ends(connection: HTTPConnection) -> tuple[Address, Address]:
    return tuple(connection.scope["client"]), _pair(connection.scope["server"])


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it listens and leaves the process's signal handlers alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Stop now and not at the next look at the clock: tests start and stop servers by the thousand."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        tenths = 0
        while not await self.on_tick(tenths):
            tenths += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), 0.1)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """Serve `app` on 127.0.0.1 (a free port for 0) and yield its base URL; stop it on leaving."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=AbortableProtocol,
        log_level="warning",
        access_log=False,
        date_header=not getattr(app.state, "tells_its_own_date", False),
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    listener = config.bind_socket()
    # Every connection inherits this; without it a small answer waits 40 ms for the peer's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        listening.cancel()
        await task
        raise RuntimeError("the sandbox ended before it listened")
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.leave()
        await task
        listener.close()
