"""Writes: what is accepted, what is emptied, and the numbers of what is refused."""

from collections.abc import AsyncIterator

import pytest
from lxml import etree

from sandbox.prestashop import PlacedOrder
from sandbox.prestashop.visit import Visit, error_codes, open_shop

CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75"}]}
NEW_ADDRESS = {
    "id_customer": 101,
    "id_country": 8,
    "alias": "Cellar",
    "lastname": "Moreau",
    "firstname": "Anna",
    "address1": "3 quai des Brumes",
    "city": "Lyon",
}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


@pytest.fixture
def order(visit: Visit) -> PlacedOrder:
    return visit.shop.place_order(CART)[0]


async def test_body_that_is_not_xml_is_500_with_code_127(visit: Visit) -> None:
    answer = await visit.http.post("/api/messages", json={"message": {"message": "no"}})

    assert (answer.status_code, error_codes(answer)) == (500, [127])


async def test_entities_of_a_body_are_not_resolved(visit: Visit, order: PlacedOrder) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    body = f"{bomb}<prestashop><order><id>{order.id_order}</id><note>&a;</note></order></prestashop>"

    answer = await visit.http.patch(f"/api/orders/{order.id_order}", content=body)

    assert answer.status_code == 200
    assert visit.shop.order(order.id_order)["note"] == ""


async def test_post_answers_201_with_the_whole_record(visit: Visit) -> None:
    answer = await visit.send("POST", "addresses", "address", **NEW_ADDRESS)

    assert answer.status_code == 201
    node = etree.fromstring(answer.content).find("address")
    assert node is not None
    assert node.findtext("city") == "Lyon"
    assert int(node.findtext("id") or 0) in visit.shop.state.tables["addresses"].rows


async def test_post_with_an_id_is_400_with_code_91(visit: Visit) -> None:
    answer = await visit.send("POST", "addresses", "address", id=7, **NEW_ADDRESS)

    assert (answer.status_code, error_codes(answer)) == (400, [91])


async def test_put_without_an_id_is_400_with_code_90(visit: Visit) -> None:
    answer = await visit.send("PUT", "addresses/501", "address", **NEW_ADDRESS)

    assert (answer.status_code, error_codes(answer)) == (400, [90])


async def test_put_of_an_unknown_id_is_404_with_code_92(visit: Visit) -> None:
    answer = await visit.send("PUT", "addresses/9", "address", id=9, **NEW_ADDRESS)

    assert (answer.status_code, error_codes(answer)) == (404, [92])


async def test_same_id_twice_in_a_body_is_400_with_code_89(visit: Visit) -> None:
    record = "<address><id>501</id><city>Lyon</city></address>"

    answer = await visit.http.patch("/api/addresses", content=f"<prestashop>{record * 2}</prestashop>")

    assert (answer.status_code, error_codes(answer)) == (400, [89])


async def test_missing_required_field_is_400_with_code_41(visit: Visit) -> None:
    answer = await visit.send("POST", "addresses", "address", **{**NEW_ADDRESS, "city": ""})
    missing = {name: value for name, value in NEW_ADDRESS.items() if name != "city"}
    without = await visit.send("POST", "addresses", "address", **missing)

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert "Property Address->city is empty." in answer.text
    assert (without.status_code, error_codes(without)) == (400, [41])
    assert 'parameter "city" required' in without.text


async def test_field_a_module_made_required_is_asked_for(visit: Visit) -> None:
    visit.shop.settings.extra_required = {"addresses": frozenset({"phone"})}

    answer = await visit.send("POST", "addresses", "address", **NEW_ADDRESS)

    assert (answer.status_code, error_codes(answer)) == (400, [41])


async def test_put_empties_optional_fields_not_sent(visit: Visit) -> None:
    await visit.send("PUT", "addresses/501", "address", id=501, **NEW_ADDRESS)

    (row,) = visit.shop.rows("addresses", id=501)
    assert (row["address1"], row["postcode"], row["phone"]) == ("3 quai des Brumes", "", "")


async def test_patch_changes_only_what_is_sent(visit: Visit) -> None:
    answer = await visit.send("PATCH", "addresses/501", "address", id=501, city="Villeurbanne")

    (row,) = visit.shop.rows("addresses", id=501)
    assert answer.status_code == 200
    assert "<![CDATA[Villeurbanne]]>" in answer.text
    assert (row["city"], row["postcode"]) == ("Villeurbanne", "69003")


async def test_put_of_an_order_loses_its_reference_and_state(visit: Visit, order: PlacedOrder) -> None:
    (record,) = await visit.listed("orders")
    required = [
        field.name for field in visit.shop.state.tables["orders"].resource.fields.values() if field.required
    ]

    answer = await visit.send(
        "PUT", "orders", "order", id=order.id_order, **{name: record[name] for name in required}
    )

    row = visit.shop.order(order.id_order)
    assert answer.status_code == 200
    assert (row["reference"], row["current_state"], row["secure_key"]) == ("", 0, "")


async def test_read_only_field_in_a_body_is_400_with_code_93(visit: Visit) -> None:
    for field in ("quantity", "manufacturer_name"):
        answer = await visit.send("PATCH", "products/22", "product", id=22, **{field: 1})

        assert (answer.status_code, error_codes(answer)) == (400, [93])
        assert f'parameter "{field}" not writable' in answer.text


async def test_unknown_field_is_ignored(visit: Visit, order: PlacedOrder) -> None:
    answer = await visit.send("PATCH", "orders", "order", id=order.id_order, nota="SAP 1")

    assert answer.status_code == 200
    assert visit.shop.order(order.id_order)["note"] == ""


async def test_unknown_association_is_400_with_code_86_after_the_save(visit: Visit) -> None:
    fields = {**NEW_ADDRESS, "associations": "<parcels><parcel><id>1</id></parcel></parcels>"}

    answer = await visit.send("POST", "addresses", "address", **fields)

    assert (answer.status_code, error_codes(answer)) == (400, [86])
    assert len(visit.shop.rows("addresses", city="Lyon", alias="Cellar")) == 1


async def test_earlier_records_of_a_body_stay_saved(visit: Visit) -> None:
    records = (
        "<address><id>501</id><city>Bron</city></address><address><id>502</id><city>&lt;</city></address>"
    )

    answer = await visit.http.patch("/api/addresses", content=f"<prestashop>{records}</prestashop>")

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert visit.shop.rows("addresses", id=501)[0]["city"] == "Bron"


async def test_verb_may_hide_in_ps_method(visit: Visit, order: PlacedOrder) -> None:
    answer = await visit.send(
        "POST", f"orders/{order.id_order}?ps_method=PATCH", "order", id=order.id_order, note="SAP 9"
    )

    assert answer.status_code == 200
    assert visit.shop.order(order.id_order)["note"] == "SAP 9"


async def test_note_is_written_by_patch(visit: Visit, order: PlacedOrder) -> None:
    await visit.send(
        "PATCH", f"orders/{order.id_order}", "order", id=order.id_order, note="<![CDATA[SAP B1: 12345]]>"
    )

    (record,) = await visit.listed("orders")
    assert record["note"] == "SAP B1: 12345"
    assert visit.shop.ledger.of("note", id_order=order.id_order, note="SAP B1: 12345")


async def test_note_with_a_script_is_refused(visit: Visit, order: PlacedOrder) -> None:
    script = "<![CDATA[<script>alert(1)</script>]]>"

    answer = await visit.send("PATCH", "orders", "order", id=order.id_order, note=script)

    assert (answer.status_code, error_codes(answer)) == (400, [85])


async def test_an_old_bad_value_stops_every_patch(visit: Visit) -> None:
    (order,) = visit.shop.place_order({**CART, "raw": {"total_products": "-1"}})

    answer = await visit.send("PATCH", "orders", "order", id=order.id_order, note="SAP 1")

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert "Property Order->total_products is not valid" in answer.text


async def test_messages_are_posted_with_at_most_1600_characters(visit: Visit, order: PlacedOrder) -> None:
    kept = await visit.send(
        "POST", "messages", "message", id_order=order.id_order, message="SAP B1 12345", private=1
    )
    long = await visit.send("POST", "messages", "message", id_order=order.id_order, message="x" * 1601)

    (message,) = await visit.listed("messages", id_order=f"[{order.id_order}]")
    assert kept.status_code == 201
    assert (message["message"], message["private"]) == ("SAP B1 12345", "1")
    assert (long.status_code, error_codes(long)) == (400, [85])


async def test_write_answers_in_json_when_asked(visit: Visit, order: PlacedOrder) -> None:
    answer = await visit.send("PATCH", "orders?output_format=JSON", "order", id=order.id_order, note="SAP 2")

    assert answer.json()["order"]["note"] == "SAP 2"


async def test_deleting_unknown_ids_is_404_with_code_87(visit: Visit) -> None:
    answer = await visit.http.delete("/api/specific_prices?id=[1,2]")

    assert (answer.status_code, error_codes(answer)) == (404, [87])


async def test_cart_is_ordered_once_through_the_webservice(visit: Visit) -> None:
    rows = "<cart_rows><cart_row><id_product>22</id_product><quantity>2</quantity></cart_row></cart_rows>"
    cart = await visit.send(
        "POST",
        "carts",
        "cart",
        id_currency=1,
        id_lang=1,
        id_customer=101,
        id_address_delivery=501,
        id_address_invoice=501,
        id_carrier=2,
        associations=rows,
    )
    fields = {
        "id_address_delivery": 501,
        "id_address_invoice": 501,
        "id_cart": etree.fromstring(cart.content).findtext("cart/id"),
        "id_currency": 1,
        "id_lang": 1,
        "id_customer": 101,
        "id_carrier": 2,
        "module": "ps_wirepayment",
        "payment": "Bank wire",
        "total_paid": "38.50",
        "total_paid_real": 0,
        "total_products": 25,
        "total_products_wt": 30,
        "conversion_rate": 1,
    }

    first = await visit.send("POST", "orders", "order", **fields)
    second = await visit.send("POST", "orders", "order", **fields)

    assert first.status_code == 201
    assert etree.fromstring(first.content).findtext("order/current_state") == "11"
    assert second.status_code == 500
    assert "an order has already been placed using this cart" in second.text
