"""Who gets in: keys, rights, shops, and what an answer's headers tell."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.prestashop import DEFAULT_KEY, ApiKey, Settings
from sandbox.prestashop.visit import Visit, error_codes, open_shop

OTHER_KEY = "A" * 32
SLEEPING_KEY = "B" * 32
MUTE_KEY = "C" * 32
FOREIGN_KEY = "D" * 32


def merchant_with_keys() -> Settings:
    """A shop with keys for every way of being refused."""
    return Settings(
        keys=(
            ApiKey(key=DEFAULT_KEY),
            ApiKey(key=OTHER_KEY, rights={"customers": frozenset({"GET"})}),
            ApiKey(key=SLEEPING_KEY, active=False),
            ApiKey(key=MUTE_KEY, rights={}),
            ApiKey(key=FOREIGN_KEY, shops=frozenset({2})),
        )
    )


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop(merchant_with_keys()) as opened:
        yield opened


async def call(visit: Visit, key: str, path: str = "orders", verb: str = "GET") -> httpx.Response:
    return await visit.http.request(verb, f"/api/{path}", auth=(key, ""))


async def test_no_credentials_get_a_plain_challenge(visit: Visit) -> None:
    async with httpx.AsyncClient(base_url=visit.base_url, trust_env=False) as stranger:
        answer = await stranger.get("/api/orders")

    assert answer.status_code == 401
    assert answer.text == "401 Unauthorized"
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["www-authenticate"].startswith('Basic realm="Welcome to PrestaShop Webservice')
    assert "psws-version" not in answer.headers


@pytest.mark.parametrize(
    ("key", "codes"),
    [("", [17]), ("short", [18]), ("Z" * 32, [20, 21]), (SLEEPING_KEY, [20, 21]), (MUTE_KEY, [21])],
)
async def test_bad_keys_are_numbered(visit: Visit, key: str, codes: list[int]) -> None:
    answer = await call(visit, key)

    assert answer.status_code == 401
    assert error_codes(answer) == codes
    assert "www-authenticate" in answer.headers
    assert "psws-version" not in answer.headers


async def test_key_may_come_in_the_query(visit: Visit) -> None:
    async with httpx.AsyncClient(base_url=visit.base_url, trust_env=False) as client:
        answer = await client.get("/api/orders", params={"ws_key": DEFAULT_KEY})

    assert answer.status_code == 200
    assert all(DEFAULT_KEY not in entry["query"] for entry in visit.shop.ledger.of("request"))


async def test_resource_without_rights_is_401_with_code_26(visit: Visit) -> None:
    answer = await visit.http.get("/api/orders?output_format=JSON", auth=(OTHER_KEY, ""))

    assert answer.status_code == 401
    message = 'Resource of type "orders" is not allowed with this authentication key'
    assert answer.json() == {"errors": [{"code": 26, "message": message}]}


async def test_verb_without_rights_is_405_with_code_25(visit: Visit) -> None:
    answer = await call(visit, OTHER_KEY, "customers/101", "DELETE")

    assert answer.status_code == 405
    assert error_codes(answer) == [25]


async def test_verb_the_resource_forbids_is_405_with_code_101(visit: Visit) -> None:
    answer = await visit.send("POST", "stock_availables", "stock_available", quantity=1)

    assert answer.status_code == 405
    assert error_codes(answer) == [101]


async def test_key_of_another_shop_is_403_with_code_132(visit: Visit) -> None:
    foreign = await call(visit, FOREIGN_KEY)
    elsewhere = await visit.get("orders", id_shop="2")

    assert (foreign.status_code, error_codes(foreign)) == (403, [132])
    assert (elsewhere.status_code, error_codes(elsewhere)) == (403, [132])


async def test_shop_that_is_none_is_404_with_code_999(visit: Visit) -> None:
    answer = await visit.get("orders", id_shop="first")

    assert (answer.status_code, error_codes(answer)) == (404, [999])


async def test_every_shop_of_the_key_may_be_asked_for(visit: Visit) -> None:
    answer = await visit.get("orders", id_shop="all")

    assert answer.status_code == 200


async def test_webservice_switched_off_is_503_with_code_22(visit: Visit) -> None:
    visit.shop.settings.webservice = False

    answer = await call(visit, "whatever")

    assert (answer.status_code, error_codes(answer)) == (503, [22])


async def test_unknown_resource_proposes_the_nearest(visit: Visit) -> None:
    answer = await visit.get("order")

    assert (answer.status_code, error_codes(answer)) == (400, [27])
    assert 'Resource of type "order" does not exists. Did you mean: "orders"?' in answer.text


async def test_version_is_told_to_those_who_got_in(visit: Visit) -> None:
    answer = await visit.get("orders")

    assert answer.headers["psws-version"].startswith("8.2.")
    assert answer.headers["access-time"].isdigit()
    assert float(answer.headers["execution-time"]) >= 0


async def test_root_lists_what_the_key_may_use(visit: Visit) -> None:
    answer = await call(visit, OTHER_KEY, "")

    assert answer.headers["content-type"].startswith("text/xml")
    assert "<customers " in answer.text
    assert 'get="true" put="false"' in answer.text
    assert "<orders " not in answer.text


async def test_root_in_json_fails(visit: Visit) -> None:
    answer = await visit.get("", output_format="JSON")

    assert answer.status_code == 500
    assert "must be of type array" in answer.text


async def test_same_content_is_answered_with_304(visit: Visit) -> None:
    first = await visit.get("countries")

    again = await visit.http.get(
        "/api/countries", headers={"Local-Content-Sha1": first.headers["content-sha1"]}
    )

    assert again.status_code == 304
    assert again.content == b""


async def test_shop_may_live_in_a_folder() -> None:
    async with open_shop(Settings(base_path="/boutique")) as visit:
        answer = await visit.get("customers/101")

    assert answer.status_code == 200
    assert f"{visit.base_url}/boutique/api/groups/3" in answer.text
