"""Shopify's webhooks: whose they are, and which order they are about."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.ports import BodyRefused, SignatureRefused, WebhookEvent
from adapters.stores.shopify import Shopify, ShopifySettings, webhooks
from sandbox.serving import serving
from sandbox.shopify import DEFAULT_SECRET, DOMAIN, Settings, Shop, create_app
from sandbox.shopify.webhooks import sign
from tests.adapters.test_shopify_store import DELIVERY

ORDER = {"id": 6100000000001, "admin_graphql_api_id": "gid://shopify/Order/6100000000001"}


def headers(topic: str, body: bytes, *, prefix: str = "x-", secret: str = DEFAULT_SECRET) -> dict[str, str]:
    """Return what comes with a body."""
    told = {"topic": topic, "shop-domain": DOMAIN, "webhook-id": DELIVERY, "hmac-sha256": sign(secret, body)}
    return {f"{prefix}shopify-{name}": value for name, value in told.items()}


@pytest.mark.parametrize(
    ("topic", "record", "kind", "order_id", "subject"),
    [
        ("orders/create", ORDER, "order.created", "6100000000001", ""),
        ("orders/paid", ORDER, "order.changed", "6100000000001", ""),
        ("orders/updated", {**ORDER, "refunds": [{"id": 1}]}, "order.refunded", "6100000000001", ""),
        ("orders/edited", {"order_edit": {"id": 1, "order_id": 42}}, "order.changed", "42", ""),
        ("refunds/create", {"id": 1, "order_id": 42}, "order.refunded", "42", ""),
        ("fulfillments/update", {"id": 1, "order_id": 42}, "order.changed", "42", ""),
        ("returns/request", {"id": 5, "order": {"id": 42}}, "order.return_requested", "42", "5"),
        ("returns/close", {"id": 5, "order": {"id": 42}}, "order.changed", "42", "5"),
        ("orders/create", {**ORDER, "test": True}, "order.test", "", ""),
        ("orders/delete", {"id": 42}, "order.changed", "42", ""),
        ("order_transactions/create", {"id": 1, "order_id": 42}, "order.changed", "42", ""),
        ("fulfillment_events/create", {"id": 1, "order_id": 42}, "order.changed", "42", ""),
        ("orders/risk_assessment_changed", {"risk_level": "HIGH"}, "orders.risk_assessment_changed", "", ""),
        ("returns/update", {"id": 5, "return_line_items": []}, "returns.update", "", ""),
        ("app/uninstalled", {"id": 7}, "app.uninstalled", "", ""),
    ],
)
def test_topic_tells_what_a_body_is_about(
    topic: str, record: dict[str, object], kind: str, order_id: str, subject: str
) -> None:
    body = json.dumps(record).encode()

    event = webhooks.read(headers(topic, body), body, tests=False)

    assert (event.kind, event.order_id, event.subject) == (kind, order_id, subject)


def test_test_order_is_heard_of_where_tests_are_taken() -> None:
    body = json.dumps({**ORDER, "test": True}).encode()

    assert webhooks.read(headers("orders/create", body), body, tests=True).order_id == "6100000000001"


@pytest.mark.parametrize(
    ("topic", "record", "order_id"),
    [
        ("orders/updated", {**ORDER, "created_at": "2026-03-01T23:30:00-05:00"}, "6100000000001"),
        ("orders/updated", {**ORDER, "created_at": "2026-03-02T00:30:00+01:00"}, ""),
        ("orders/delete", {"id": 42}, "42"),
        ("orders/edited", {"order_edit": {"id": 1, "order_id": 42}}, ""),
        ("refunds/create", {"id": 1, "order_id": 42}, ""),
        ("returns/request", {"id": 5, "order": {"id": 42}}, "42"),
    ],
)
def test_order_of_before_waybill_is_not_heard_of(
    topic: str, record: dict[str, object], order_id: str
) -> None:
    body = json.dumps(record).encode()

    event = webhooks.read(headers(topic, body), body, tests=False, placed_from=date(2026, 3, 2))

    assert event.order_id == order_id


@pytest.mark.parametrize(
    ("topic", "record"),
    [
        ("orders/edited", {"order_edit": [1]}),
        ("orders/edited", {}),
        ("returns/request", {"id": 5, "order": None}),
        ("returns/request", {"id": "x", "order": {"id": 42}}),
        ("refunds/create", {"id": 1, "order_id": None}),
        ("orders/create", {"name": "#1001"}),
    ],
)
def test_body_without_its_order_is_refused(topic: str, record: dict[str, object]) -> None:
    body = json.dumps(record).encode()

    with pytest.raises(BodyRefused):
        webhooks.read(headers(topic, body), body, tests=False)


@pytest.mark.parametrize("prefix", ["x-", ""])
@pytest.mark.parametrize("secret", [DEFAULT_SECRET, "the secret of last year"])
def test_both_forms_and_both_secrets_are_accepted(prefix: str, secret: str) -> None:
    secrets = [SecretStr(DEFAULT_SECRET), SecretStr("the secret of last year")]
    told = headers("orders/paid", b"{}", prefix=prefix, secret=secret)

    assert webhooks.verify(told, b"{}", DOMAIN, secrets) == DELIVERY


@pytest.mark.parametrize("delivery", ["", "short", "b1d6a1f2 7a0e", "x" * 101, "a\nb45678"])
def test_garbled_name_of_a_delivery_is_refused(delivery: str) -> None:
    told = {**headers("orders/paid", b"{}"), "x-shopify-webhook-id": delivery}

    with pytest.raises(SignatureRefused, match="Webhook-Id"):
        webhooks.verify(told, b"{}", DOMAIN, [SecretStr(DEFAULT_SECRET)])


def test_webhook_of_another_shop_is_refused() -> None:
    with pytest.raises(SignatureRefused, match="of another shop"):
        webhooks.verify(
            headers("orders/paid", b"{}"), b"{}", "other.myshopify.com", [SecretStr(DEFAULT_SECRET)]
        )


async def test_what_the_sandbox_sends_is_believed_and_repeats_keep_their_id() -> None:
    taken: list[tuple[Mapping[str, str], bytes]] = []

    async def hook(request: Request) -> Response:
        taken.append((request.headers, await request.body()))
        return Response(status_code=202)

    given = {"shop": DOMAIN, "access_token": "shpat_x", "webhook_secrets": [DEFAULT_SECRET]}
    port = Shopify("shop", ShopifySettings.model_validate(given))
    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as address:
        shop = Shop(Settings(webhook_url=f"{address}/hook"))
        async with serving(create_app(shop)):
            shop.faults.arm("webhook_twice")
            number = shop.place({"lines": [{"sku": "GLASS-SET-4"}]}).number
            await shop.webhooks.drained()

    ids = {port.verify_webhook(headers, body, datetime.now(UTC)) for headers, body in taken}
    events = {port.read_webhook(headers, body) for headers, body in taken}
    assert (len(taken), len(ids)) == (2, 1)
    assert events == {WebhookEvent(kind="order.created", order_id=str(number))}


async def test_sandbox_switches_its_webhooks_off_when_nobody_takes_them() -> None:
    shop = Shop(Settings(webhook_url="http://127.0.0.1:9/hook", webhook_retries=2, webhook_retry_seconds=0))
    async with serving(create_app(shop)):
        shop.place({"lines": [{"sku": "GLASS-SET-4"}]})
        await shop.webhooks.drained()

    assert shop.webhooks.log[0].answers == [0, 0, 0]
    assert shop.settings.webhook_url == ""
