"""How Shopify is spoken to: documents, cost, tokens, errors inside good answers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from graphql import parse, validate

from adapters.http import Answer
from adapters.stores.shopify import ShopifySettings, operations
from adapters.stores.shopify.errors import CODES, STATUSES, failed, refused_status, throttled_for
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotPermitted,
    Passing,
    RateLimited,
)
from sandbox.shopify import DEFAULT_SECRET, DOMAIN, Settings
from sandbox.shopify.cost import MOST, cost_of
from sandbox.shopify.schema import SCHEMA
from sandbox.shopify.settings import ALL_SCOPES, CLIENT_ID
from tests.adapters.test_shopify_store import ShopifyStand, opened

DOCUMENTS = {name: text for name, text in vars(operations).items() if name.isupper() and name[0] != "_"}
_APP = {"access_token": "", "client_id": CLIENT_ID, "client_secret": DEFAULT_SECRET}


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_valid_and_costs_less_than_one_may(name: str) -> None:
    document = parse(DOCUMENTS[name])

    assert validate(SCHEMA, document) == []
    assert 0 < cost_of(document, {"first": 250}) <= MOST


@pytest.mark.parametrize("status", STATUSES)
def test_status_becomes_the_tables_error(status: int) -> None:
    answer = Answer(status, {"retry-after": "7"}, b'{"errors": "no"}')

    for writes in (False, True):
        error = refused_status(answer, "shop", writes=writes)
        assert type(error) is (STATUSES[status].write if writes else STATUSES[status].read)
        assert error.problem.connection == "shop"


@pytest.mark.parametrize("code", CODES)
def test_code_of_an_error_in_a_good_answer_becomes_the_tables_error(code: str) -> None:
    errors = [{"message": "no", "extensions": {"code": code}}]

    for writes in (False, True):
        error = failed(errors, None, "shop", writes=writes)
        assert type(error) is (CODES[code].write if writes else CODES[code].read)
        assert error.problem.quote == "no"


def test_gravest_of_several_errors_is_told() -> None:
    errors = [{"message": code, "extensions": {"code": code}} for code in ("THROTTLED", "ACCESS_DENIED")]

    assert type(failed(errors, None, "shop", writes=False)) is NotPermitted


@pytest.mark.parametrize("errors", ["Not Found", [], [None], [{"message": "odd"}], {"a": 1}])
def test_error_of_no_known_form_leaves_a_write_in_doubt(errors: object) -> None:
    assert isinstance(failed(errors, None, "shop", writes=False), Passing)
    assert isinstance(failed(errors, None, "shop", writes=True), InDoubt)


def test_wait_is_worked_out_from_the_cost() -> None:
    status = {"maximumAvailable": 2000, "currentlyAvailable": 150, "restoreRate": 100}

    assert throttled_for({"requestedQueryCost": 620, "throttleStatus": status}) == timedelta(seconds=5)
    assert throttled_for(None) == timedelta(seconds=1)


async def test_requests_wait_for_the_limit_of_cost() -> None:
    async with opened(Settings(bucket=1200, restore_rate=2000)) as stand:
        number = stand.place()

        for _ in range(4):
            await stand.store.read_order(number)

        assert {each["status"] for each in stand.shop.ledger.of("request")} == {200}
        assert stand.requests() == 4


async def test_long_wait_for_the_limit_is_told_instead() -> None:
    async with opened(Settings(bucket=900, restore_rate=10)) as stand:
        number = stand.place()
        await stand.store.read_order(number)
        seen = stand.requests()

        with pytest.raises(RateLimited) as caught:
            await stand.store.read_order(number)

        assert caught.value.retry_after
        assert stand.requests() == seen


async def test_answer_of_which_a_part_failed_is_no_order(stand: ShopifyStand) -> None:
    number = stand.place()
    stand.shop.faults.arm("partial_data")

    with pytest.raises(Passing):
        await stand.store.read_order(number)

    assert (await stand.store.read_order(number)).customer.store_id


def test_refused_sight_of_the_buyers_names_what_to_ask_for() -> None:
    words = "This app is not approved to access the Customer object."
    errors = [{"message": words, "extensions": {"code": "ACCESS_DENIED"}}]

    problem = failed(errors, None, "shop", writes=False).problem

    assert "protected customer data" in problem.remedy
    assert problem.sentence == "the app may not see the buyers"


async def test_missing_scope_is_named() -> None:
    async with opened(Settings(scopes=ALL_SCOPES - {"read_customers"})) as stand:
        number = stand.place()

        with pytest.raises(NotPermitted) as caught:
            await stand.store.read_order(number)

        assert "read_customers" in caught.value.problem.quote


@pytest.mark.parametrize("fault", ["frozen_402", "locked_423"])
async def test_frozen_or_locked_shop_is_waited_for(stand: ShopifyStand, fault: str) -> None:
    stand.shop.faults.arm(fault)

    with pytest.raises(ConnectionDown):
        await stand.store.answers()


async def test_shops_own_failure_on_a_write_is_settled_by_reading(stand: ShopifyStand) -> None:
    number = stand.place()
    stand.shop.faults.arm("internal_error", method="WRITE")

    await stand.store.show_erp_number(number, "4711")

    assert stand.times_shown(number, "4711") == 1
    assert stand.writes() == 1


async def test_app_fetches_a_token_and_another_when_it_is_refused(stand: ShopifyStand) -> None:
    port = stand.port(**_APP)
    number = stand.place()
    await port.read_order(number)
    stand.shop.tokens.clear()

    order = await port.read_order(number)

    assert order.store_id == number
    assert len(stand.shop.tokens) == 1


async def test_app_fetches_its_token_by_a_form_where_json_is_not_taken() -> None:
    async with opened(Settings(token_in_json=False, bucket=100_000, restore_rate=2000)) as stand:
        await stand.port(**_APP).answers()

        assert len(stand.shop.tokens) == 1


async def test_token_lasts_for_many_requests(stand: ShopifyStand) -> None:
    port = stand.port(**_APP)
    number = stand.place()

    for _ in range(3):
        await port.read_order(number)

    assert len(stand.shop.tokens) == 1


async def test_wrong_secret_of_the_app_is_a_matter_of_credentials(stand: ShopifyStand) -> None:
    port = stand.port(**{**_APP, "client_secret": "shpss_wrong_wrong_wrong"})

    with pytest.raises(BadCredentials) as caught:
        await port.answers()

    assert "shpss" not in str(caught.value.problem)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shop": "winery.example"},
        {"shop": "https://winery.myshopify.com"},
        {"access_token": ""},
        {"client_id": "a"},
        {"client_id": "a", "client_secret": "s" * 20},
        {"access_token": " a"},
        {"webhook_secrets": ["short"]},
        {"base_url": "http://127.0.0.1/admin"},
        {"location": "Lyon"},
        {"api_version": "2026-01"},
        {"api_version": "latest"},
        {"webhook_url": "http://waybill.example.com/webhooks/shop"},
        {"webhook_url": "https://waybill.example.com/hooks"},
        {"unknown": 1},
    ],
)
def test_settings_that_cannot_be_are_refused_without_their_secrets(wrong: dict[str, object]) -> None:
    known: dict[str, object] = {"shop": DOMAIN, "access_token": "shpat_secret"}

    with pytest.raises(ValueError) as caught:  # noqa: PT011
        ShopifySettings.model_validate({**known, **wrong})

    assert "shpat_secret" not in str(caught.value)


def test_shop_is_called_by_its_own_name() -> None:
    settings = ShopifySettings.model_validate({"shop": DOMAIN, "access_token": "shpat_secret"})

    assert settings.root == f"https://{DOMAIN}"


async def test_check_up_names_what_is_missing() -> None:
    scopes = ALL_SCOPES - {"write_inventory", "read_products"}
    async with opened(Settings(scopes=scopes, locations=("Lyon", "Paris"))) as stand:
        stand.shop.faults.arm("old_version", times=None)

        findings = await stand.store.test()

        fixes = " ".join(finding.fix for finding in findings if not finding.ok)
        for word in ("read_products", "write_inventory", "read_inventory", "2025-10", "7001 (Lyon)", "7002"):
            assert word in fixes


async def test_check_up_reads_an_order_in_full(stand: ShopifyStand) -> None:
    stand.place()
    stand.shop.faults.arm("partial_data")

    findings = await stand.store.test()

    assert [finding.what for finding in findings if not finding.ok] == ["orders can be read"]


async def test_version_that_the_shop_does_not_have_is_a_matter_of_set_up(stand: ShopifyStand) -> None:
    with pytest.raises(BadConfiguration):
        await stand.port(api_version="2026-10").answers()


async def test_check_up_names_the_right_shop(stand: ShopifyStand) -> None:
    findings = await stand.port(shop="other.myshopify.com").test()

    (broken,) = [finding for finding in findings if not finding.ok]
    assert broken.fix == f"Set shop in waybill.toml to {DOMAIN}."
