"""The sandbox workspace's Socket Mode: where an app connects to, and what is sent over it.

An address works once. Each press goes to one of the app's sockets, in turn, and is to be acknowledged by its
envelope's id within three seconds; on a socket that is lost before, it goes over another.

`lose_ack` loses a socket together with the acknowledgement that comes over it, `deliver_twice` sends an
envelope twice, `refresh_first` asks for a new socket and sends an envelope over the old one when the new one
is there, once; `too_many_websockets` turns a new socket away.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.serving import cut_connection, forget_connection

FAULTS = frozenset({"lose_ack", "deliver_twice", "refresh_first", "too_many_websockets"})
REASONS = ("warning", "refresh_requested", "link_disabled", "dropped")
"""Why a socket may end; `dropped` says nothing and resets the connection."""
MOST_SOCKETS = 10
OFF = "[WARN] Socket Mode is not turned on."
_ACK_SECONDS = 3.0
_HELLO = {"num_connections": 1, "debug_info": {"host": "sandbox", "approximate_connection_time": 18060}}


@dataclass
class _Delivery:
    accepts_payload: bool
    answer: asyncio.Future[dict[str, Any]]


@dataclass(eq=False)
class _Socket:
    link: WebSocket
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: bool = False

    async def say(self, message: dict[str, Any]) -> bool:
        """Send a message; tell whether the socket was still there."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.link.send_text(json.dumps(message))
            return True
        return False


class Sockets:
    """The sockets of one app. `on` is the switch in the app's settings."""

    def __init__(self, app: str, faults: FaultBoard, ledger: Ledger) -> None:
        self.on = False
        self._app, self._faults, self._ledger = app, faults, ledger
        self._tickets: set[str] = set()
        self._sockets: list[_Socket] = []
        self._deliveries: dict[str, _Delivery] = {}
        self._turn = count()
        self._changed = asyncio.Condition()

    @property
    def open(self) -> int:
        """How many sockets presses may go over."""
        return len([socket for socket in self._sockets if not socket.leaving])

    def ticket(self, root: str) -> str:
        """Return an address to connect to, once; `root` is the server's own, `http://…`."""
        ticket = uuid4().hex
        self._tickets.add(ticket)
        return f"ws{root.removeprefix('http')}/link/?ticket={ticket}&app_id={self._app}"

    async def serve(self, link: WebSocket) -> None:
        """Hold one socket until either side leaves."""
        if link.query_params.get("ticket", "") not in self._tickets:
            await link.close()  # before it is accepted: HTTP 403
            return
        self._tickets.remove(link.query_params["ticket"])
        await link.accept()
        if refusal := self._refusal():
            await link.send_text(json.dumps({"type": "disconnect", "reason": refusal}))
            await link.close()
            return
        async with self._held(_Socket(link)) as socket:
            with contextlib.suppress(WebSocketDisconnect):
                while True:
                    self._acknowledged(socket, await link.receive_text())

    def _refusal(self) -> str:
        if not self.on:
            return "link_disabled"
        crowded = self._faults.take("too_many_websockets") or len(self._sockets) >= MOST_SOCKETS
        return "too_many_websockets" if crowded else ""

    @contextlib.asynccontextmanager
    async def _held(self, socket: _Socket) -> AsyncIterator[_Socket]:
        hello = {"type": "hello", "connection_info": {"app_id": self._app}, **_HELLO}
        await socket.say(hello | {"num_connections": len(self._sockets) + 1})
        self._sockets.append(socket)
        self._ledger.write("socket_opened")
        await self._tell()
        try:
            yield socket
        finally:
            socket.gone.set()
            self._sockets.remove(socket)
            forget_connection(socket.link)
            self._ledger.write("socket_closed")
            await self._tell()

    def _acknowledged(self, socket: _Socket, text: str) -> None:
        """Check what the app sends: nothing but acknowledgements of what it was sent."""
        try:
            said = json.loads(text)
            delivery, payload = self._deliveries[said["envelope_id"]], said.get("payload")
        except (ValueError, KeyError, TypeError, AttributeError):
            self._ledger.write("stray", text=text[:200])
            return
        if delivery.answer.cancelled() or (payload and not delivery.accepts_payload):
            self._ledger.write("stray", text=text[:200])
        elif self._faults.take("lose_ack"):
            self._ledger.write("ack_lost", envelope=said["envelope_id"])
            cut_connection(socket.link)
        else:
            self._ledger.write("acknowledged", envelope=said["envelope_id"])
            if not delivery.answer.done():
                delivery.answer.set_result(payload or {})

    async def deliver(self, payload: dict[str, Any], kind: str = "interactive") -> httpx.Response:
        """Send an interaction, or another kind of envelope, and return its acknowledgement.

        Raises `httpx.ReadTimeout` when none comes: Slack then shows a warning to whoever pressed.
        """
        accepts = payload.get("type") == "view_submission"
        delivery = _Delivery(accepts, asyncio.get_running_loop().create_future())
        number = str(uuid4())
        self._deliveries[number] = delivery
        envelope = {
            "type": kind,
            "envelope_id": number,
            "accepts_response_payload": accepts,
            "payload": payload,
        }
        began = time.monotonic()
        try:
            async with asyncio.timeout(_ACK_SECONDS):
                answer = await self._until_answered(envelope, delivery)
        except TimeoutError:
            delivery.answer.cancel()
            raise httpx.ReadTimeout("the envelope was not acknowledged") from None
        self._ledger.write("interaction", type=payload.get("type"), seconds=time.monotonic() - began)
        return httpx.Response(200, json=answer) if answer else httpx.Response(200)

    async def _until_answered(self, envelope: dict[str, Any], delivery: _Delivery) -> dict[str, Any]:
        for attempt in count():
            socket = await self._next()
            again = {"retry_attempt": attempt, "retry_reason": "timeout"} if attempt else {}
            await self._send(socket, envelope | again)
            gone = asyncio.create_task(socket.gone.wait())
            either: set[asyncio.Future[Any]] = {gone, delivery.answer}
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
            if delivery.answer.done() or socket.leaving:
                break
        return await delivery.answer

    async def _send(self, socket: _Socket, envelope: dict[str, Any]) -> None:
        if self._faults.take("refresh_first"):
            socket.leaving = True
            await socket.say({"type": "disconnect", "reason": "refresh_requested"})
            await self._next()
        for _ in range(2 if self._faults.take("deliver_twice") else 1):
            await socket.say(envelope)

    async def _next(self) -> _Socket:
        """Wait for a socket, and take the next one in turn."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.open)
        there = [socket for socket in self._sockets if not socket.leaving]
        return there[next(self._turn) % len(there)]

    async def end(self, reason: str) -> None:
        """End all sockets for one of the `REASONS`; `link_disabled` switches Socket Mode off."""
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}; this sandbox knows {', '.join(REASONS)}")
        self.on = self.on and reason != "link_disabled"
        for socket in list(self._sockets):
            if reason == "dropped":
                cut_connection(socket.link)
            else:
                socket.leaving = True
                await socket.say({"type": "disconnect", "reason": reason})
        await self._tell()

    async def until(self, number: int) -> None:
        """Wait until so many sockets are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.open == number)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
