"""What stands inside a record, and the fields that are worked out when it is read."""

from collections.abc import Callable
from typing import Any

from sandbox.prestashop.fields import Field
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

Rows = list[dict[str, Any]]

_ORDER_ROW = (
    "id",
    "product_id",
    "product_attribute_id",
    "product_quantity",
    "product_name",
    "product_reference",
    "product_ean13",
    "product_isbn",
    "product_upc",
    "product_price",
    "id_customization",
    "unit_price_tax_incl",
    "unit_price_tax_excl",
)


def association_rows(state: ShopState, resource: str, name: str, row: Row) -> Rows:
    """Return the rows of one association of a record."""
    getter = _GETTERS.get((resource, name))
    if getter is not None:
        return getter(state, row)
    return [each if isinstance(each, dict) else {"id": each} for each in row.get(f"_{name}", ())]


def field_value(state: ShopState, resource: str, field: Field, row: Row) -> Any:
    """Return a field's value; an order's tracking number is its first parcel's."""
    if resource == "orders" and field.name == "shipping_number":
        parcels = state.tables["order_carriers"].find(id_order=row["id"])
        return parcels[0]["tracking_number"] if parcels else row["shipping_number"]
    return row[field.name]


def _order_rows(state: ShopState, row: Row) -> Rows:
    details = state.tables["order_details"].find(id_order=row["id"])
    return [{name: detail[name] for name in _ORDER_ROW} for detail in details]


def _combinations(state: ShopState, row: Row) -> Rows:
    return [{"id": each["id"]} for each in state.tables["combinations"].find(id_product=row["id"])]


def _option_values(state: ShopState, row: Row) -> Rows:
    values: dict[int, None] = {}
    for combination in state.tables["combinations"].find(id_product=row["id"]):
        values.update(dict.fromkeys(combination.get("_product_option_values", ())))
    return [{"id": each} for each in values]


def _stock(state: ShopState, row: Row) -> Rows:
    return [
        {"id": each["id"], "id_product_attribute": each["id_product_attribute"]}
        for each in state.tables["stock_availables"].find(id_product=row["id"])
    ]


def _values_of_option(state: ShopState, row: Row) -> Rows:
    found = state.tables["product_option_values"].find(id_attribute_group=row["id"])
    return [{"id": each["id"]} for each in found]


_GETTERS: dict[tuple[str, str], Callable[[ShopState, Row], Rows]] = {
    ("orders", "order_rows"): _order_rows,
    ("products", "combinations"): _combinations,
    ("products", "product_option_values"): _option_values,
    ("products", "stock_availables"): _stock,
    ("product_options", "product_option_values"): _values_of_option,
}
