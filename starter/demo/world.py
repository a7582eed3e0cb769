"""The demo's view of the outside: a store, an ERP, and the services beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starter.demo.doors import Door
from starter.demo.floors import FLOORS, Floor
from starter.demo.storefronts import STOREFRONTS, Storefront
from starter.stack import Stack


@dataclass(frozen=True)
class Outside:
    """The sandboxes and the gateway."""

    shop: Storefront
    erp: Floor
    mailbox: Door
    labels: Door
    gateway: Door


@asynccontextmanager
async def outside_of(stack: Stack) -> AsyncIterator[Outside]:
    """Open the doors of everything around a machine."""
    places, kinds = stack.addresses, stack.kinds
    outside = Outside(
        STOREFRONTS[kinds.store](Door("shop", places.shop_url)),
        FLOORS[kinds.erp](Door("erp", places.erp_url)),
        Door("mailbox", places.mailbox_url),
        Door("labels", places.labels_url),
        Door("gateway", places.gateway_url),
    )
    try:
        yield outside
    finally:
        for each in (outside.shop, outside.erp, outside.mailbox, outside.labels, outside.gateway):
            await each.close()
