"""How WooCommerce is asked, and what its hosts' oddities mean: keys, permalinks, pages in place of data."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http import Answer
from adapters.stores.settling import SaveFailed
from adapters.stores.woocommerce import WooCommerceSettings
from adapters.stores.woocommerce.errors import TABLE, error_of
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    UnexpectedAnswer,
    WaybillError,
)
from sandbox.woocommerce import DEFAULT_KEY, DEFAULT_SECRET, ApiKey, Settings
from tests.adapters.test_woocommerce_mapping import KEYS
from tests.adapters.test_woocommerce_store import opened

SIGNED = {"webhook_secrets": ["SecretOf24LettersOfOurs"]}
HTML = b"<!DOCTYPE html><html><body>Sorry</body></html>"


def said(code: str, message: str = "no", **data: Any) -> bytes:
    return json.dumps({"code": code, "message": message, "data": {"status": 0, **data}}).encode()


AUTH = "woocommerce_rest_authentication_error"
CASES: list[tuple[int, bytes, type[WaybillError], type[WaybillError]]] = [
    (401, said(AUTH, "The API key provided does not have write permissions."), NotPermitted, NotPermitted),
    (401, said(AUTH, "Consumer key is invalid."), BadCredentials, BadCredentials),
    (401, said("woocommerce_rest_cannot_view"), BadCredentials, BadCredentials),
    (403, said("woocommerce_rest_cannot_edit"), NotPermitted, NotPermitted),
    (403, said("rest_forbidden"), NotPermitted, NotPermitted),
    (401, HTML, BadCredentials, BadCredentials),
    (404, said("rest_no_route"), BadConfiguration, BadConfiguration),
    (404, said("woocommerce_rest_shop_order_invalid_id"), NotFound, NotFound),
    (400, said("woocommerce_rest_shop_order_invalid_id"), NotFound, NotFound),
    (404, HTML, BadConfiguration, BadConfiguration),
    (404, b"", BadConfiguration, BadConfiguration),
    (404, said("plugin_not_here"), NotFound, NotFound),
    (405, b"", BadConfiguration, BadConfiguration),
    (429, b"slow down", RateLimited, RateLimited),
    (400, said("rest_invalid_param", params={"status": "no"}), BadConfiguration, Refused),
    (400, said("woocommerce_rest_invalid_item_id"), BadConfiguration, Refused),
    (410, said("woocommerce_rest_already_trashed"), BadConfiguration, Refused),
    (503, HTML, ConnectionDown, InDoubt),
    (500, said("internal_server_error"), Passing, SaveFailed),
    (500, HTML, Passing, SaveFailed),
    (501, said("woocommerce_rest_trash_not_supported"), BadConfiguration, Refused),
    (502, HTML, Passing, InDoubt),
    (503, b"", Passing, InDoubt),
    (403, HTML, Passing, Passing),
    (406, HTML, Passing, Passing),
    (418, b"", Passing, Passing),
]


@pytest.mark.parametrize(("status", "body", "read", "write"), CASES)
def test_answers_have_their_class(
    status: int, body: bytes, read: type[WaybillError], write: type[WaybillError]
) -> None:
    answer = Answer(status, {}, body)

    on_read, on_write = (error_of(answer, "shop", verb, "orders") for verb in ("GET", "PUT"))

    assert (type(on_read), type(on_write)) == (read, write)


def test_every_rule_of_the_table_is_met_by_a_case() -> None:
    met = set()
    for status, body, _, _ in CASES:
        error = error_of(Answer(status, {}, body), "shop", "GET", "orders")
        assert error is not None
        met.add(error.problem.sentence)

    assert {rule.sentence.format(verb="GET", resource="orders") for rule in TABLE} == met


@pytest.mark.parametrize("body", [b"[]", b'{"code":null,"data":[]}', b'{"data":{"params":7}}', b"\xff"])
def test_odd_refusals_are_refusals(body: bytes) -> None:
    assert error_of(Answer(400, {}, body), "shop", "GET", "orders")


async def test_shop_without_permalinks_in_a_sub_folder_is_read_and_written() -> None:
    async with opened(Settings(plain_permalinks=True, base_path="/boutique")) as stand:
        sold = await stand.sell()
        port = stand.port(plain_permalinks=True)

        await port.show_erp_number(sold.order_id, "ERP order 7")
        order = await port.read_order(sold.order_id)
        with pytest.raises(BadConfiguration) as caught:
            await stand.store.read_order(sold.order_id)

        assert order.gross == sold.gross
        assert stand.times_shown(sold.order_id, "ERP order 7") == 1
        assert all(finding.ok for finding in await port.test())
        assert "plain_permalinks" in caught.value.problem.remedy


async def test_host_that_drops_the_header_gets_the_keys_in_the_query() -> None:
    async with opened(Settings(drops_authorization=True)) as stand:
        sold = await stand.sell()

        with pytest.raises(BadCredentials) as caught:
            await stand.store.read_order(sold.order_id)
        order = await stand.port(keys_in_query=True).read_order(sold.order_id)

        assert "keys_in_query" in caught.value.problem.remedy
        assert order.gross == sold.gross


async def test_firewall_that_turns_libraries_away_lets_us_pass() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("firewall_by_agent", times=None)

        assert (await stand.store.read_order(sold.order_id)).gross == sold.gross


async def test_host_that_lets_no_put_through_is_written_to_all_the_same() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("no_put_405", times=None)

        await stand.store.set_status(sold.order_id, "completed")
        await stand.store.publish_stock({"SHIRT-BLK-M": Decimal(3)})

        assert stand.statuses(sold.order_id)[-1] == "completed"
        assert stand.stock("SHIRT-BLK-M") == 3
        assert len([each for each in stand.asked() if each.startswith("PUT")]) == 1


async def test_page_with_status_200_is_no_answer() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("html_200", method="GET")
        with pytest.raises(UnexpectedAnswer) as caught:
            await stand.store.read_order(sold.order_id)
        stand.shop.faults.arm("html_200", method="PUT")
        with pytest.raises(InDoubt):
            await stand.store.set_status(sold.order_id, "completed")

        assert "cache" in caught.value.problem.remedy
        assert (await stand.store.read_order(sold.order_id)).store_status == "processing"


async def test_warning_of_php_before_the_answer_of_a_write_is_settled_by_reading() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("printed_warning", method="PUT")

        await stand.store.set_status(sold.order_id, "completed")

        assert stand.statuses(sold.order_id)[-1] == "completed"


async def test_no_two_questions_are_alike_to_a_cache() -> None:
    async with opened() as stand:
        sold = await stand.sell()

        for _ in range(2):
            await stand.store.read_order(sold.order_id)

        asked = [json.dumps(each["query"]) for each in stand.shop.ledger.of("request")]
        assert len(set(asked)) == 2


async def test_byte_order_mark_is_passed_over() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("byte_order_mark")

        assert (await stand.store.read_order(sold.order_id)).gross == sold.gross


async def test_sandbox_knows_every_field_that_is_written() -> None:
    async with opened() as stand:
        sold = await stand.sell()
        await stand.store.show_erp_number(sold.order_id, "ERP order 7")
        await stand.store.set_status(sold.order_id, "completed")
        await stand.store.set_tracking(sold.order_id, ("1Z9",))
        await stand.store.publish_stock({"SHIRT-BLK-M": Decimal(3)})
        await stand.store.test()

        assert stand.shop.ledger.of("ignored") == []


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (ApiKey(permissions="read"), "the key may write orders"),
        (ApiKey(may_manage=False), "the key is accepted"),
        (ApiKey(secret="cs_" + "1" * 40), "the key is accepted"),
        (ApiKey(key="ck_" + "1" * 40), "the key is accepted"),
    ],
)
async def test_connection_test_names_the_right_that_is_missing(key: ApiKey, what: str) -> None:
    async with opened(Settings(keys=(key,))) as stand:
        broken = [each for each in await stand.store.test() if not each.ok]

        assert [each.what for each in broken] == [what]
        assert "REST API" in broken[0].fix


async def test_site_that_hides_its_index_is_tested_by_its_orders() -> None:
    async with opened(Settings(closes_index=True)) as stand:
        assert all(finding.ok for finding in await stand.store.test())


async def test_connection_test_names_the_statuses_whose_meaning_nobody_told() -> None:
    async with opened(Settings(custom_statuses=("packed", "parked"))) as stand:
        findings = await stand.port(states={"parked": "awaiting_payment"}).test()

        (said,) = (each.what for each in findings if "statuses" in each.what)
        assert said.endswith(": packed")


async def test_connection_test_names_an_old_version_and_another_site() -> None:
    async with opened(Settings(version="5.7.1")) as stand:
        broken = [each for each in await stand.store.test() if not each.ok]
        nowhere = await stand.port(base_url=f"{stand.base_url}/elsewhere").test()

        assert [each.what for each in broken] == ["WooCommerce 5.7.1"]
        assert "base_url" in nowhere[0].fix


def made(**settings: object) -> WooCommerceSettings:
    return WooCommerceSettings.model_validate({"base_url": "https://shop.example", **KEYS, **settings})


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example",
        "shop.example",
        "https://ck:cs@shop.example",
        "https://shop.example/wp-json/wc/v3",
        "https://shop.example/?rest_route=/",
        "ftp://shop.example",
        "https://",
    ],
)
def test_address_that_loses_or_shows_the_keys_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        made(base_url=address)


@pytest.mark.parametrize(
    "address", ["https://shop.example/en/", "http://127.0.0.1:8088", "http://localhost/x"]
)
def test_address_is_taken(address: str) -> None:
    assert made(base_url=address).base_url == address.rstrip("/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"consumer_key": "cs_" + "a" * 40},
        {"consumer_secret": "ck_" + "a" * 40},
        {"consumer_key": "ck_" + "a" * 40 + "\n"},
        {"webhook_secrets": ["short"]},
        {"webhook_secrets": ["with&signs<that>change"]},
        {"page_size": 101},
        {"webhook_url": "http://waybill.example/webhooks/shop", **SIGNED},
        {"webhook_url": "https://waybill.example:8443/webhooks/shop", **SIGNED},
        {"webhook_url": "https://waybill.example/shop", **SIGNED},
        {"webhook_url": "https://waybill.example/webhooks/shop"},
        {"orders_from": "last year"},
        {"states": {"on-hold": "perhaps"}},
        {"time_zone": "Europe/Paris"},
    ],
)
def test_wrong_settings_are_refused_without_showing_a_secret(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        made(**wrong)

    assert "aaaa" not in str(caught.value)


def test_default_key_of_the_sandbox_is_taken() -> None:
    settings = made(consumer_key=DEFAULT_KEY, consumer_secret=DEFAULT_SECRET, timeout="10s")

    assert settings.timeout == timedelta(seconds=10)


def test_address_for_webhooks_is_taken_with_a_secret_to_sign_them() -> None:
    assert made(webhook_url="https://waybill.example/webhooks/shop/", **SIGNED).webhook_url.endswith("/shop")
