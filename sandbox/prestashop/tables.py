"""The shop's database, in memory: one table per resource, with indices on what is looked up often.

A row is a dict of kept values (int, Decimal, text; localised fields hold a text per language id). Names that
begin with an underscore are what an association shows, or what the shop remembers and the API does not.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.prestashop.fields import Field, Resource
from sandbox.prestashop.resources import RESOURCES

Row = dict[str, Any]

_INDEXED: dict[str, tuple[str, ...]] = {
    "orders": ("id_cart", "reference", "id_customer"),
    "order_details": ("id_order",),
    "order_histories": ("id_order",),
    "order_carriers": ("id_order",),
    "order_cart_rules": ("id_order",),
    "order_invoices": ("id_order",),
    "order_payments": ("order_reference",),
    "order_slip": ("id_order",),
    "messages": ("id_order", "id_cart"),
    "customers": ("email",),
    "addresses": ("id_customer", "vat_number"),
    "combinations": ("id_product", "reference"),
    "products": ("reference",),
    "stock_availables": ("id_product",),
    "specific_prices": ("id_product",),
    "configurations": ("name",),
    "countries": ("iso_code",),
    "currencies": ("iso_code",),
    "tax_rules": ("id_tax_rules_group",),
}
_FIRST_IDS: dict[str, int] = {
    "orders": 1001,
    "order_details": 2001,
    "carts": 3001,
    "order_histories": 4001,
    "order_carriers": 5001,
    "order_payments": 6001,
    "order_invoices": 7001,
    "addresses": 501,
    "customers": 101,
    "products": 21,
    "combinations": 41,
    "stock_availables": 61,
}
"""Apart from one another, so that an id read from the wrong field is seen."""


class Table:
    """The rows of one resource, by id."""

    def __init__(self, resource: Resource, language_ids: tuple[int, ...]) -> None:
        self.resource = resource
        self.rows: dict[int, Row] = {}
        self._language_ids = language_ids
        self._next_id = _FIRST_IDS.get(resource.name, 1)
        self._blank = {name: self.cast(each, "") for name, each in resource.fields.items()}
        self._indices: dict[str, dict[Any, dict[int, Row]]] = {
            name: {} for name in _INDEXED.get(resource.name, ())
        }

    def blank(self) -> Row:
        """Return a row in which nothing was said."""
        return dict(self._blank)

    def add(self, values: Mapping[str, Any]) -> Row:
        """Keep a new row; an id of its own is used when `values` brings none."""
        row = self.blank()
        row.update(self._cast_all(values))
        row["id"] = row["id"] or self._next_id
        self._next_id = max(self._next_id, row["id"] + 1)
        self.rows[row["id"]] = row
        self._index(row)
        return row

    def change(self, row: Row, values: Mapping[str, Any]) -> None:
        """Change fields of a kept row."""
        self._unindex(row)
        row.update(self._cast_all(values))
        self._index(row)

    def remove(self, row: Row) -> None:
        """Forget a row."""
        self._unindex(row)
        del self.rows[row["id"]]

    def find(self, **equal: Any) -> list[Row]:
        """Return the rows whose fields equal those given, by id."""
        indexed = next((name for name in equal if name == "id" or name in self._indices), None)
        candidates: Iterable[Row] | None = None
        if indexed is not None:
            comparable = self.resource.fields[indexed].comparable(equal[indexed])
            candidates = self.candidates(indexed, [comparable])
        found = [
            row
            for row in (self.rows.values() if candidates is None else candidates)
            if all(row[name] == value for name, value in equal.items())
        ]
        return sorted(found, key=lambda row: int(row["id"]))

    def candidates(self, name: str, comparables: Iterable[Any]) -> list[Row] | None:
        """Return the rows in which a field has one of these values, None when no index knows."""
        if name == "id":
            return [self.rows[each] for each in comparables if each in self.rows]
        index = self._indices.get(name)
        if index is None:
            return None
        return [row for each in comparables for row in index.get(each, {}).values()]

    def first(self, **equal: Any) -> Row | None:
        """Return the first of the rows whose fields equal those given."""
        return next(iter(self.find(**equal)), None)

    def cast(self, field: Field, value: Any) -> Any:
        """Turn a written value into what is kept, in every language for a localised field."""
        if not field.localised:
            return value if isinstance(value, Decimal) and _fits(field, value) else field.kind.cast(value)
        if isinstance(value, Mapping):
            return {language: str(value.get(language, "")) for language in self._language_ids}
        return dict.fromkeys(self._language_ids, str(value))

    def _cast_all(self, values: Mapping[str, Any]) -> Row:
        fields = self.resource.fields
        unknown = [name for name in values if name not in fields and not name.startswith("_")]
        if unknown:
            raise ValueError(f"{self.resource.name} has no field {unknown[0]!r}")
        return {
            name: value if name.startswith("_") else self.cast(fields[name], value)
            for name, value in values.items()
        }

    def _index(self, row: Row) -> None:
        for name, index in self._indices.items():
            index.setdefault(self.resource.fields[name].comparable(row[name]), {})[row["id"]] = row

    def _unindex(self, row: Row) -> None:
        for name, index in self._indices.items():
            index[self.resource.fields[name].comparable(row[name])].pop(row["id"], None)


def _fits(field: Field, value: Decimal) -> bool:
    return field.kind.kept_as == "decimal" and value.as_tuple().exponent == -field.kind.places


class InvoicePayments:
    """Which payments count for which invoice."""

    def __init__(self) -> None:
        self._payments: dict[int, set[int]] = {}
        self._invoices: dict[int, set[int]] = {}

    def link(self, invoice: int, payment: int) -> None:
        """Let a payment count for an invoice."""
        self._payments.setdefault(invoice, set()).add(payment)
        self._invoices.setdefault(payment, set()).add(invoice)

    def payments(self, invoice: int) -> set[int]:
        """Return the payments of an invoice."""
        return self._payments.get(invoice, set())

    def siblings(self, invoice: int) -> set[int]:
        """Return the invoices that share payments with this one, itself included."""
        shared = (self._invoices[payment] for payment in self.payments(invoice))
        return {invoice}.union(*shared)


class Tables:
    """Every table, by resource, and the one relation no resource shows: which payment pays which invoice."""

    def __init__(self, language_ids: tuple[int, ...]) -> None:
        self.language_ids = language_ids
        self._tables = {name: Table(resource, language_ids) for name, resource in RESOURCES.items()}
        self.paid_by = InvoicePayments()

    def __getitem__(self, resource: str) -> Table:
        return self._tables[resource]

    def row(self, resource: str, row_id: int) -> Row | None:
        """Return one row, or None."""
        return self._tables[resource].rows.get(row_id)
