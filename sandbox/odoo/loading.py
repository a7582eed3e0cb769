"""Imports: records made or changed under external ids, all or none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import UserError, ValidationError, WrongCall
from sandbox.odoo.schema import Field

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase

Row = dict[str, Any]


def load(db: "OdooDatabase", model: str, columns: list[str], data: list[list[str]]) -> Row:
    """Make or change records under external ids, all or none."""
    try:
        with db.transaction():
            ids = [_load_one(db, model, group) for group in _grouped(columns, data)]
    except UserError as problem:
        # What the record's own rules raise is told with its class.
        return refused(f"Unknown error during import: <class '{problem.name}'>: {problem}")
    except WrongCall as problem:
        return refused(str(problem))
    return {"ids": ids, "messages": [], "nextrow": 0}


def refused(message: str) -> Row:
    """Return the answer to a load of which nothing was kept."""
    return {"ids": False, "messages": [{"type": "error", "message": message, "record": 0}], "nextrow": 0}


def external_ids(columns: list[str], data: list[list[str]]) -> frozenset[str]:
    """Return the external ids that a load names."""
    place = columns.index("id") if "id" in columns else None
    return frozenset() if place is None else frozenset(row[place] for row in data if row[place])


def _load_one(db: "OdooDatabase", model: str, rows: list[dict[str, str]]) -> int:
    values, name = _converted(db, model, rows), rows[0].get("id", "")
    if not name:
        return db.create(model, values)
    module, _, short = name.partition(".")
    if " " in name:
        raise ValidationError("External IDs cannot contain spaces")
    known = db.all("ir.model.data", module=module, name=short)
    if known and known[0]["res_id"] in db.tables[model]:
        db.write(model, [known[0]["res_id"]], values)
        return int(known[0]["res_id"])
    made = db.create(model, values)
    db.create("ir.model.data", {"module": module, "name": short, "model": model, "res_id": made})
    return made


def _converted(db: "OdooDatabase", model: str, rows: list[dict[str, str]]) -> Row:
    values: Row = {}
    first = rows[0]
    for column, cell in first.items():
        name, _, inner = column.partition("/")
        if name in ("id", ".id"):
            continue
        known = db.field(model, name)
        if known.type == "one2many":
            if name not in values:
                values[name] = [[0, 0, _converted(db, known.relation, [part])] for part in _parts(rows, name)]
        elif inner == ".id":
            ids = [int(each) for each in cell.split(",") if each]
            values[name] = [[6, 0, ids]] if known.type == "many2many" else (ids[0] if ids else False)
        else:
            values[name] = _from_cell(known, cell)
    return values


def _grouped(columns: list[str], data: list[list[str]]) -> list[list[dict[str, str]]]:
    """Return the rows of each record: those without a value of its own go on with the one before."""
    groups: list[list[dict[str, str]]] = []
    for cells in data:
        if len(cells) != len(columns) or not all(isinstance(cell, str) for cell in cells):
            raise WrongCall("a row has as many texts as there are columns")
        row = dict(zip(columns, cells, strict=True))
        own = any(
            cell
            for column, cell in row.items()
            if "/" not in column or (column.endswith("/.id") and column.count("/") == 1)
        )
        if groups and not own:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _parts(rows: list[dict[str, str]], name: str) -> Iterator[dict[str, str]]:
    for row in rows:
        part = {
            column.partition("/")[2]: cell for column, cell in row.items() if column.startswith(f"{name}/")
        }
        if any(part.values()):
            yield part


def _from_cell(known: Field, cell: str) -> Any:
    if not cell:
        return False
    if known.type == "boolean":
        return cell.lower() in ("1", "true", "yes")
    return int(cell) if known.type == "integer" else cell
