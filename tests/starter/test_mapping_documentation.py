"""What the page about mappings shows is right, and does what the page says."""

import json
import re
from decimal import Decimal
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from domain.mapping.apply import CompiledMapping
from domain.mapping.check import checked
from domain.mapping.products import ErpItem
from domain.mapping.schema import mapping_schema, schema_text
from domain.mapping.targets import HEADER, LINE, PRODUCT
from domain.mapping.transforms import TRANSFORMS
from domain.order import Charge, Discount
from starter.files import read_file, read_text
from tests.domain.specimens import line, order
from tests.domain.test_mapping_check import GOOD, WRONG

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "mappings.md").read_text("utf-8")
COMPLETE = DOCS / "mappings/complete.yaml"
SCHEMA = jsonschema_rs.Draft202012Validator(mapping_schema())
SHAPE = ("an unknown transform", "an unknown field", "a missing target", "a list that is none")


def _complete() -> CompiledMapping:
    result = checked(read_file(COMPLETE).content, ["main"])
    assert result.found is not None, result.faults
    assert not result.faults
    return CompiledMapping.of(result.found, "main")


def test_the_published_schema_is_current() -> None:
    assert (DOCS / "schemas/mapping.schema.json").read_text("utf-8") == schema_text()


@pytest.mark.parametrize("text", [COMPLETE.read_text("utf-8"), GOOD], ids=["complete", "good"])
def test_what_passes_the_check_fits_the_schema_as_an_editor_reads_it(text: str) -> None:
    content = yaml.safe_load(text)
    content["tables"] = {
        name: {**table, "values": {str(key): value for key, value in table["values"].items()}}
        for name, table in content["tables"].items()
    }

    SCHEMA.validate(json.loads(json.dumps(content, default=str)))


@pytest.mark.parametrize("name", SHAPE)
def test_what_is_wrong_in_its_shape_does_not_fit_the_schema(name: str) -> None:
    assert not SCHEMA.is_valid(yaml.safe_load(WRONG[name][0]))


def test_the_complete_example_makes_what_it_says() -> None:
    placed = order(
        line(1, sku="WINE-CRATE-6", serials=("A1", "A2"), ean="4006381333931"),
        line(2, sku="GONE", unit="BTL", unit_net=Decimal("9.995")),
        line(3, sku="GIFT-50", name="Gift card"),
        line(4, sku="", name="Thank you", net=Decimal(0), gross=Decimal(0), quantity=Decimal(1)),
        shipping=Charge(code="2"),
        discounts=(Discount(name="AUTUMN", net=Decimal(0), gross=Decimal(0)),),
    )

    made = _complete().of_order(placed, frozenset({"GONE"}))

    assert dict(made.header) == {
        "U_Channel": "WEB",
        "U_Buyer": "MOREAU, ANNA",
        "carrier": "3",
        "U_Ordered": "20.11.2026 12:00",
        "U_Voucher": "AUTUMN",
        "U_HouseNo": "8",
    }
    assert [each.sku for each in made.order.lines] == ["WINE-RED-75", "CORKSCREW-STEEL", "MISC", "GIFTCARD"]
    assert [each.net for each in made.order.lines] == [48, 12, 60, 60]
    assert made.lines["2"]["unit"] == "Bottle"
    assert made.lines["2"]["U_NetEach"] == Decimal("10.00")
    assert made.lines["2"]["description"] == "GONE Red wine"
    assert made.lines["1/1"]["tax_code"] == "A1"
    assert [each.text for each in made.texts] == ["1 × Thank you"]
    assert {each.table for each in made.lacking} == {"payments", "countries"}
    assert not made.holding


def test_the_example_of_an_article_becomes_a_product() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    product, _ = _complete().of_item(ErpItem.model_validate_json(text))

    assert (product.sku, product.name, product.category) == ("WINE-RED-75", "Red wine", "Wine")
    assert (product.price, product.features) == (Decimal("13.13"), {"Season": "2026"})


def test_the_short_example_is_right() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert checked(read_text(text, "mapping.yaml").content, ["main"]).faults == ()


def test_the_page_names_every_transform_and_target() -> None:
    for name in TRANSFORMS:
        assert re.search(rf"[`{{]{name}\b", PAGE), name
    for name in (*HEADER, *LINE, *PRODUCT):
        part = name.partition(".")[0]
        assert f"`{name}`" in PAGE or f"`{part}.…`" in PAGE, name
