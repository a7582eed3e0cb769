"""The shop's webhooks to us: after more than five failures in a row the shop disables one, and nothing tells.

Ours are those with the address of the settings; without one, those whose address ends as the gateway's does,
in `/webhooks/` and the connection's name. A webhook that is switched on keeps its count of failures: the next
one disables it again, and a success clears it.
"""

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr

from adapters.ports import Finding
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.models import ShopWebhook
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.errors import WaybillError

_LOG = structlog.get_logger("waybill.woocommerce")
_LOOKED_AT_EVERY = 600
_TOPICS = ("order.created", "order.updated", "order.deleted")
_PLACE = "In the back office, WooCommerce > Settings > Advanced > Webhooks, "


class Subscriptions:
    """The webhooks that one shop has for us. Without a secret in the settings none is expected."""

    def __init__(self, client: WooCommerceClient, settings: WooCommerceSettings) -> None:
        self._client, self._enables = client, settings.enable_webhooks
        self._ending = f"/webhooks/{client.connection}"
        self._address = settings.webhook_url
        self._secret = settings.webhook_secrets[0] if settings.webhook_secrets else None
        self._due = 0.0
        self._looking = asyncio.Lock()

    async def keep_on(self) -> None:
        """Make what is missing, switch on what was disabled: every ten minutes, and never in the way."""
        if self._secret is None or not (self._enables or self._makes):
            return
        async with self._looking:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _LOOKED_AT_EVERY
            try:
                await self._put_right(self._secret, await self._ours())
            except WaybillError as problem:
                _LOG.warning(
                    "webhooks not looked after",
                    connection=self._client.connection,
                    code=problem.problem.code,
                    problem=problem.problem.sentence,
                )

    async def findings(self) -> tuple[Finding, ...]:
        """Say which webhooks are missing or do not deliver."""
        if self._secret is None:
            return ()
        if self._address and not self._makes:
            fix = f"Let webhook_url in waybill.toml end in {self._ending}."
            return (Finding(what="webhook_url is the gateway's address for this shop", ok=False, fix=fix),)
        ours = await self._ours()
        active = {each.topic for each in ours if each.status == "active"}
        missing = _missing(ours)
        stopped = [each for each in ours if each.status != "active" and each.topic not in active]
        if not missing and not stopped:
            return (Finding(what="the shop's webhooks deliver", ok=True),)
        return (*self._named(missing), *(_stopped(each) for each in stopped))

    @property
    def _makes(self) -> bool:
        return urlsplit(self._address).path.endswith(self._ending)

    def _named(self, topics: Sequence[str]) -> tuple[Finding, ...]:
        if not topics:
            return ()
        names = ", ".join(topics)
        by_hand = (
            f"{_PLACE}add one for each of {names}, delivering to {self._ending} of the gateway, with the"
            " secret of webhook_secrets; or set webhook_url, and they are made."
        )
        by_us = f"Those for {names} are made as soon as the list of orders is read; start the worker."
        fix = (by_us if self._makes else by_hand) + " Until then orders are found by the list alone."
        return (Finding(what="the shop has webhooks to us", ok=False, fix=fix),)

    async def _ours(self) -> list[ShopWebhook]:
        rows = await self._client.every(f"{SHOP}/webhooks", ShopWebhook, {})
        return [each for each in rows if self._is_ours(each.delivery_url)]

    def _is_ours(self, address: str) -> bool:
        if self._makes:
            return address.rstrip("/") == self._address
        return urlsplit(address).path.rstrip("/").endswith(self._ending)

    async def _put_right(self, secret: SecretStr, ours: Sequence[ShopWebhook]) -> None:
        for each in ours:
            if each.status == "disabled" and self._enables:
                await self._switch_on(each, secret)
        for topic in _missing(ours) if self._makes else ():
            await self._make(topic, secret)

    async def _make(self, topic: str, secret: SecretStr) -> None:
        """Create a webhook; where the answer is lost, the next look finds it or makes it."""
        wanted = {"name": f"Waybill {topic}", "topic": topic, "delivery_url": self._address}
        signed = {**wanted, "secret": secret.get_secret_value(), "status": "active"}
        await self._client.write("POST", f"{SHOP}/webhooks", signed)
        _LOG.info("webhook made", connection=self._client.connection, topic=topic)

    async def _switch_on(self, webhook: ShopWebhook, secret: SecretStr) -> None:
        # One whose address we were told is ours in all: a secret that does not fit may be why it failed.
        signed = {"secret": secret.get_secret_value()} if self._makes else {}
        await self._client.write("PUT", f"{SHOP}/webhooks/{webhook.id}", {"status": "active", **signed})
        _LOG.warning(
            "webhook switched on again",
            connection=self._client.connection,
            webhook=webhook.id,
            topic=webhook.topic,
        )


def _missing(ours: Sequence[ShopWebhook]) -> list[str]:
    return [topic for topic in _TOPICS if topic not in {each.topic for each in ours}]


def _stopped(webhook: ShopWebhook) -> Finding:
    fix = (
        f"{_PLACE}set webhook {webhook.id} to Active; the shop disables one after failures, so look whether"
        " the gateway can be reached from the shop."
    )
    return Finding(what=f"the shop's webhook {webhook.topic} is {webhook.status}", ok=False, fix=fix)
