"""Paths of mappings: what leads somewhere is told beforehand, and is read as JMESPath would read it."""

import json
from decimal import Decimal
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from domain.mapping.paths import NoSuchPath, Roots, reader, shape_of
from domain.mapping.products import ErpItem
from domain.mapping.values import Kind, Shape
from domain.order import Discount, Order, OrderLine
from tests.domain.drawn import Drawing
from tests.domain.specimens import NOON, line, order

ROOTS: dict[str, type[BaseModel]] = {"order": Order, "line": OrderLine, "item": ErpItem}
GOOD = {
    "order.number": Shape(Kind.TEXT),
    "order.state": Shape(Kind.TEXT),
    "order.delivery.country": Shape(Kind.TEXT),
    "order.rate": Shape(Kind.NUMBER),
    "order.lines_left_out": Shape(Kind.NUMBER),
    "order.placed_at": Shape(Kind.TIME),
    "order.deliver_by": Shape(Kind.DAY),
    "order.payment.paid": Shape(Kind.YES_NO),
    "order.lines[0].sku": Shape(Kind.TEXT),
    "order.lines[-1].quantity": Shape(Kind.NUMBER),
    "order.lines[].sku": Shape(Kind.TEXT, many=True),
    "order.lines[*].net": Shape(Kind.NUMBER, many=True),
    "order.lines[].serials[]": Shape(Kind.TEXT, many=True),
    "order.lines[?sku == 'WINE-2'].name | [0]": Shape(Kind.TEXT),
    "order.lines[?sku != 'WINE-2' && !(name == 'x')].quantity": Shape(Kind.NUMBER, many=True),
    "line.serials": Shape(Kind.TEXT, many=True),
    "line.expires": Shape(Kind.DAY),
    'item.prices."1"': Shape(Kind.NUMBER),
    "item.fields.U_Season": Shape(Kind.TEXT),
}
BAD = {
    "order": "a group of fields",
    "order.delivery": "person, company, street",
    "order.nope": "there is no nope; there are connection",
    "ordr.number": "begins with order or line or item, not with ordr",
    "order.lines.sku": "there are several before it",
    "order.lines[].serials": "write [] at its end",
    "order.number[0]": "is for lists",
    "order.lines[?net > `5`].sku": "compares texts",
    "order.lines[?net == '5'].sku": "compares only texts",
    "order.lines[?sku == `5`].sku": "compares only texts",
    "order.lines[?nope == '5'].sku": "there is no nope",
    "order.lines[?sku].name": "compares texts",
    "sum(order.lines[].net)": "a path only chooses",
    "order.lines[0:2].sku": "a path only chooses",
    "order.number || order.store_id": "a path only chooses",
    "[order.number]": "a path only chooses",
    "'text'": "a path only chooses",
    "order.delivery.*": "a path only chooses",
    "order..number": "is no path",
    "": "is no path",
    "order.total": "there is no total",
}


@pytest.mark.parametrize("path", GOOD)
def test_what_a_path_leads_to_is_known_beforehand(path: str) -> None:
    assert shape_of(path, ROOTS) == GOOD[path]


@pytest.mark.parametrize("path", BAD)
def test_a_path_that_leads_nowhere_is_refused_with_what_is_there(path: str) -> None:
    with pytest.raises(NoSuchPath) as refused:
        shape_of(path, ROOTS)

    assert BAD[path] in str(refused.value)


def test_values_keep_their_kinds_and_amounts_stay_exact() -> None:
    placed = order(line(1), line(2, serials=("A", "B"), net=Decimal("60.10")))
    roots = Roots({"order": placed, "line": placed.lines[1]})

    def read(path: str) -> object:
        return reader(path)(roots)

    assert read("order.lines[].net") == (Decimal("60.00"), Decimal("60.10"))
    assert read("order.lines[?sku == 'WINE-2'].net | [0]") == Decimal("60.10")
    assert read("line.serials") == ("A", "B")
    assert (read("order.placed_at"), read("order.payment.paid")) == (NOON, True)
    assert (read("order.state"), read("order.rate"), read("order.lines[7].sku")) == ("confirmed", None, None)


def test_an_outer_root_is_read_inside_a_line() -> None:
    placed = order(line(1), line(2))
    inside = Roots({"line": placed.lines[0]}, Roots({"order": placed}))

    assert reader("order.number")(inside) == placed.number
    assert reader("order.lines[?sku == 'WINE-2'].sku | [0]")(inside) == "WINE-2"


@given(seed=st.integers(0, 400), path=st.sampled_from([path for path in GOOD if path.startswith("order")]))
def test_every_path_reads_what_jmespath_reads(seed: int, path: str) -> None:
    placed: Order = Drawing(seed).one(Order)

    expected = jmespath.search(path, {"order": json.loads(placed.model_dump_json())})

    found = TypeAdapter(Any).dump_python(reader(path)(Roots({"order": placed})), mode="json")
    if shape_of(path, ROOTS).kind is Kind.NUMBER and isinstance(expected, int):
        expected = str(expected)
    assert found == expected


def test_a_price_list_and_an_own_field_are_found_by_name() -> None:
    item = ErpItem(sku="A", prices={"1": Decimal("9.90")}, fields={"U_Season": "2026"})
    roots = Roots({"item": item})

    assert reader('item.prices."1"')(roots) == Decimal("9.90")
    assert reader('item.prices."2"')(roots) is None
    assert reader("item.fields.U_Season")(roots) == "2026"


def test_one_discount_is_read_through_a_filter() -> None:
    placed = order(discounts=(Discount(name="SUMMER", net=Decimal(1), gross=Decimal("1.2")),))

    assert reader("order.discounts[?level == 'order'].gross | [0]")(Roots({"order": placed})) == Decimal(
        "1.2"
    )
