"""Slack's Socket Mode: a WebSocket that we open and Slack sends presses of buttons over.

The vendor's client speaks the protocol. What is ours: the address comes over our own HTTP client, a socket
that is left is read to its end, and a refusal is told instead of being tried again at once.
"""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websockets import SocketModeClient
from websockets.exceptions import ConnectionClosed, WebSocketException

from adapters.channel_ports import TakeClick
from domain.errors import BadConfiguration, ConnectionDown, WaybillError

_REMEMBERED = 1000
_REFUSALS = {
    "link_disabled": "Socket Mode is off for our Slack app",
    "too_many_websockets": "our Slack app has too many sockets open",
}
_REMEDIES = {
    "link_disabled": "Switch Socket Mode on in the app's settings at api.slack.com/apps.",
    "too_many_websockets": "Slack allows ten sockets for an app: run fewer gateways.",
}
"""For Slack's words when it ends a socket and wants no other at once."""


class SlackSocket:
    """One workspace's socket. Implements `ChatSocket`."""

    def __init__(self, address: Callable[[], Awaitable[str]], take: TakeClick) -> None:
        self._take = take
        self._client = _Client(address)
        self._client.socket_mode_request_listeners.append(self._take_envelope)
        self._answers: OrderedDict[str, asyncio.Task[Mapping[str, Any] | None]] = OrderedDict()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def hold(self) -> None:
        """Open a socket, replace it when Slack asks for that, and return when it was lost."""
        await self._client.open()
        await self._client.lost()
        if refused := self._client.refused:
            raise BadConfiguration(_REFUSALS[refused], quote=refused, remedy=_REMEDIES[refused])
        if not self._client.greeted:
            raise ConnectionDown("Slack closed the socket without a greeting")

    async def close(self) -> None:
        """Acknowledge what is under way, then give back the connection."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._client.close()  # type: ignore[no-untyped-call]

    async def _take_envelope(self, _: AsyncBaseSocketModeClient, envelope: SocketModeRequest) -> None:
        """Give an envelope on and acknowledge it; one that comes again has the answer of the first."""
        answer = self._answers.get(envelope.envelope_id)
        if answer is None or (answer.done() and answer.exception()):
            answer = asyncio.create_task(self._answer(envelope))
            self._answers[envelope.envelope_id] = answer
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        replying = asyncio.create_task(self._acknowledge(envelope, answer))
        self._under_way.add(replying)
        replying.add_done_callback(self._under_way.discard)
        await replying

    async def _answer(self, envelope: SocketModeRequest) -> Mapping[str, Any] | None:
        return await self._take(envelope.payload) if envelope.type == "interactive" else None

    async def _acknowledge(
        self, envelope: SocketModeRequest, answer: asyncio.Task[Mapping[str, Any] | None]
    ) -> None:
        said = await answer
        payload = dict(said) if said and envelope.accepts_response_payload else None
        # An acknowledgement that is lost with its socket loses nothing: Slack sends the envelope again, or
        # the person is warned; what was decided stays so.
        with contextlib.suppress(WebSocketException):
            await self._client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id, payload))


class _Client(SocketModeClient):
    """The vendor's client, without its looking every ten seconds: whoever holds it reopens a lost socket."""

    def __init__(self, address: Callable[[], Awaitable[str]]) -> None:
        super().__init__(app_token="", auto_reconnect_enabled=False)
        self._address = address
        self._left: asyncio.Future[None] | None = None
        self.greeted, self.refused = False, ""

    async def open(self) -> None:
        """Open a socket where none is open."""
        self.greeted, self.refused = False, ""
        await self.connect_to_new_endpoint()

    async def lost(self) -> None:
        """Return when the socket is gone, all it brought is read, and none takes its place."""
        while (reader := self.message_receiver) is not None:
            await asyncio.wait({reader})
            async with self.connect_operation_lock:
                if reader is self.message_receiver:
                    return

    async def issue_new_wss_url(self) -> str:
        """Return where to connect to, once."""
        return await self._address()

    async def connect(self) -> None:
        """Connect, then leave the socket of before; its reader goes on to its end and loses nothing."""
        self._left, self.message_receiver = self.message_receiver, None
        try:
            await super().connect()  # type: ignore[no-untyped-call]
        except (OSError, WebSocketException) as trouble:
            self.message_receiver = self._left
            raise ConnectionDown("Slack's socket cannot be opened", quote=type(trouble).__name__) from None

    async def receive_messages(self) -> None:
        """Read one socket to its end; the vendor's reader goes on at a closed one."""
        if self.current_session is not None:
            with contextlib.suppress(ConnectionClosed):
                async for message in self.current_session:
                    text = message if isinstance(message, str) else message.decode()
                    self._note(text)
                    await self.enqueue_message(text)

    def _note(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return  # the vendor's client logs it
        if said["type"] == "hello":
            self.greeted = True
        elif said["type"] == "disconnect" and said.get("reason") in _REFUSALS:
            self.refused = said["reason"]

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Leave or replace the socket when Slack says so; give everything else on."""
        if message.get("type") != "disconnect":
            await super().run_message_listeners(message, raw_message)
        elif self.refused:
            await self.disconnect()  # type: ignore[no-untyped-call]
        else:
            # Where it cannot be replaced it serves until Slack closes it; whoever holds it learns why then.
            with contextlib.suppress(WaybillError):
                await self.connect_to_new_endpoint(force=True)

    async def send_message(self, message: str) -> None:
        """Send over the socket of now. (The vendor's way releases a lock that another may hold.)"""
        if self.current_session is not None:
            await self.current_session.send(message)
