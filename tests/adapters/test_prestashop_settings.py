"""What can be set about a shop, and the connection test that names what is wrong with it."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from adapters.ports import Finding
from adapters.stores.prestashop import PrestaShop, PrestaShopSettings
from domain.order import StoreState
from sandbox.prestashop import DEFAULT_KEY, DEFAULT_SIGNING_KEY, ApiKey, Settings
from sandbox.prestashop.settings import ADAPTER_RIGHTS
from tests.adapters.store_conformance_stand import Trouble
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

LEAST = {"base_url": "https://shop.example", "key": "K" * 32}


def broken(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


def test_defaults_are_polite() -> None:
    settings = PrestaShopSettings.model_validate(LEAST)

    assert (settings.most_in_flight, settings.requests_per_second) == (2, 4)
    assert settings.overlap == timedelta(minutes=5)


def test_settings_are_read_as_written_in_a_file() -> None:
    settings = PrestaShopSettings.model_validate(
        {
            **LEAST,
            "base_url": "https://shop.example/boutique/ ",
            "overlap": "10m",
            "states": {"17": "confirmed"},
            "paid_states": [11, "12"],
            "write_mode": "patch",
        }
    )

    assert settings.base_url == "https://shop.example/boutique"
    assert settings.states == {17: StoreState.CONFIRMED}
    assert settings.paid_states == {11, 12}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"base_url": "shop.example"}, "starts with https://"),
        ({"base_url": "ftp://shop.example"}, "starts with https://"),
        ({"base_url": "https://"}, "starts with https://"),
        ({"base_url": "https://user:pw@shop.example"}, "no user"),
        ({"base_url": "https://shop.example?x=1"}, "no question mark"),
        ({"base_url": "https://shop.example/api/"}, "leave /api off"),
        ({"key": ""}, "32 letters and digits"),
        ({"key": "two words "}, "32 letters and digits"),
        ({"key": "ключ"}, "32 letters and digits"),
        ({"webhook_secrets": ["whsec_short"]}, "whsec_"),
        ({"webhook_secrets": [DEFAULT_SIGNING_KEY.removeprefix("whsec_")]}, "whsec_"),
        ({"overlap": "soon"}, "90s, 30m"),
        ({"states": {"4": "lost"}}, "awaiting_payment"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_mistake_is_explained_in_a_sentence(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PrestaShopSettings.model_validate({**LEAST, **wrong})

    assert sentence in str(caught.value)


@pytest.mark.parametrize("wrong", [{"key": "top secret "}, {"webhook_secrets": ["top secret"]}])
def test_mistake_in_a_secret_does_not_show_it(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        PrestaShopSettings.model_validate({**LEAST, **wrong})

    assert "top secret" not in str(caught.value)
    assert "top secret" not in repr(caught.value)


async def test_connection_test_tells_version_and_zone() -> None:
    async with opened() as stand:
        stand.place()
        found = {finding.what for finding in await stand.store.test()}

    assert {"PrestaShop 8.2.1", "the shop's time zone is Europe/Paris"} <= found


async def test_each_missing_right_is_a_finding_with_its_tick() -> None:
    rights = {**ADAPTER_RIGHTS, "customers": frozenset({"POST"}), "orders": frozenset({"GET", "PUT"})}

    async with opened(Settings(keys=(ApiKey(key=DEFAULT_KEY, rights=rights),))) as stand:
        wrong = broken(await stand.store.test())

    assert [finding.what for finding in wrong] == [
        "the webservice key may GET customers",
        "the webservice key may PATCH orders",
    ]
    assert wrong[0].fix.endswith("edit the key and tick GET for customers.")


async def test_old_shop_needs_other_rights() -> None:
    rights = {**ADAPTER_RIGHTS, "messages": frozenset({"GET"})}
    settings = Settings(version="1.7.8.11", keys=(ApiKey(key=DEFAULT_KEY, rights=rights),))

    async with opened(settings) as stand:
        wrong = broken(await stand.store.test())

    assert [finding.what for finding in wrong] == ["the webservice key may POST messages"]


async def only_finding(stand: PrestaShopStand) -> Finding:
    (finding,) = broken(await stand.store.test())
    return finding


async def test_webservice_that_is_off_is_told() -> None:
    async with opened(Settings(webservice=False)) as stand:
        assert "switch the webservice on" in (await only_finding(stand)).fix


async def test_shop_that_is_not_there_is_told() -> None:
    async with opened() as stand:
        await stand.cause(Trouble.GONE)
        assert "Correct base_url" in (await only_finding(stand)).fix


async def test_wrong_key_is_told() -> None:
    async with opened() as stand:
        found = await stand.with_wrong_key().test()

    assert [finding.ok for finding in found] == [True, False]
    assert "copy the 32 characters" in found[1].fix


async def test_key_that_the_host_drops_is_told() -> None:
    async def without_key(request: Request, shop: RequestResponseEndpoint) -> Response:
        request.scope["headers"] = [each for each in request.scope["headers"] if each[0] != b"authorization"]
        return await shop(request)

    async with opened(front=without_key) as stand:
        assert "CGIPassAuth On" in (await only_finding(stand)).fix


@pytest.mark.parametrize("status", [200, 404])
async def test_other_site_at_the_address_is_told(status: int) -> None:
    async def other(request: Request, shop: RequestResponseEndpoint) -> Response:
        return HTMLResponse("<html><body><p>Welcome</p></body></html>", status)

    async with opened(front=other) as stand:
        assert "base_url" in (await only_finding(stand)).fix


async def test_redirect_is_told_with_its_target() -> None:
    async def moved(request: Request, shop: RequestResponseEndpoint) -> Response:
        return RedirectResponse("https://www.shop.example/api/")

    async with opened(front=moved) as stand:
        assert "https://www.shop.example/api/" in (await only_finding(stand)).fix


async def test_version_that_is_hidden_or_too_old_is_told() -> None:
    async def hidden(request: Request, shop: RequestResponseEndpoint) -> Response:
        answer = await shop(request)
        del answer.headers["psws-version"]
        return answer

    async with opened(front=hidden) as stand:
        assert (await only_finding(stand)).what == "PrestaShop of unknown version"
    async with opened(Settings(version="1.6.1.24")) as stand:
        assert (await only_finding(stand)).what == "PrestaShop 1.6.1.24"


async def test_list_form_is_the_way_to_read_on_9_too() -> None:
    async with opened(Settings(version="9.0.2")) as stand:
        order = await stand.store.read_order(stand.place(paid=False))

    assert order.discounts == ()
    assert isinstance(stand.store, PrestaShop)
