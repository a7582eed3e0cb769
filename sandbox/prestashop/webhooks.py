"""The shop's hook module: posts what happens to orders as signed webhooks, and can misbehave on request.

Form: Standard Webhooks. The body is serialised once and signed as sent; the id stays equal over retries while
the timestamp is each attempt's own. A fault's `path` is matched against the event type.
"""

import asyncio
import base64
import contextlib
import hashlib
import heapq
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.prestashop.settings import Settings

GONE = 410
_HELD_SECONDS = 0.5


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature header's value for one attempt."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def another_secret(secret: str) -> str:
    """Return a well-formed secret that is not the shop's."""
    return "whsec_" + base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


@dataclass
class Delivery:
    """One webhook on its way. `status` is `waiting`, `sent`, `lost`, `given_up` or `forged`."""

    id: str
    type: str
    body: bytes
    forged: bool = False
    status: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Describe the delivery for the log."""
        return {
            "id": self.id,
            "type": self.type,
            "status": self.status,
            "body": json.loads(self.body),
            "attempts": list(self.attempts),
        }


class Webhooks:
    """The outbox and its sender. Nothing is posted while no URL is set or nobody runs it."""

    def __init__(self, settings: Settings, faults: FaultBoard, ledger: Ledger) -> None:
        self._settings, self._faults, self._ledger = settings, faults, ledger
        self.log: list[Delivery] = []
        self._queue: list[tuple[float, int, Delivery]] = []
        self._held: list[tuple[int, Delivery]] = []
        self._counted = 0
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()

    def emit(self, event: str, happened: datetime, data: Mapping[str, int]) -> None:
        """Put one event into the outbox, unless no URL is set or a fault loses it."""
        if not self._settings.webhook_url:
            return
        stamp = happened.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"type": event, "timestamp": stamp, "shop_id": 1, "data": dict(data)}
        body = json.dumps(message, separators=(",", ":")).encode()
        for delivery in self._misbehave(Delivery(self._next_id(), event, body)):
            self.log.append(delivery)

    def replay(self, delivery_id: str) -> bool:
        """Send a logged delivery again under its own id; False when there is none."""
        known = next((each for each in self.log if each.id == delivery_id), None)
        if known is not None:
            self._schedule(known, 0)
        return known is not None

    def waiting(self) -> int:
        """Tell how many deliveries are still to be tried."""
        return len(self._queue) + len(self._held)

    async def drained(self) -> None:
        """Wait until nothing is left to be tried; somebody must be running the outbox."""
        await self._idle.wait()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send what is in the outbox, and what comes, until left."""
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        (self._woken if self._queue else self._idle).set()
        sender = asyncio.create_task(self._send_all())
        try:
            yield
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    def _next_id(self) -> str:
        self._counted += 1
        text = f"{self._settings.seed}:{self._counted}:{time.time_ns()}"
        return "msg_" + hashlib.sha256(text.encode()).hexdigest()[:24]

    def _misbehave(self, delivery: Delivery) -> list[Delivery]:
        """Apply the armed faults to a new delivery; return what goes into the log."""
        if self._faults.take("webhook_lose", path=delivery.type):
            delivery.status = "lost"
            self._ledger.write("webhook", id=delivery.id, type=delivery.type, outcome="lost")
            return [delivery]
        delivery.forged = self._faults.take("webhook_forge", path=delivery.type) is not None
        late = self._faults.take("webhook_delay", path=delivery.type)
        shuffled = self._faults.take("webhook_shuffle", path=delivery.type)
        if shuffled:
            self._held.append((self._counted, delivery))
            self._schedule(None, shuffled.seconds or _HELD_SECONDS)
            return [delivery]
        self._schedule(delivery, late.seconds if late else 0)
        if self._faults.take("webhook_double", path=delivery.type):
            self._schedule(delivery, 0)
        if self._faults.take("webhook_double_new_id", path=delivery.type):
            twin = Delivery(self._next_id(), delivery.type, delivery.body)
            self._schedule(twin, 0)
            return [delivery, twin]
        return [delivery]

    def _schedule(self, delivery: Delivery | None, seconds: float) -> None:
        """Queue a delivery, or, for None, the release of those held back."""
        self._counted += 1
        entry = delivery or Delivery("", "", b"{}")
        heapq.heappush(self._queue, (time.monotonic() + seconds, self._counted, entry))
        self._idle.clear()
        self._woken.set()

    async def _send_all(self) -> None:
        await self._woken.wait()
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
            while True:
                self._woken.clear()
                if not self.waiting():
                    self._idle.set()
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is None or wait > 0:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), wait)
                    continue
                _, number, delivery = heapq.heappop(self._queue)
                if delivery.id:
                    await self._attempt(client, delivery)
                self._release_held(number)

    def _release_held(self, sent: int) -> None:
        """Let those go that were held back until something later had been sent, the last held first."""
        for number, delivery in reversed(self._held):
            if number < sent:
                self._schedule(delivery, 0)
        self._held = [each for each in self._held if each[0] >= sent]

    async def _attempt(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        status, problem = 0, ""
        try:
            answer = await client.post(
                self._settings.webhook_url,
                content=delivery.body,
                headers=self._headers(delivery),
                timeout=self._settings.webhook_timeout_seconds,
            )
            status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as trouble:
            problem = type(trouble).__name__
        delivery.attempts.append({"at": time.time(), "status": status, "problem": problem})
        self._settle(delivery, status)

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        now, secret = int(time.time()), self._settings.webhook_secret
        used = another_secret(secret) if delivery.forged else secret
        return {
            "content-type": "application/json",
            "user-agent": "prestashop-hooks/1.0",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(used, delivery.id, now, delivery.body),
        }

    def _settle(self, delivery: Delivery, status: int) -> None:
        """Note how an attempt ended, and plan the next where one is due."""
        delays = self._settings.webhook_retry_seconds
        tried = len(delivery.attempts)
        if delivery.forged:
            delivery.status = "forged"
        elif 200 <= status < 300:
            delivery.status = "sent"
        elif status == GONE or tried > len(delays):
            delivery.status = "given_up"
        else:
            self._schedule(delivery, delays[tried - 1])
        outcome = "failed" if delivery.status == "waiting" else delivery.status
        self._ledger.write(
            "webhook", id=delivery.id, type=delivery.type, outcome=outcome, status=status, attempt=tried
        )
