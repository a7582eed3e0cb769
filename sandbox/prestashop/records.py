"""A record as the webservice shows it, before it is written as XML or JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.prestashop.associations import association_rows, field_value
from sandbox.prestashop.fields import Association, Field, Resource
from sandbox.prestashop.query import Display
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

Values = list[tuple[Field, Any]]


@dataclass(frozen=True)
class Record:
    """One record: its shown fields with their kept values, and its shown associations."""

    id: int
    values: Values
    associations: list[tuple[Association, list[Values]]]


def read_records(
    state: ShopState, resource: Resource, rows: Iterable[Row], display: Display | str | None
) -> list[Record]:
    """Read rows out of the shop, as far as `display` asks for them."""
    return [_read(state, resource, row, display) for row in rows]


def _read(state: ShopState, resource: Resource, row: Row, display: Display | str | None) -> Record:
    if display is None:
        return Record(row["id"], [], [])
    values = [
        (field, field_value(state, resource.name, field, row))
        for name, field in resource.fields.items()
        if isinstance(display, str) or name in display
    ]
    shown = [
        (each, _association(state, resource, each, row, display))
        for name, each in resource.associations.items()
        if isinstance(display, str) or name in display
    ]
    return Record(row["id"], values, shown)


def _association(
    state: ShopState, resource: Resource, association: Association, row: Row, display: Display | str
) -> list[Values]:
    wanted = None if isinstance(display, str) else display[association.name]
    fields = [each for name, each in association.fields.items() if wanted is None or name in wanted]
    found = association_rows(state, resource.name, association.name, row)
    return [[(field, field.kind.cast(each.get(field.name, ""))) for field in fields] for each in found]
