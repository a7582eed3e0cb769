"""The shop's webhooks to us, where we are to make them.

After eight failures in a row the shop deletes a subscription that was made by API, and nothing tells: they
are looked at again and again. Those of an app's configuration and those made by hand in the shop cannot be
seen, so without `webhook_url` nothing is expected.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import structlog

from adapters.ports import Finding
from adapters.stores.findings import broken
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.models import Installation, Page, Subscription
from adapters.stores.shopify.refusals import check
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import WaybillError

_LOG = structlog.get_logger("waybill.shopify")
_LOOKED_AT_EVERY = 600
_FORM = {"format": "JSON", "includeFields": [], "filter": ""}
TOPICS = {
    "ORDERS_CREATE": "read_orders",
    "ORDERS_UPDATED": "read_orders",
    "ORDERS_EDITED": "read_orders",
    "ORDERS_CANCELLED": "read_orders",
    "ORDERS_DELETE": "read_orders",
    "REFUNDS_CREATE": "read_orders",
    "FULFILLMENTS_UPDATE": "read_fulfillments",
    "RETURNS_REQUEST": "read_returns",
}
"""What we want to be told, and the scope that each asks for; those beyond orders are done without."""


class Subscriptions:
    """The subscriptions of our app in one shop."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings) -> None:
        self._client, self._address = client, settings.webhook_url
        self._ending = f"/webhooks/{client.connection}"
        self._fits = urlsplit(self._address).path.endswith(self._ending) and bool(settings.webhook_secrets)
        self._due = 0.0
        self._looking = asyncio.Lock()

    async def keep_on(self) -> None:
        """Make what is missing or was deleted: every ten minutes, and never in the way of reading."""
        if not self._fits:
            return
        async with self._looking:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _LOOKED_AT_EVERY
            try:
                await self._put_right()
            except WaybillError as problem:
                _LOG.warning(
                    "webhooks not looked after",
                    connection=self._client.connection,
                    code=problem.problem.code,
                    problem=problem.problem.sentence,
                )

    async def findings(self) -> tuple[Finding, ...]:
        """Say what keeps the shop's webhooks from coming."""
        if not self._address:
            return ()
        if not self._fits:
            fix = f"Let webhook_url in waybill.toml end in {self._ending}; set webhook_secrets."
            return (Finding(what="the shop's webhooks can be made", ok=False, fix=fix),)
        try:
            missing = await self._wrong()
        except WaybillError as problem:
            return (broken("the shop's webhooks can be looked at", problem),)
        what = "the shop has webhooks to us"
        if not missing:
            return (Finding(what=what, ok=True),)
        fix = (
            f"Those for {', '.join(missing)} are made as soon as the list of orders is read: start the"
            " worker. Until then orders are found by the list alone."
        )
        return (Finding(what=what, ok=False, fix=fix),)

    async def _wrong(self) -> dict[str, Subscription | None]:
        """Return the topics of which we are not told, each with the subscription that has to be mended."""
        data = await self._client.read(operations.SCOPES)
        installed = self._client.parsed(
            Installation, data.get("currentAppInstallation"), "currentAppInstallation"
        )
        granted = {scope.handle.replace("write_", "read_", 1) for scope in installed.scopes}
        ours = [each async for each in self._all() if urlsplit(each.uri).path.endswith(self._ending)]
        right = {each.topic for each in ours if self._is_right(each)}
        wanted = [topic for topic, scope in TOPICS.items() if scope in granted and topic not in right]
        return {topic: next((each for each in ours if each.topic == topic), None) for topic in wanted}

    async def _all(self) -> AsyncIterator[Subscription]:
        after: str | None = None
        while True:
            data = await self._client.read(operations.SUBSCRIPTIONS, after=after)
            page = self._client.parsed(Page[Subscription], data.get("webhookSubscriptions"), "subscriptions")
            for each in page.nodes:
                yield each
            if not page.info.more or page.info.end in {"", after}:
                return
            after = page.info.end

    def _is_right(self, one: Subscription) -> bool:
        """Tell whether it delivers whole orders, all of them, to where we are now."""
        return (one.uri, one.format, one.fields, one.filter) == (self._address, "JSON", (), "")

    async def _put_right(self) -> None:
        """Make or mend; where the answer is lost, the next look finds it or does it."""
        for topic, known in (await self._wrong()).items():
            wanted = {"uri": self._address, **_FORM}
            if known:
                errors = await self._client.write(operations.RESUBSCRIBE, id=known.id, wanted=wanted)
            else:
                errors = await self._client.write(operations.SUBSCRIBE, topic=topic, wanted=wanted)
            check(errors, f"the webhook {topic}", self._client.connection)
            _LOG.info("webhook made", connection=self._client.connection, topic=topic)
