"""Customers and addresses: the shop's rules for names, numbers and e-mails."""

from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import etree

from sandbox.prestashop.visit import Visit, error_codes, open_shop

DOE = {"lastname": "Doe", "firstname": "John", "email": "john@example.com", "passwd": "a-long-random-text"}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


async def post(visit: Visit, **fields: object) -> httpx.Response:
    return await visit.send("POST", "customers", "customer", **{**DOE, **fields})


async def test_merchants_customers_are_there_with_their_addresses(visit: Visit) -> None:
    (customer,) = await visit.listed("customers", email="[compras@bodega-sol.example]")
    (address,) = await visit.listed("addresses", vat_number="[ESB12345674]")
    (country,) = await visit.listed("countries", id=f"[{address['id_country']}]")

    assert customer["company"] == "Bodega Sol SL"
    assert address["id_customer"] == str(customer["id"])
    assert country["iso_code"] == "ES"


async def test_customer_is_created_with_groups(visit: Visit) -> None:
    answer = await post(
        visit, active=1, id_default_group=3, associations="<groups><group><id>3</id></group></groups>"
    )

    node = etree.fromstring(answer.content)
    assert answer.status_code == 201
    assert node.findtext("customer/associations/groups/group/id") == "3"
    assert node.findtext("customer/active") == "1"


async def test_what_a_post_does_not_name_is_empty(visit: Visit) -> None:
    answer = await post(visit)

    node = etree.fromstring(answer.content)
    assert node.findtext("customer/active") == "0"
    assert node.findtext("customer/id_default_group") == "0"


async def test_taken_email_is_500_with_code_140_on_post_and_141_on_put(visit: Visit) -> None:
    posted = await post(visit, email="anna.moreau@example.com")
    patched = await visit.send("PATCH", "customers", "customer", id=102, email="anna.moreau@example.com")

    assert posted.status_code == patched.status_code == 500
    assert error_codes(posted)[0] == 140
    assert error_codes(patched)[0] == 141


async def test_guests_do_not_take_an_email(visit: Visit) -> None:
    visit.shop.place_order(
        {
            "guest": {"email": DOE["email"], "first_name": "John", "last_name": "Doe"},
            "address": {"street": "1 Main", "postcode": "69001", "city": "Lyon"},
            "lines": [{"sku": "WINE-RED-75"}],
        }
    )

    answer = await post(visit)

    assert answer.status_code == 201


async def test_password_is_kept_as_a_hash_and_the_hash_itself_leaves_it(visit: Visit) -> None:
    (before,) = visit.shop.rows("customers", id=101)

    await visit.send("PATCH", "customers", "customer", id=101, passwd=before["passwd"])
    (same,) = visit.shop.rows("customers", id=101)
    await visit.send("PATCH", "customers", "customer", id=101, passwd="another-secret")
    (changed,) = visit.shop.rows("customers", id=101)

    assert same["passwd"] == before["passwd"]
    assert changed["passwd"] not in (before["passwd"], "another-secret")


@pytest.mark.parametrize("name", ["J.P.", "D0e", "Doe [x]", "Doe/Roe", "Doe & #1"])
async def test_customer_names_the_shop_refuses(visit: Visit, name: str) -> None:
    answer = await post(visit, lastname=name.replace("&", "&amp;"))

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert "Property Customer->lastname is not valid" in answer.text


@pytest.mark.parametrize("name", ["J. P.", "O'Neill-Smith", "Müller", "Doe et Fils."])
async def test_customer_names_the_shop_takes(visit: Visit, name: str) -> None:
    answer = await post(visit, lastname=name)

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("siret", "status"), [("73282932000074", 201), ("73282932000075", 400), ("7", 400), ("0", 201)]
)
async def test_siret_has_a_check_digit(visit: Visit, siret: str, status: int) -> None:
    answer = await post(visit, siret=siret)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("phone", "+33 (0)4/72.00-1", "04 72 ext 5"),
        ("phone_mobile", "0612345678", "0612_345"),
        ("postcode", "BS1 4RN", "69003*"),
        ("city", "Saint-Étienne 2", "Lyon = 2"),
        ("address1", "12, rue #3; 2e", "12 rue $3"),
        ("address2", "étage 2", "a@b"),
        ("company", "A+B, Cie. (Lyon)!", "A={B}"),
        ("vat_number", "BE 0123.456.749", "BE=1"),
        ("dni", "X-1234567.Z", "X 123"),
        ("alias", "Maison", "Maison = 2"),
        ("alias", "x" * 32, "x" * 33),
        ("firstname", "Jean-Luc", "Jean_Luc"),
        ("lastname", "J.P.", "Doe 2nd"),
        ("other", "Code 12 / ring twice!", "{ring}"),
        ("address1", "x" * 128, "x" * 129),
        ("postcode", "x" * 12, "x" * 13),
    ],
)
async def test_address_fields_have_their_characters_and_lengths(
    visit: Visit, field: str, good: str, bad: str
) -> None:
    taken = await visit.send("PATCH", "addresses", "address", id=501, **{field: good})
    refused = await visit.send("PATCH", "addresses", "address", id=501, **{field: bad})

    assert taken.status_code == 200, taken.text
    assert (refused.status_code, error_codes(refused)) == (400, [85])
    assert f"Address->{field}" in refused.text


async def test_address_change_leaves_the_customers_date_alone(visit: Visit) -> None:
    (before,) = visit.shop.rows("customers", id=101)

    await visit.send("PATCH", "addresses", "address", id=501, city="Bron")

    assert visit.shop.rows("customers", id=101)[0]["date_upd"] == before["date_upd"]


async def test_overwritten_address_changes_past_orders(visit: Visit) -> None:
    (order,) = visit.shop.place_order(
        {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75"}]}
    )

    await visit.send("PATCH", "addresses", "address", id=501, city="Bron")

    (address,) = await visit.listed(
        "addresses", id=f"[{visit.shop.order(order.id_order)['id_address_delivery']}]"
    )
    assert address["city"] == "Bron"


async def test_bad_email_is_refused(visit: Visit) -> None:
    answer = await post(visit, email="john at example.com")

    assert (answer.status_code, error_codes(answer)) == (400, [85])
