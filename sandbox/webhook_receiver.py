"""Somebody who receives our webhooks: checks their signature, keeps them, and can behave badly.

GET  /            what came, to read            POST /hook        where webhooks are posted to
GET  /deliveries  the same as JSON
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by event type.

`server_error` and `rate_limit` say no for now, `gone` says never again, `hang` waits before it answers,
`redirect` points elsewhere, `lose_answer` keeps the webhook and hangs up.
"""

import asyncio
import base64
import hashlib
import hmac
import html
import json
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.serving import cut_connection

FAULTS = frozenset({"server_error", "rate_limit", "gone", "hang", "redirect", "lose_answer"})
DEFAULT_SECRET = "whsec_" + base64.b64encode(b"the webhook receiver's own secret").decode()
_TOLERANCE_SECONDS = 300


@dataclass
class Receiver:
    """What came, the faults to come, and the ledger."""

    secret: str = DEFAULT_SECRET
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    faults: FaultBoard = field(default_factory=lambda: FaultBoard(FAULTS))
    ledger: Ledger = field(default_factory=Ledger)

    def is_signed(self, headers: Any, body: bytes) -> bool:
        """Whether one of the signatures is ours, and was made within five minutes of now."""
        stamp = headers.get("webhook-timestamp", "")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > _TOLERANCE_SECONDS:
            return False
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(right, each) for each in given)

    def keep(self, headers: Any, body: bytes) -> dict[str, Any]:
        """Keep a delivery, marked when its id came before."""
        known = any(each["id"] == headers["webhook-id"] for each in self.deliveries)
        delivery = {
            "id": headers["webhook-id"],
            "host": headers.get("host", ""),
            "repeated": known,
            "text": body.decode(),
            "body": json.loads(body),
        }
        self.deliveries.append(delivery)
        self.ledger.write("webhook", **delivery)
        return delivery


async def _misbehave(receiver: Receiver, event: str) -> Response | None:
    faults = receiver.faults
    if faults.take("server_error", path=event):
        return Response("<html>out of order</html>", 500)
    if late := faults.take("rate_limit", path=event):
        return Response(status_code=429, headers={"Retry-After": str(int(late.seconds))})
    if faults.take("gone", path=event):
        return Response(status_code=410)
    if faults.take("redirect", path=event):
        return Response(status_code=302, headers={"Location": "/elsewhere"})
    if hang := faults.take("hang", path=event):
        await asyncio.sleep(hang.seconds)
    return None


def create_app(receiver: Receiver) -> Starlette:
    """Return the receiver and its page."""

    async def receive(request: Request) -> Response:
        body = await request.body()
        if not receiver.is_signed(request.headers, body):
            receiver.ledger.write("refused", id=request.headers.get("webhook-id", ""))
            return Response("the signature is not right", 401)
        event = json.loads(body)["type"]
        if bad := await _misbehave(receiver, event):
            receiver.ledger.write("failed", id=request.headers["webhook-id"], status=bad.status_code)
            return bad
        receiver.keep(request.headers, body)
        if receiver.faults.take("lose_answer", path=event):
            cut_connection(request)
        return Response(status_code=204)

    async def list_all(_: Request) -> Response:
        return JSONResponse(receiver.deliveries)

    async def show(_: Request) -> Response:
        rows = "".join(
            f"<tr><td>{html.escape(each['body']['type'])}<td><pre>{html.escape(each['text'])}</pre></tr>"
            for each in reversed(receiver.deliveries)
        )
        table = f"<table>{rows}</table>" if rows else "<p>No webhook yet.</p>"
        return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>Webhooks</title>{table}")

    return Starlette(
        routes=[
            Route("/", show),
            Route("/hook", receive, methods=["POST"]),
            Route("/deliveries", list_all),
            *control_routes(receiver.faults, receiver.ledger),
        ]
    )
