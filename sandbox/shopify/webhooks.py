"""The shop's webhooks: signed over the body, repeated under one id, switched off after too many failures."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.shopify.settings import DOMAIN, VERSION, Settings


def sign(secret: str, body: bytes) -> str:
    """Return the signature of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Delivery:
    """One webhook. `status` is `waiting`, `sent`, `lost` or `given_up`."""

    id: str
    topic: str
    body: bytes
    forged: bool = False
    status: str = "waiting"
    answers: list[int] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Describe it for the log."""
        return {"id": self.id, "topic": self.topic, "status": self.status, "answers": list(self.answers)}


class Webhooks:
    """Sends what happens, one after the other, while somebody runs it and an address is set."""

    def __init__(self, settings: Settings, faults: FaultBoard, ledger: Ledger) -> None:
        self._settings, self._faults, self._ledger = settings, faults, ledger
        self.log: list[Delivery] = []
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue()

    def emit(self, topic: str, record: Mapping[str, Any]) -> None:
        """Send a record, unless nobody listens or a fault loses it."""
        if not self._settings.webhook_url:
            return
        body = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
        delivery = Delivery(str(uuid.uuid4()), topic, body)
        self.log.append(delivery)
        if self._faults.take("webhook_lose", path=topic):
            delivery.status = "lost"
            return
        delivery.forged = self._faults.take("webhook_forge", path=topic) is not None
        for _ in range(2 if self._faults.take("webhook_twice", path=topic) else 1):
            self._waiting.put_nowait(delivery)

    async def drained(self) -> None:
        """Wait until everything was sent or given up."""
        await self._waiting.join()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send until left."""
        sender = asyncio.create_task(self._send_all())
        try:
            yield
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    async def _send_all(self) -> None:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while True:
                delivery = await self._waiting.get()
                try:
                    await self._send(client, delivery)
                finally:
                    self._waiting.task_done()

    async def _send(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        for attempt in range(self._settings.webhook_retries + 1):
            if attempt:
                await asyncio.sleep(self._settings.webhook_retry_seconds * attempt)
            if not self._settings.webhook_url:
                break
            status = await self._posted(client, delivery)
            delivery.answers.append(status)
            if 200 <= status < 300:
                delivery.status = "sent"
                return
        delivery.status = "given_up"
        # As the shop does: a subscription made by API is deleted after as many failures.
        self._settings.webhook_url = ""
        self._ledger.write("webhooks_off", after=delivery.id)

    async def _posted(self, client: httpx.AsyncClient, delivery: Delivery) -> int:
        secret = "somebody else's secret" if delivery.forged else self._settings.client_secret
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-Sha256": sign(secret, delivery.body),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-API-Version": VERSION,
            "X-Shopify-Webhook-Id": delivery.id,
            "X-Shopify-Triggered-At": self._settings.now().isoformat(),
        }
        try:
            answer = await client.post(self._settings.webhook_url, content=delivery.body, headers=headers)
        except httpx.HTTPError:
            status = 0
        else:
            status = answer.status_code
        self._ledger.write("webhook", id=delivery.id, topic=delivery.topic, status=status)
        return status
