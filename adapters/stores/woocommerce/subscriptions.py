"""The shop's webhooks to us: after more than five failures in a row the shop disables one, and nothing tells.

Ours are those whose address ends as the gateway's does, in `/webhooks/` and the connection's name.
"""

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog

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
        self._expected = bool(settings.webhook_secrets)
        self._due = 0.0
        self._looking = asyncio.Lock()

    async def keep_on(self) -> None:
        """Switch on again what the shop disabled: every ten minutes, and never in the way of reading."""
        if not self._expected or not self._enables:
            return
        async with self._looking:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _LOOKED_AT_EVERY
            try:
                for each in await self._ours():
                    if each.status == "disabled":
                        await self._switch_on(each)
            except WaybillError as problem:
                _LOG.warning(
                    "webhooks not looked after",
                    connection=self._client.connection,
                    code=problem.problem.code,
                    problem=problem.problem.sentence,
                )

    async def findings(self) -> tuple[Finding, ...]:
        """Say which webhooks are missing or do not deliver."""
        if not self._expected:
            return ()
        ours = await self._ours()
        active = {each.topic for each in ours if each.status == "active"}
        missing = [topic for topic in _TOPICS if topic not in {each.topic for each in ours}]
        stopped = [each for each in ours if each.status != "active" and each.topic not in active]
        if not missing and not stopped:
            return (Finding(what="the shop's webhooks deliver", ok=True),)
        return (*self._missing(missing), *(_stopped(each) for each in stopped))

    def _missing(self, topics: Sequence[str]) -> tuple[Finding, ...]:
        if not topics:
            return ()
        fix = (
            f"{_PLACE}add one for each of {', '.join(topics)}, delivering to"
            f" /webhooks/{self._client.connection} of the gateway, with the secret of webhook_secrets."
            " Until then orders are found by the list alone."
        )
        return (Finding(what="the shop has webhooks to us", ok=False, fix=fix),)

    async def _ours(self) -> list[ShopWebhook]:
        rows = await self._client.every(f"{SHOP}/webhooks", ShopWebhook, {})
        ending = f"/webhooks/{self._client.connection}"
        return [each for each in rows if urlsplit(each.delivery_url).path.rstrip("/").endswith(ending)]

    async def _switch_on(self, webhook: ShopWebhook) -> None:
        await self._client.write("PUT", f"{SHOP}/webhooks/{webhook.id}", {"status": "active"})
        _LOG.warning(
            "webhook switched on again",
            connection=self._client.connection,
            webhook=webhook.id,
            topic=webhook.topic,
        )


def _stopped(webhook: ShopWebhook) -> Finding:
    fix = (
        f"{_PLACE}set webhook {webhook.id} to Active; the shop disables one after failures, so look whether"
        " the gateway can be reached from the shop."
    )
    return Finding(what=f"the shop's webhook {webhook.topic} is {webhook.status}", ok=False, fix=fix)
