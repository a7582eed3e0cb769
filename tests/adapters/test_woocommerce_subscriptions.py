"""WooCommerce's webhooks to us: made, looked after, switched on again; and what the connection test says."""

from collections.abc import AsyncIterator

import pytest

from adapters.ports import Finding
from sandbox.woocommerce import DEFAULT_SIGNING_KEY, ApiKey, Settings
from tests.adapters.test_woocommerce_store import HOOK, WooCommerceStand, opened


@pytest.fixture
async def stand() -> AsyncIterator[WooCommerceStand]:
    async with opened() as ready:
        yield ready


def hook(stand: WooCommerceStand, topic: str = "order.updated") -> dict[str, object]:
    return next(each for each in stand.shop.webhooks.values() if each["topic"] == topic)


async def test_reading_the_list_switches_webhooks_on_that_the_shop_disabled(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    other = stand.shop.add_webhook("order.updated", "https://elsewhere.example/hook", "x")
    other["status"] = "disabled"
    hook(stand, "order.created")["status"] = "paused"

    await stand.store.changed_orders({})

    assert hook(stand)["status"] == "active"
    assert (other["status"], hook(stand, "order.created")["status"]) == ("disabled", "paused")


async def test_webhooks_stay_off_where_the_merchant_wants_it(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    seen = stand.requests()

    await stand.port(enable_webhooks=False).changed_orders({})
    await stand.port(webhook_secrets=[]).changed_orders({})

    assert hook(stand)["status"] == "disabled"
    assert not any("webhooks" in each for each in stand.asked()[seen:])


async def test_webhooks_that_cannot_be_switched_on_do_not_stop_the_reading() -> None:
    async with opened(Settings(keys=(ApiKey(permissions="read"),))) as stand:
        hook(stand)["status"] = "disabled"

        page = await stand.store.changed_orders({})

        assert page.more
        assert hook(stand)["status"] == "disabled"


async def broken(stand: WooCommerceStand) -> list[Finding]:
    return [each for each in await stand.store.test() if not each.ok]


async def test_connection_test_names_webhooks_that_do_not_deliver(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    (disabled,) = await broken(stand)
    stand.shop.webhooks.clear()
    (missing,) = await broken(stand)
    stand.shop.add_webhook("order.created", HOOK, "x")
    (two,) = await broken(stand)

    assert disabled.what == "the shop's webhook order.updated is disabled"
    assert "/webhooks/shop" in missing.fix
    assert "order.created" not in two.fix
    assert "order.deleted" in two.fix


async def test_missing_webhooks_are_made_once_with_our_secret(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    port = stand.port(webhook_url=HOOK)
    (told,) = [each for each in await port.test() if not each.ok]

    for store in (port, stand.port(webhook_url=HOOK)):
        await store.changed_orders({})

    made = list(stand.shop.webhooks.values())
    assert "are made" in told.fix
    assert sorted(each["topic"] for each in made) == ["order.created", "order.deleted", "order.updated"]
    assert {(each["delivery_url"], each["_secret"]) for each in made} == {(HOOK, DEFAULT_SIGNING_KEY)}
    assert all(each.ok for each in await port.test())


async def test_webhook_made_although_the_answer_was_lost_is_not_made_again(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    stand.shop.faults.arm("reset_after_commit", method="POST")

    for _ in range(2):
        await stand.port(webhook_url=HOOK).changed_orders({})

    assert len(stand.shop.webhooks) == 3


async def test_webhooks_of_another_waybill_are_not_touched(stand: WooCommerceStand) -> None:
    for each in stand.shop.webhooks.values():
        each["status"] = "disabled"

    await stand.port(webhook_url="https://test.example.com/webhooks/shop").changed_orders({})

    made = [each for each in stand.shop.webhooks.values() if each["delivery_url"] != HOOK]
    assert hook(stand)["status"] == "disabled"
    assert len(made) == 3


async def test_webhook_that_is_switched_on_gets_the_secret_where_it_is_ours_in_all(
    stand: WooCommerceStand,
) -> None:
    hook(stand).update(status="disabled", _secret="typed wrongly")

    await stand.port(webhook_url=HOOK).changed_orders({})

    assert (hook(stand)["status"], hook(stand)["_secret"]) == ("active", DEFAULT_SIGNING_KEY)


async def test_address_for_another_connection_makes_nothing(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    port = stand.port(webhook_url="https://waybill.example.com/webhooks/elsewhere")

    await port.changed_orders({})
    (told,) = [each for each in await port.test() if not each.ok]

    assert not stand.shop.webhooks
    assert "/webhooks/shop" in told.fix
