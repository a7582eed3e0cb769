"""Who asks, and whether they may: tokens at the door, rights at each address."""

import hashlib
import time
from collections import OrderedDict, deque
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import WaybillError
from domain.model import Frozen
from domain.roles import RIGHTS, Right, roles_with
from records.tokens import Token
from starter.api.problems import failed, refused
from starter.api.services import Services
from starter.gateway.bodies import read_body
from starter.gateway.problems import Refusal

DESCRIPTION = "/openapi.json"
LARGEST_BODY = 1024 * 1024
_WINDOW_SECONDS = 60
_MOST_REMEMBERED = 1000
Key = TypeVar("Key", str, bytes)
_scheme = HTTPBearer(
    scheme_name="token", description="A token made with `waybill token create`.", auto_error=False
)


class Caller(Frozen):
    """Whose token it is."""

    token: Token

    @property
    def name(self) -> str:
        """Who it is in the audit: the person whom the token is bound to, else the token."""
        return self.token.person or f"token {self.token.name}"

    @property
    def rights(self) -> frozenset[Right]:
        """What the token is good for."""
        return RIGHTS[self.token.role]


class WrongTokens:
    """Counts wrong tokens by the address they come from: after some, the address waits a minute.

    Tokens that were good before are still looked at: many users may share the address of a proxy.
    """

    def __init__(self, most: int = 20) -> None:
        self._most = most
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def note(self, address: str) -> None:
        """Count a wrong one."""
        self._seen.setdefault(address, deque(maxlen=self._most)).append(time.monotonic())
        _keep_latest(self._seen, address)

    def note_good(self, secret: str) -> None:
        """Remember a good one, by its hash."""
        self._good[_digest(secret)] = None
        _keep_latest(self._good, _digest(secret))

    def stops(self, address: str, secret: str) -> bool:
        """Whether so many came from there within the last minute that this one is not looked at."""
        times = self._seen.get(address, deque())
        many = len(times) == self._most and time.monotonic() - times[0] < _WINDOW_SECONDS
        return many and _digest(secret) not in self._good


def _keep_latest(kept: OrderedDict[Key, Any], key: Key) -> None:
    kept.move_to_end(key)
    while len(kept) > _MOST_REMEMBERED:
        kept.popitem(last=False)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class Door:
    """Lets in who has a good token, with a body that is not too large, before anything is read of it."""

    def __init__(self, app: ASGIApp, services: Services, wrong: WrongTokens) -> None:
        self._app, self._services, self._wrong = app, services, wrong
        self._seconds = services.waybill.configuration.gateway.body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, 408, 413, 415 or 429 at the door, or let the request in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            if scope["path"].removeprefix(scope.get("root_path", "")) != DESCRIPTION:
                scope.setdefault("state", {})["caller"] = await self._caller(request)
            receive = _again(await read_body(request, LARGEST_BODY, self._seconds), receive)
        except Refusal as refusal:
            await refused(refusal)(scope, receive, _unkept(send))
        except WaybillError as error:
            await failed(error)(scope, receive, _unkept(send))
        else:
            await self._app(scope, receive, _unkept(send))

    async def _caller(self, request: Request) -> Caller:
        kind, _, secret = request.headers.get("authorization", "").strip().partition(" ")
        if kind.lower() != "bearer" or not secret:
            raise Refusal(401, "send a token: Authorization: Bearer wb_…")
        address = request.client.host if request.client else ""
        if self._wrong.stops(address, secret):
            raise Refusal(429, "wait a minute, then send a good token", retry_after=_WINDOW_SECONDS)
        token = await self._services.tokens.find(secret)
        if token is None or not token.is_good(self._services.now):
            self._wrong.note(address)
            raise Refusal(
                401, "the token is unknown, expired or revoked; make one with `waybill token create`"
            )
        self._wrong.note_good(secret)
        await self._services.tokens.note_use(token, self._services.now.date())
        return Caller(token=token)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that tells a body which was read already."""
    told = False

    async def tell() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return tell


def _unkept(send: Send) -> Send:
    """Return a `send` whose answers no cache keeps."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(
                {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            )
        await send(message)

    return tell


def _may(right: Right) -> Any:
    async def check(
        request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)]
    ) -> Caller:
        caller: Caller = request.state.caller
        if right not in caller.rights:
            needed = " or ".join(roles_with(right))
            raise Refusal(
                403, f"the token {caller.token.name} has the role {caller.token.role}; it takes {needed}"
            )
        return caller

    return Depends(check)


Reader = Annotated[Caller, _may(Right.READ)]
Operator = Annotated[Caller, _may(Right.OPERATE)]
Decider = Annotated[Caller, _may(Right.DECIDE)]
Publisher = Annotated[Caller, _may(Right.PUBLISH)]
Granter = Annotated[Caller, _may(Right.GRANT)]
