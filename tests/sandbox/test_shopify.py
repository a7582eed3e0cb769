"""The sandbox shop behaves as the vendor's documentation says: one test for each behaviour."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.serving import serving
from sandbox.shopify import DEFAULT_SECRET, DEFAULT_TOKEN, Settings, Shop, create_app
from sandbox.shopify.behaviours import BEHAVIOURS
from sandbox.shopify.settings import ALL_SCOPES, CLIENT_ID, VERSION

_SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { field code } } }"""
_FULFIL = """mutation Fulfil($f: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $f) { fulfillment { id } userErrors { field message } } }"""
_SUBSCRIBE = """mutation Subscribe($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) { userErrors { message } } }"""
_METAFIELDS = """mutation Set($m: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $m) { metafields { key } userErrors { field code elementIndex } } }"""


class Caller:
    """Somebody with a token, and the shop behind."""

    def __init__(self, shop: Shop, client: httpx.AsyncClient) -> None:
        self.shop, self.client = shop, client

    async def post(
        self, query: str, variables: Mapping[str, object] | None = None, token: str = DEFAULT_TOKEN
    ) -> httpx.Response:
        """Send a document."""
        return await self.client.post(
            f"/admin/api/{VERSION}/graphql.json",
            json={"query": query, "variables": dict(variables or {})},
            headers={"X-Shopify-Access-Token": token},
        )

    async def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Send a document and return the answer's JSON."""
        answer: dict[str, Any] = (await self.post(query, variables)).json()
        return answer

    def row(self, sku: str, quantity: int, **seen: int | None) -> dict[str, object]:
        """Return a row of stock to be set."""
        item = f"gid://shopify/InventoryItem/{self.shop.variant(sku).number}"
        return {
            "inventoryItemId": item,
            "locationId": "gid://shopify/Location/7001",
            "quantity": quantity,
            **seen,
        }

    async def set_stock(self, *rows: dict[str, object], key: str = "k1") -> dict[str, Any]:
        """Set stock."""
        given = {"name": "available", "reason": "correction", "quantities": list(rows)}
        return await self.ask(_SET, input=given, key=key)


async def _serving(settings: Settings) -> AsyncIterator[Caller]:
    shop = Shop(settings)
    async with serving(create_app(shop)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield Caller(shop, client)


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async for each in _serving(Settings(locations=("Lyon", "Paris"))):
        yield each


def test_every_behaviour_has_its_test() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [each.name for each in BEHAVIOURS if f"def test_{each.name}(" not in source] == []


async def test_every_answer_names_its_version(caller: Caller) -> None:
    answer = await caller.post("{ shop { name } }")

    assert answer.headers["x-shopify-api-version"] == "2026-07"


async def test_unknown_token_is_refused_in_json(caller: Caller) -> None:
    answer = await caller.post("{ shop { name } }", token="shpat_x")

    assert answer.status_code == 401
    assert "Invalid API key or access token" in answer.json()["errors"]


async def test_app_gets_a_token_for_a_day(caller: Caller) -> None:
    asked = {"client_id": CLIENT_ID, "client_secret": DEFAULT_SECRET, "grant_type": "client_credentials"}

    answer = await caller.client.post("/admin/oauth/access_token", json=asked)
    refused = await caller.client.post("/admin/oauth/access_token", json={**asked, "client_secret": "x"})
    let_in = await caller.post("{ shop { name } }", token=answer.json()["access_token"])
    by_form = await caller.client.post("/admin/oauth/access_token", data=asked)

    assert answer.json()["expires_in"] == 86399
    assert (refused.status_code, let_in.status_code, by_form.status_code) == (401, 200, 200)


async def test_subscription_is_gone_after_too_many_failures() -> None:
    settings = Settings(webhook_url="http://127.0.0.1:9/", webhook_retries=2, webhook_retry_seconds=0)
    async for caller in _serving(settings):
        caller.shop.place({"lines": [{"sku": "GLASS-SET-4"}]})
        await caller.shop.webhooks.drained()

        assert caller.shop.webhooks.log[0].status == "given_up"
        assert caller.shop.settings.webhook_url == ""


async def test_buyers_currency_stands_beside_the_shops(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "VOUCHER-BOX"}], "presentment": "USD"})

    answer = await caller.ask(
        "query Q($id: ID!) { order(id: $id) { totalPriceSet {"
        " shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } } }",
        id=f"gid://shopify/Order/{sale.number}",
    )

    assert answer["data"]["order"]["totalPriceSet"] == {
        "shopMoney": {"amount": "55.9", "currencyCode": "EUR"},
        "presentmentMoney": {"amount": "61.49", "currencyCode": "USD"},
    }


async def test_metafields_are_written_all_or_none(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4"}]})
    kind = {"namespace": "erp", "type": "single_line_text_field"}
    right = {**kind, "ownerId": f"gid://shopify/Order/{sale.number}", "key": "order_number", "value": "1"}

    answer = await caller.ask(_METAFIELDS, m=[right, {**right, "value": ""}])

    (error,) = answer["data"]["metafieldsSet"]["userErrors"]
    assert (error["code"], error["elementIndex"]) == ("BLANK", 1)
    assert sale.metafields == {}


async def test_stock_needs_the_number_it_replaces_or_null(caller: Caller) -> None:
    without = await caller.set_stock(caller.row("GLASS-SET-4", 5))
    stale = await caller.set_stock(caller.row("GLASS-SET-4", 5, changeFromQuantity=3), key="k2")
    unchecked = await caller.set_stock(caller.row("GLASS-SET-4", 5, changeFromQuantity=None), key="k3")

    assert without["errors"][0]["extensions"]["code"] == "INVALID_FIELD_ARGUMENTS"
    assert stale["data"]["inventorySetQuantities"]["userErrors"][0]["code"] == "CHANGE_FROM_QUANTITY_STALE"
    assert unchecked["data"]["inventorySetQuantities"]["userErrors"] == []
    assert caller.shop.variant("GLASS-SET-4").stock[7001] == 5


async def test_stock_needs_a_key_and_does_the_same_once(caller: Caller) -> None:
    row = caller.row("GLASS-SET-4", 5, changeFromQuantity=500)
    given = {"name": "available", "reason": "correction", "quantities": [row]}
    bare = _SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")

    without = await caller.ask(bare, input=given)
    first = await caller.set_stock(row)
    again = await caller.set_stock(row)
    other = await caller.set_stock({**row, "quantity": 6})

    assert without["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert first["data"] == again["data"]
    (error,) = other["data"]["inventorySetQuantities"]["userErrors"]
    assert error["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    assert len(caller.shop.ledger.of("stock")) == 1


async def test_one_wrong_row_keeps_all_stock_as_it_was(caller: Caller) -> None:
    right = caller.row("GLASS-SET-4", 5, changeFromQuantity=500)
    wrong = caller.row("SHIRT-BLK-M", -1, changeFromQuantity=500)

    answer = await caller.set_stock(right, wrong)

    (error,) = answer["data"]["inventorySetQuantities"]["userErrors"]
    assert error == {"field": ["input", "quantities", "1", "quantity"], "code": "INVALID_QUANTITY_NEGATIVE"}
    assert caller.shop.variant("GLASS-SET-4").stock[7001] == 500


async def test_search_for_an_sku_finds_others_too(caller: Caller) -> None:
    answer = await caller.ask("{ productVariants(first: 9, query: \"sku:'SHIRT-BLK'\") { nodes { sku } } }")

    found = [each["sku"] for each in answer["data"]["productVariants"]["nodes"]]
    assert found == ["SHIRT-BLK-S", "SHIRT-BLK-M"]


async def test_one_fulfilment_has_one_location(caller: Caller) -> None:
    caller.shop.variant("OLIVE-OIL-50").stock[7002] = 9
    lines = [{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": 7002}]
    sale = caller.shop.place({"lines": lines})
    orders = [
        {"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{each.number}"} for each in sale.packings
    ]

    answer = await caller.ask(_FULFIL, f={"lineItemsByFulfillmentOrder": orders})

    (error,) = answer["data"]["fulfillmentCreate"]["userErrors"]
    assert error["message"].startswith("All fulfillment orders must be assigned to a single location")


async def test_what_is_fulfilled_is_not_fulfilled_again(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4"}]})
    order = {"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{sale.packings[0].number}"}

    first = await caller.ask(_FULFIL, f={"lineItemsByFulfillmentOrder": [order]})
    again = await caller.ask(_FULFIL, f={"lineItemsByFulfillmentOrder": [order]})

    assert first["data"]["fulfillmentCreate"]["userErrors"] == []
    assert "unfulfillable status= closed" in again["data"]["fulfillmentCreate"]["userErrors"][0]["message"]


async def test_subscription_has_https_and_is_there_once(caller: Caller) -> None:
    said = []
    for uri in ("http://a.example/webhooks/shop", "https://x.myshopify.com/h", *2 * ["https://a.example/h"]):
        answer = await caller.ask(_SUBSCRIBE, t="ORDERS_CREATE", w={"uri": uri})
        said.append([error["message"] for error in answer["data"]["webhookSubscriptionCreate"]["userErrors"]])

    assert said == [
        ["Address protocol http:// is not supported"],
        ["Address cannot be a Shopify or an internal domain"],
        [],
        ["Address for this topic has already been taken"],
    ]


async def test_fulfilment_may_be_of_some_pieces_and_no_more_than_are_left(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4", "quantity": 3}]})
    line = f"gid://shopify/FulfillmentOrderLineItem/{sale.lines[0].number}"
    order = f"gid://shopify/FulfillmentOrder/{sale.packings[0].number}"

    said = []
    for pieces in (2, 2, 1):
        wanted = [{"id": line, "quantity": pieces}]
        part = {"fulfillmentOrderId": order, "fulfillmentOrderLineItems": wanted}
        answer = await caller.ask(_FULFIL, f={"lineItemsByFulfillmentOrder": [part]})
        said.append([each["message"] for each in answer["data"]["fulfillmentCreate"]["userErrors"]])

    assert said == [[], ["Invalid fulfillment order line item quantity requested."], []]
    assert sale.fulfilment == "FULFILLED"


async def test_what_is_on_hold_names_its_hold_and_is_not_sent(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4"}]})
    sale.packings[0].on_hold = True
    order = f"gid://shopify/Order/{sale.number}"
    wanted = {"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{sale.packings[0].number}"}

    read = await caller.ask(
        "query Q($id: ID!) { order(id: $id) { fulfillmentOrders(first: 5) { nodes {"
        " status supportedActions { action } fulfillmentHolds { displayReason } } } } }",
        id=order,
    )
    answer = await caller.ask(_FULFIL, f={"lineItemsByFulfillmentOrder": [wanted]})

    (shown,) = read["data"]["order"]["fulfillmentOrders"]["nodes"]
    assert shown == {
        "status": "ON_HOLD",
        "supportedActions": [{"action": "RELEASE_HOLD"}],
        "fulfillmentHolds": [{"displayReason": "Awaiting payment"}],
    }
    assert "unfulfillable status= on_hold" in answer["data"]["fulfillmentCreate"]["userErrors"][0]["message"]


async def test_refund_without_restocking_may_be_of_unsent_pieces(caller: Caller) -> None:
    sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4", "quantity": 3}]})
    before = caller.shop.variant("GLASS-SET-4").stock[7001]

    line = {"sku": "GLASS-SET-4", "quantity": 1, "restock": "NO_RESTOCK"}
    caller.shop.refund(sale.number, {"lines": [line]})
    answer = await caller.ask(
        "query Q($id: ID!) { order(id: $id) { lineItems(first: 5) { nodes {"
        " quantity currentQuantity unfulfilledQuantity } } } }",
        id=f"gid://shopify/Order/{sale.number}",
    )

    (shown,) = answer["data"]["order"]["lineItems"]["nodes"]
    assert shown == {"quantity": 3, "currentQuantity": 2, "unfulfilledQuantity": 2}
    assert caller.shop.variant("GLASS-SET-4").stock[7001] == before


async def test_unknown_field_fails_the_document_with_200(caller: Caller) -> None:
    answer = await caller.post("{ shop { name colour } }")

    (error,) = answer.json()["errors"]
    assert answer.status_code == 200
    assert error["message"] == "Field 'colour' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


async def test_user_errors_without_a_code_have_no_such_field(caller: Caller) -> None:
    answer = await caller.ask(
        _FULFIL.replace("field message", "field code"), f={"lineItemsByFulfillmentOrder": []}
    )

    assert answer["errors"][0]["extensions"] == {
        "code": "undefinedField",
        "typeName": "UserError",
        "fieldName": "code",
    }


async def test_missing_scope_leaves_the_rest_of_the_answer() -> None:
    async for caller in _serving(Settings(scopes=ALL_SCOPES - {"read_customers"})):
        sale = caller.shop.place({"lines": [{"sku": "GLASS-SET-4"}]})

        answer = await caller.ask(
            "query Q($id: ID!) { order(id: $id) { name customer { id } } }",
            id=f"gid://shopify/Order/{sale.number}",
        )

        assert answer["data"]["order"]["customer"] is None
        assert answer["data"]["order"]["name"]
        assert answer["errors"][0]["path"] == ["order", "customer"]
        assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


async def test_list_has_250_rows_at_most(caller: Caller) -> None:
    answer = await caller.ask("{ locations(first: 251) { nodes { id } } }")
    without = await caller.ask("{ locations { nodes { id } } }")

    assert "at most 250" in answer["errors"][0]["message"]
    assert "first or last" in without["errors"][0]["message"]


async def test_dear_document_is_refused_before_it_runs(caller: Caller) -> None:
    lines = "lineItems(first: 100) { nodes { id } }"

    answer = await caller.ask(f"{{ orders(first: 100) {{ nodes {{ id {lines} }} }} }}")

    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


async def test_empty_bucket_throttles_and_tells_its_rate() -> None:
    async for caller in _serving(Settings(bucket=120, restore_rate=1)):
        document = "{ orders(first: 50) { nodes { id } } }"

        first = await caller.ask(document)
        second = await caller.ask(document)

        cost = second["extensions"]["cost"]
        assert "errors" not in first
        assert second["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (100, None)
        assert cost["throttleStatus"]["restoreRate"] == 1


async def test_front_takes_an_order_through_its_life(caller: Caller) -> None:
    bought = await caller.client.post("/shop/orders", json={"lines": [{"sku": "GLASS-SET-4"}], "paid": False})
    path = f"/shop/orders/{bought.json()['number']}"
    paid = await caller.client.post(f"{path}/pay")
    given_back = await caller.client.post(f"{path}/refund", json={"shipping": True})
    shown = await caller.client.get(path)
    wrong = [
        (await caller.client.post("/shop/orders", json={"lines": []})).status_code,
        (await caller.client.post("/shop/orders/1/pay")).status_code,
        (await caller.client.post(f"{path}/dance")).status_code,
    ]

    assert (bought.status_code, bought.json()["financial_status"]) == (201, "PENDING")
    assert paid.json()["financial_status"] == "PAID"
    assert given_back.json()["money"] == "5.90"
    assert shown.json()["total"] == "29.94"
    assert wrong == [422, 422, 404]
