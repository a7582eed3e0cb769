"""The sandbox WooCommerce behaves as the real shop does; each behaviour has a test of its name."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.serving import serving
from sandbox.woocommerce import (
    DEFAULT_KEY,
    DEFAULT_SECRET,
    DEFAULT_SIGNING_KEY,
    ApiKey,
    WooCommerce,
    create_app,
)
from sandbox.woocommerce.behaviours import BEHAVIOURS

MORNING = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


class Visit:
    """A shop and somebody who asks its REST API."""

    def __init__(self, shop: WooCommerce, http: httpx.AsyncClient) -> None:
        self.shop, self.http = shop, http

    async def ask(self, method: str, path: str, *, login: bool = True, **details: Any) -> httpx.Response:
        auth = (DEFAULT_KEY, DEFAULT_SECRET) if login else None
        return await self.http.request(method, path, auth=auth, **details)

    async def orders(self, **query: str) -> list[int]:
        answer = await self.ask(
            "GET", "/wp-json/wc/v3/orders", params={"order": "asc", "orderby": "id", **query}
        )
        return [row["id"] for row in answer.json()]

    def sell(self, **cart: object) -> dict[str, Any]:
        return self.shop.place_order({"lines": [{"sku": "GLASS-SET-4"}], **cart})


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    shop = WooCommerce()
    async with serving(create_app(shop)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield Visit(shop, http)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_plain_permalinks_answer_under_rest_route_only(visit: Visit) -> None:
    visit.shop.settings.plain_permalinks = True
    visit.sell()

    pretty = await visit.ask("GET", "/wp-json/wc/v3/orders")
    plain = await visit.ask("GET", "/?rest_route=/wc/v3/orders&via=wp-json/wc/")

    assert (pretty.status_code, pretty.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert len(plain.json()) == 1


async def test_keys_are_looked_at_where_the_address_has_wp_json_wc(visit: Visit) -> None:
    visit.shop.settings.plain_permalinks = True

    answer = await visit.ask("GET", "/?rest_route=/wc/v3/orders")

    assert code_of(answer) == (401, "woocommerce_rest_cannot_view")


async def test_key_nobody_knows_is_no_login(visit: Visit) -> None:
    answer = await visit.http.get("/wp-json/wc/v3/orders", auth=("ck_" + "0" * 40, DEFAULT_SECRET))

    assert code_of(answer) == (401, "woocommerce_rest_cannot_view")


async def test_key_may_come_in_the_query(visit: Visit) -> None:
    keys = {"consumer_key": DEFAULT_KEY, "consumer_secret": DEFAULT_SECRET}

    answer = await visit.ask("GET", "/wp-json/wc/v3/orders", login=False, params=keys)

    assert answer.status_code == 200


async def test_header_that_the_host_drops_is_401(visit: Visit) -> None:
    visit.shop.settings.drops_authorization = True

    assert code_of(await visit.ask("GET", "/wp-json/wc/v3/orders")) == (401, "woocommerce_rest_cannot_view")


async def test_key_of_a_user_who_lost_the_role_is_403(visit: Visit) -> None:
    visit.shop.settings.keys = (ApiKey(may_manage=False),)

    assert code_of(await visit.ask("GET", "/wp-json/wc/v3/orders")) == (403, "woocommerce_rest_cannot_view")


async def test_key_without_write_permission_is_401(visit: Visit) -> None:
    visit.shop.settings.keys = (ApiKey(permissions="read"),)
    order = visit.sell()

    answer = await visit.ask("PUT", f"/wp-json/wc/v3/orders/{order['id']}", json={"status": "completed"})

    assert code_of(answer) == (401, "woocommerce_rest_authentication_error")
    assert "write permissions" in answer.json()["message"]


@dataclass
class Receiver:
    """Somebody who keeps what is posted to them."""

    url: str
    seen: list[tuple[Headers, bytes]] = field(default_factory=list)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    received = Receiver("")

    async def keep(request: Request) -> Response:
        received.seen.append((request.headers, await request.body()))
        return Response()

    async with serving(Starlette(routes=[Route("/hook", keep, methods=["POST"])])) as url:
        received.url = f"{url}/hook"
        yield received


async def test_webhook_is_signed_over_its_raw_bytes(visit: Visit, receiver: Receiver) -> None:
    visit.shop.add_webhook("order.updated", receiver.url, DEFAULT_SIGNING_KEY)
    visit.sell(comment="Über")
    await visit.shop.deliveries.drained()

    ((headers, body),) = receiver.seen
    digest = hmac.new(DEFAULT_SIGNING_KEY.encode(), body, hashlib.sha256).digest()
    assert headers["x-wc-webhook-signature"] == b64encode(digest).decode()
    assert headers["x-wc-webhook-topic"] == "order.updated"


async def test_webhook_carries_the_state_at_delivery(visit: Visit, receiver: Receiver) -> None:
    visit.shop.add_webhook("order.updated", receiver.url, DEFAULT_SIGNING_KEY)
    order = visit.sell()
    visit.shop.set_status(order["id"], "completed")
    await visit.shop.deliveries.drained()

    assert [json.loads(body)["status"] for _, body in receiver.seen] == ["completed"]


async def test_seventh_failure_in_a_row_disables_a_webhook(visit: Visit) -> None:
    webhook = visit.shop.add_webhook("order.updated", "http://127.0.0.1:9/hook", DEFAULT_SIGNING_KEY)
    for _ in range(6):
        visit.sell()
    await visit.shop.deliveries.drained()
    after_six = webhook["status"]
    visit.sell()
    await visit.shop.deliveries.drained()

    assert (after_six, webhook["status"]) == ("active", "disabled")


async def test_webhook_that_is_made_greets_with_a_form(visit: Visit, receiver: Receiver) -> None:
    wanted = {"topic": "order.updated", "delivery_url": receiver.url, "secret": DEFAULT_SIGNING_KEY}

    answer = await visit.ask("POST", "/wp-json/wc/v3/webhooks", json=wanted)

    ((headers, body),) = receiver.seen
    assert body == f"webhook_id={answer.json()['id']}".encode()
    assert "x-wc-webhook-signature" not in headers
    assert answer.json()["status"] == "active"
    assert "secret" not in answer.json()


async def test_webhook_switched_on_by_the_api_keeps_its_failures(visit: Visit) -> None:
    webhook = visit.shop.add_webhook("order.updated", "http://127.0.0.1:9/hook", DEFAULT_SIGNING_KEY)
    webhook.update(status="disabled", _failures=6)

    answer = await visit.ask("PUT", f"/wp-json/wc/v3/webhooks/{webhook['id']}", json={"status": "active"})
    visit.sell()
    await visit.shop.deliveries.drained()

    assert answer.json()["status"] == "active"
    assert visit.shop.ledger.of("ping") == []
    assert webhook["status"] == "disabled"


async def test_webhook_of_an_order_that_is_gone_carries_the_refusal(visit: Visit, receiver: Receiver) -> None:
    order = visit.sell()
    visit.shop.add_webhook("order.updated", receiver.url, DEFAULT_SIGNING_KEY)
    visit.shop.save(order["id"])
    del visit.shop.orders[order["id"]]
    await visit.shop.deliveries.drained()

    ((_, body),) = receiver.seen
    assert json.loads(body)["code"] == "woocommerce_rest_shop_order_invalid_id"


async def test_modified_after_is_in_site_time_unless_told_otherwise(visit: Visit) -> None:
    visit.shop.settings.now = lambda: MORNING
    sold = visit.sell()["id"]

    as_site = await visit.orders(modified_after="2026-07-01T09:30:00")
    as_gmt = await visit.orders(modified_after="2026-07-01T09:30:00", dates_are_gmt="true")

    assert (as_site, as_gmt) == ([sold], [])


async def test_modified_after_leaves_out_its_own_second(visit: Visit) -> None:
    visit.shop.settings.now = lambda: MORNING
    sold = visit.sell()["id"]

    own = await visit.orders(modified_after="2026-07-01T08:00:00", dates_are_gmt="true")
    before = await visit.orders(modified_after="2026-07-01T07:59:59", dates_are_gmt="true")

    assert (own, before) == ([], [sold])


async def test_any_has_drafts_of_the_checkout_and_leaves_out_trash(visit: Visit) -> None:
    kept, trashed = visit.sell()["id"], visit.sell()["id"]
    draft = visit.sell(status="checkout-draft")["id"]
    visit.shop.trash(trashed)

    assert await visit.orders(status="any") == [kept, draft]
    assert await visit.orders(status="trash") == [trashed]


async def test_amounts_have_the_decimals_asked_for(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}"

    usual, exact = (await visit.ask("GET", path)).json(), (await visit.ask("GET", f"{path}?dp=6")).json()

    assert (usual["total"], exact["total"]) == ("35.89", "35.890000")


async def test_line_totals_are_without_tax_whatever_prices_include(visit: Visit) -> None:
    order = visit.sell()
    visit.shop.settings.prices_include_tax = False
    other = visit.sell()

    for each in (order, other):
        (line,) = (await visit.ask("GET", f"/wp-json/wc/v3/orders/{each['id']}")).json()["line_items"]
        assert (line["total"], line["total_tax"]) == ("24.95", "4.99")


async def test_record_is_changed_by_post_as_by_put(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}"

    answers = [await visit.ask(verb, path, json={"status": "completed"}) for verb in ("POST", "PUT")]

    assert [(each.status_code, each.json()["status"]) for each in answers] == [(200, "completed")] * 2


async def test_same_meta_key_replaces_the_value(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}"
    for value in ("1", "2"):
        await visit.ask("PUT", path, json={"meta_data": [{"key": "_erp", "value": value}]})

    metas = (await visit.ask("GET", path)).json()["meta_data"]

    assert [each["value"] for each in metas if each["key"] == "_erp"] == ["2"]


async def test_notes_are_taken_any_number_of_times(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}/notes"
    for _ in range(2):
        await visit.ask("POST", path, json={"note": "Twice", "customer_note": False})

    assert [each["note"] for each in (await visit.ask("GET", path)).json()][:2] == ["Twice", "Twice"]


async def test_unknown_fields_of_a_body_are_ignored(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}"

    answer = await visit.ask("PUT", path, json={"erp": 1})

    assert answer.status_code == 200
    assert visit.shop.ledger.of("ignored", fields=["erp"])


async def test_variations_are_found_by_sku(visit: Visit) -> None:
    found = (await visit.ask("GET", "/wp-json/wc/v3/products?sku=shirt-blk-m,GLASS-SET-4")).json()

    assert sorted((row["sku"], row["type"], row["parent_id"] > 0) for row in found) == [
        ("GLASS-SET-4", "simple", False),
        ("SHIRT-BLK-M", "variation", True),
    ]


async def test_advanced_plug_in_takes_an_id_for_an_order_number(visit: Visit) -> None:
    visit.shop.settings.advanced_shipment_tracking = True
    sold = visit.sell(raw={"number": "1001"})["id"]
    other = visit.sell(raw={"number": str(sold)})["id"]

    path = f"/wp-json/wc-ast/v3/orders/{sold}/shipment-trackings"
    await visit.ask("POST", path, json={"tracking_number": "1Z9", "tracking_provider": "UPS"})

    assert list(visit.shop.shipments) == [other]


async def test_unknown_status_is_400_with_its_parameter(visit: Visit) -> None:
    path = f"/wp-json/wc/v3/orders/{visit.sell()['id']}"

    answer = await visit.ask("PUT", path, json={"status": "nonsense"})

    assert code_of(answer) == (400, "rest_invalid_param")
    assert list(answer.json()["data"]["params"]) == ["status"]


async def test_full_refund_makes_the_order_refunded(visit: Visit) -> None:
    order = visit.sell()
    visit.shop.refund(order["id"], {"lines": [{"sku": "GLASS-SET-4", "quantity": 1}], "shipping": True})

    shown = (await visit.ask("GET", f"/wp-json/wc/v3/orders/{order['id']}")).json()
    (refund,) = (await visit.ask("GET", f"/wp-json/wc/v3/orders/{order['id']}/refunds")).json()

    assert (shown["status"], shown["refunds"][0]["total"]) == ("refunded", "-35.89")
    assert (refund["amount"], refund["line_items"][0]["quantity"]) == ("35.89", -1)


async def test_status_refunded_gives_the_rest_back_without_lines(visit: Visit) -> None:
    order = visit.sell()
    visit.shop.refund(order["id"], {"amount": "5.00"})

    visit.shop.set_status(order["id"], "refunded")

    rest, _ = (await visit.ask("GET", f"/wp-json/wc/v3/orders/{order['id']}/refunds")).json()
    assert (rest["amount"], rest["line_items"]) == ("30.89", [])


async def test_unknown_route_is_404_with_rest_no_route(visit: Visit) -> None:
    path = "/wp-json/wc-shipment-tracking/v3/orders/1/shipment-trackings"

    assert code_of(await visit.ask("GET", path)) == (404, "rest_no_route")


def test_every_behaviour_is_shown_here() -> None:
    assert [each.name for each in BEHAVIOURS if f"test_{each.name}" not in globals()] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("per_page=101", "per_page"), ("page=0", "page"), ("orderby=total", "orderby"), ("after=noon", "after")],
)
async def test_odd_questions_are_refused(visit: Visit, query: str, field: str) -> None:
    answer = await visit.ask("GET", f"/wp-json/wc/v3/orders?{query}")

    assert code_of(answer) == (400, "rest_invalid_param")
    assert field in answer.json()["data"]["params"]


async def test_buyer_and_employee_find_their_doors(visit: Visit) -> None:
    sold = (await visit.http.post("/shop/orders", json={"lines": [{"sku": "GLASS-SET-4"}]})).json()
    refused = await visit.http.post("/shop/orders", json={"lines": [{"sku": "NOTHING"}]})
    done = await visit.http.post(f"/shop/orders/{sold['id']}/status", json={"status": "completed"})
    changed = await visit.http.patch("/_sandbox/settings", json={"drops_authorization": True})

    assert (sold["total"], refused.status_code) == ("35.89", 422)
    assert done.json()["order"]["status"] == "completed"
    assert changed.json()["drops_authorization"] is True
