"""What an answer looks like: XML and JSON, one record and lists."""

import json
from collections.abc import AsyncIterator

import pytest
from lxml import etree

from sandbox.prestashop import PlacedOrder, Settings
from sandbox.prestashop.visit import Visit, error_codes, open_shop

XLINK = "{http://www.w3.org/1999/xlink}href"
CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75", "quantity": 6}]}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


def place(visit: Visit) -> PlacedOrder:
    return visit.shop.place_order(CART)[0]


async def test_single_record_json_drops_falsy_fields(visit: Visit) -> None:
    order = place(visit)

    record = (await visit.get_json(f"orders/{order.id_order}"))["order"]

    assert "note" not in record
    assert "invoice_number" not in record
    assert "valid" not in record
    assert record["total_paid_real"] == "0.000000"
    assert record["invoice_date"] == "0000-00-00 00:00:00"


async def test_list_json_keeps_falsy_fields(visit: Visit) -> None:
    order = place(visit)

    (record,) = await visit.listed("orders", id=f"[{order.id_order}]")

    assert record["note"] == ""
    assert record["invoice_number"] == "0"
    assert record["valid"] == "0"


async def test_single_record_with_display_takes_the_list_form(visit: Visit) -> None:
    order = place(visit)

    content = await visit.get_json(f"orders/{order.id_order}", display="full")

    assert content["orders"][0]["invoice_number"] == "0"


async def test_json_ids_are_numbers_and_the_rest_strings(visit: Visit) -> None:
    place(visit)

    (record,) = await visit.listed("orders")

    assert record["id"] == 1001
    assert record["id_customer"] == "101"
    assert record["associations"]["order_rows"][0]["product_quantity"] == "6"


async def test_newer_php_gives_whole_numbers() -> None:
    async with open_shop(Settings(native_numbers=True)) as visit:
        place(visit)
        (record,) = await visit.listed("orders")

    assert record["id_customer"] == 101
    assert record["valid"] == "0"
    assert record["total_paid"] == "98.500000"
    assert record["associations"]["order_rows"][0]["product_quantity"] == 6


async def test_list_without_display_gives_ids_only(visit: Visit) -> None:
    order = place(visit)

    as_json = await visit.get_json("orders")
    as_xml = etree.fromstring((await visit.get("orders")).content)

    assert as_json == {"orders": [{"id": order.id_order}]}
    (node,) = as_xml.findall("orders/order")
    assert node.get("id") == str(order.id_order)
    assert node.get(XLINK) == f"{visit.base_url}/api/orders/{order.id_order}"
    assert len(node) == 0


async def test_empty_list_is_brackets_in_json_and_an_empty_node_in_xml(visit: Visit) -> None:
    as_json = await visit.get("orders", output_format="JSON", display="full")
    as_xml = etree.fromstring((await visit.get("orders")).content)

    assert as_json.text == "[]"
    assert [(node.tag, len(node)) for node in as_xml] == [("orders", 0)]


async def test_unknown_id_is_404_with_an_empty_body(visit: Visit) -> None:
    answer = await visit.get("orders/999", output_format="JSON")

    assert answer.status_code == 404
    assert answer.content == b""


async def test_xml_carries_cdata_and_links(visit: Visit) -> None:
    order = place(visit)

    text = (await visit.get(f"orders/{order.id_order}")).text

    assert f"<id><![CDATA[{order.id_order}]]></id>" in text
    link = f'{visit.base_url}/api/customers/101"><![CDATA[101]]></id_customer>'
    assert f'<id_customer xlink:href="{link}' in text
    assert '<order_rows nodeType="order_row" virtualEntity="true">' in text


async def test_xml_and_json_tell_the_same(visit: Visit) -> None:
    order = place(visit)

    node = etree.fromstring((await visit.get(f"orders/{order.id_order}")).content).find("order")
    (record,) = await visit.listed("orders")

    assert node is not None
    as_xml = {str(field.tag): field.text or "" for field in node if field.tag != "associations"}
    as_json = {name: str(value) for name, value in record.items() if name != "associations"}
    assert as_xml == as_json


async def test_json_may_be_asked_for_by_header(visit: Visit) -> None:
    for header in ("Output-Format", "Io-Format"):
        answer = await visit.http.get("/api/countries", headers={header: "JSON"})
        assert answer.headers["content-type"] == "application/json"


async def test_the_word_json_must_be_in_capitals(visit: Visit) -> None:
    answer = await visit.get("countries", output_format="json")

    assert answer.headers["content-type"].startswith("text/xml")


async def test_display_chooses_fields(visit: Visit) -> None:
    place(visit)

    content = await visit.get_json("orders", display="[id,reference,order_rows[id,product_quantity]]")

    (record,) = content["orders"]
    assert set(record) == {"id", "reference", "associations"}
    assert set(record["associations"]["order_rows"][0]) == {"id", "product_quantity"}


async def test_unknown_display_field_is_400_with_code_35(visit: Visit) -> None:
    unknown = await visit.get("orders", display="[id,refrence]")
    unreadable = await visit.get("orders", display="everything")

    assert (unknown.status_code, error_codes(unknown)) == (400, [35])
    assert (unreadable.status_code, error_codes(unreadable)) == (400, [36])


async def test_money_has_six_places_and_rates_three(visit: Visit) -> None:
    place(visit)

    (record,) = await visit.listed("orders")

    assert record["total_paid"] == "98.500000"
    assert record["carrier_tax_rate"] == "20.000"


async def test_tax_rate_is_only_behind_the_association(visit: Visit) -> None:
    order = place(visit)

    (line,) = await visit.listed("order_details", id_order=f"[{order.id_order}]")
    (tax,) = await visit.listed("taxes", id=f"[{line['associations']['taxes'][0]['id']}]")

    assert "tax_rate" not in line
    assert "tax_name" not in line
    assert tax["rate"] == "20.000"


async def test_localised_fields_are_a_list_with_several_languages_and_a_text_with_one(visit: Visit) -> None:
    (state,) = await visit.listed("order_states", id="[4]")
    alone = await visit.get_json("order_states", display="full", language="1")

    assert state["name"] == [{"id": "1", "value": "Shipped"}, {"id": "2", "value": "Shipped"}]
    assert alone["order_states"][3]["name"] == "Shipped"


async def test_refund_slips_are_listed_under_a_name_of_their_own(visit: Visit) -> None:
    order = place(visit)
    visit.shop.refund(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]})

    content = await visit.get_json("order_slip", display="full")

    (slip,) = content["order_slips"]
    assert slip["total_products_tax_incl"] == "15.000000"
    (detail,) = slip["associations"]["order_slip_details"]
    assert (detail["product_quantity"], detail["id"]) == ("1", str(slip["id"]))


async def test_synopsis_tells_what_a_module_made_required(visit: Visit) -> None:
    visit.shop.settings.extra_required = {"addresses": frozenset({"phone"})}

    schema = etree.fromstring((await visit.get("addresses", schema="synopsis")).content)

    phone = schema.find("address/phone")
    assert phone is not None
    assert (phone.get("required"), phone.get("maxSize"), phone.get("format")) == (
        "true",
        "32",
        "isPhoneNumber",
    )


async def test_products_quantity_is_always_zero(visit: Visit) -> None:
    (product,) = await visit.listed("products", reference="[WINE-RED-75]")
    (stock,) = await visit.listed("stock_availables", id_product=f"[{product['id']}]")

    assert product["quantity"] == "0"
    assert stock["quantity"] == "500"


async def test_text_that_would_break_cdata_still_arrives(visit: Visit) -> None:
    order = visit.shop.place_order({**CART, "comment": "a ]]> b \x07 & <c>"})[0]

    answer = await visit.get("messages", display="full", **{"filter[id_cart]": f"[{order.id_cart}]"})

    message = etree.fromstring(answer.content).findtext("messages/message/message")
    assert message == "a ]]> b  & <c>"


async def test_json_is_not_escaped(visit: Visit) -> None:
    answer = await visit.get("languages/1", output_format="JSON")

    assert "Français" in answer.text
    assert json.loads(answer.content)["language"]["iso_code"] == "fr"
