"""The shop's webhooks: the record as it is when delivered, signed, sent once; the seventh failure disables.

Changes of one order while one delivery of it waits become one. A fault's `path` is matched against the topic.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.woocommerce.settings import Settings

MOST_FAILURES = 5
_SITE = "https://shop.example.test/"
Record = dict[str, Any]


def sign(secret: str, body: bytes) -> str:
    """Return the signature header's value."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Deliveries:
    """The queue of deliveries and its sender. Nothing is sent while nobody runs it."""

    def __init__(
        self,
        settings: Settings,
        faults: FaultBoard,
        ledger: Ledger,
        webhooks: dict[int, Record],
        shown_order: Callable[[int], Record],
    ) -> None:
        self._settings, self._faults, self._ledger = settings, faults, ledger
        self._webhooks, self._shown_order = webhooks, shown_order
        self._queue: list[tuple[int, int]] = []
        self._woken, self._idle = asyncio.Event(), asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent, or on its way."""
        return bool(self._queue) or not self._idle.is_set()

    def emit(self, topic: str, number: int) -> None:
        """Queue a delivery about an order to each active webhook of the topic."""
        if not self._settings.sends_webhooks:
            return
        for webhook in self._webhooks.values():
            if webhook["topic"] != topic or webhook["status"] != "active":
                continue
            if self._faults.take("webhook_lose", path=topic):
                self._ledger.write("webhook", topic=topic, order=number, outcome="lost")
            elif (webhook["id"], number) not in self._queue:
                self._queue.append((webhook["id"], number))
        if self._queue:
            self._idle.clear()
            self._woken.set()

    async def drained(self) -> None:
        """Wait until nothing is left to be sent; somebody must be running the queue."""
        await self._idle.wait()

    async def ping(self, webhook: Record) -> None:
        """Greet the address of a new webhook, until that answers 200: a form, unsigned, without a topic."""
        content, headers = f"webhook_id={webhook['id']}".encode(), self._agent()
        headers["content-type"] = "application/x-www-form-urlencoded"
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
            status = await self._post(client, webhook["delivery_url"], content, headers)
        webhook["_pending"] = status != 200
        self._ledger.write("ping", webhook=webhook["id"], status=status)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send what is in the queue, and what comes, until left."""
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        (self._woken if self._queue else self._idle).set()
        sender = asyncio.create_task(self._send_all())
        try:
            yield
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    async def _send_all(self) -> None:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
            while True:
                await self._woken.wait()
                self._woken.clear()
                while self._queue:
                    webhook_id, number = self._queue.pop(0)
                    if webhook := self._webhooks.get(webhook_id):
                        twice = self._faults.take("webhook_twice", path=webhook["topic"])
                        for _ in range(2 if twice else 1):
                            await self._deliver(client, webhook, number)
                self._idle.set()

    async def _deliver(self, client: httpx.AsyncClient, webhook: Record, number: int) -> None:
        topic = webhook["topic"]
        record = {"id": number} if topic == "order.deleted" else self._shown_order(number)
        body = json.dumps(record).encode()
        forged = self._faults.take("webhook_forge", path=topic) is not None
        headers = self._headers(webhook, body, forged)
        status = await self._post(client, webhook["delivery_url"], body, headers)
        self._ledger.write("webhook", topic=topic, order=number, outcome="sent", status=status)
        if 200 <= status <= 302:
            webhook["_failures"] = 0
        elif webhook["_failures"] > MOST_FAILURES:
            webhook["status"] = "disabled"
        else:
            webhook["_failures"] += 1

    async def _post(
        self, client: httpx.AsyncClient, url: str, content: bytes, headers: dict[str, str]
    ) -> int:
        try:
            answer = await client.post(
                url, content=content, headers=headers, timeout=self._settings.webhook_timeout_seconds
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return answer.status_code

    def _agent(self) -> dict[str, str]:
        return {"user-agent": f"WooCommerce/{self._settings.version} Hookshot (WordPress/6.9)"}

    def _headers(self, webhook: Record, body: bytes, forged: bool) -> dict[str, str]:
        """The delivery id is made of the webhook and the second, so two deliveries may share one."""
        resource, _, event = webhook["topic"].partition(".")
        second = f"{webhook['id']}{int(self._settings.now().timestamp())}"
        return {
            **self._agent(),
            "content-type": "application/json",
            "x-wc-webhook-source": _SITE,
            "x-wc-webhook-topic": webhook["topic"],
            "x-wc-webhook-resource": resource,
            "x-wc-webhook-event": event,
            "x-wc-webhook-signature": sign("forged" if forged else webhook["_secret"], body),
            "x-wc-webhook-id": str(webhook["id"]),
            "x-wc-webhook-delivery-id": hashlib.sha256(second.encode()).hexdigest()[:32],
        }
