"""The webhooks that Waybill makes in a Shopify shop: once, again when the shop deleted them, and mended."""

from collections.abc import AsyncIterator

import pytest

from sandbox.shopify import Settings
from sandbox.shopify.settings import ALL_SCOPES
from sandbox.shopify.state import Subscription
from tests.adapters.test_shopify_store import ShopifyStand, opened

_HERE = "https://waybill.example.com/webhooks/shop"
_ORDERS = {
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_EDITED",
    "ORDERS_CANCELLED",
    "ORDERS_DELETE",
    "REFUNDS_CREATE",
}


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


def _topics(stand: ShopifyStand) -> list[str]:
    return sorted(each.topic for each in stand.shop.subscriptions.values() if each.uri == _HERE)


async def test_webhooks_are_made_once(stand: ShopifyStand) -> None:
    for _ in range(2):
        await stand.port(webhook_url=_HERE).changed_orders({})

    assert _topics(stand) == sorted(_ORDERS)
    assert stand.writes() == len(_ORDERS)


async def test_scopes_that_were_granted_bring_more_webhooks() -> None:
    scopes = ALL_SCOPES | {"read_returns", "read_fulfillments"}
    async with opened(Settings(scopes=scopes, bucket=100_000, restore_rate=2000)) as stand:
        await stand.port(webhook_url=_HERE).changed_orders({})

        assert set(_topics(stand)) == _ORDERS | {"RETURNS_REQUEST", "FULFILLMENTS_UPDATE"}


async def test_webhook_that_the_shop_deleted_is_made_again(stand: ShopifyStand) -> None:
    await stand.port(webhook_url=_HERE).changed_orders({})
    lost = next(iter(stand.shop.subscriptions))
    del stand.shop.subscriptions[lost]
    port = stand.port(webhook_url=_HERE)

    (missing,) = [finding for finding in await port.test() if not finding.ok]
    await port.changed_orders({})

    assert "ORDERS_CREATE are made as soon as" in missing.fix
    assert _topics(stand) == sorted(_ORDERS)
    assert all(finding.ok for finding in await port.test())


@pytest.mark.parametrize(
    "wrong",
    [
        {"uri": "https://old.example.com/webhooks/shop"},
        {"fields": ["id"]},
        {"format": "XML"},
        {"filter": "total_price:>=100"},
    ],
)
async def test_webhook_that_tells_too_little_or_elsewhere_is_mended(
    stand: ShopifyStand, wrong: dict[str, object]
) -> None:
    known = Subscription(7, "ORDERS_UPDATED", _HERE)
    for name, value in wrong.items():
        setattr(known, name, value)
    stand.shop.subscriptions[7] = known

    await stand.port(webhook_url=_HERE).changed_orders({})

    assert (known.uri, known.fields, known.format, known.filter) == (_HERE, [], "JSON", "")
    assert _topics(stand) == sorted(_ORDERS)


async def test_webhooks_of_others_are_left_alone(stand: ShopifyStand) -> None:
    theirs = Subscription(7, "ORDERS_UPDATED", "https://crm.example.com/hook", fields=["id"])
    stand.shop.subscriptions[7] = theirs

    await stand.port(webhook_url=_HERE).changed_orders({})

    assert (theirs.uri, theirs.fields) == ("https://crm.example.com/hook", ["id"])
    assert _topics(stand) == sorted(_ORDERS)


@pytest.mark.parametrize(
    "settings",
    [{}, {"webhook_url": "https://waybill.example.com/webhooks/other"}, {"webhook_secrets": []}],
)
async def test_nothing_is_made_without_a_fitting_address_and_a_secret(
    stand: ShopifyStand, settings: dict[str, object]
) -> None:
    port = stand.port(**({"webhook_url": _HERE, **settings} if settings else {}))

    await port.changed_orders({})
    broken = [finding.fix for finding in await port.test() if not finding.ok]

    assert stand.shop.subscriptions == {}
    assert broken == (
        ["Let webhook_url in waybill.toml end in /webhooks/shop; set webhook_secrets."] if settings else []
    )


async def test_trouble_with_webhooks_is_not_in_the_way_of_the_list(stand: ShopifyStand) -> None:
    stand.shop.faults.arm("error_500_before", method="WRITE")
    number = stand.place()

    found = await stand.port(webhook_url=_HERE).changed_orders({"begun": "", "mark": ""})

    assert [hint.order_id for hint in found.hints] == [number]
    assert _topics(stand) == []
