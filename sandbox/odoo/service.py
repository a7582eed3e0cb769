"""Calls of model methods: those that every model has, and those of its own."""

from dataclasses import dataclass
from typing import Any

from sandbox.odoo.database import OdooDatabase, Row, check_model
from sandbox.odoo.errors import NoSuch, UserError, WrongCall
from sandbox.odoo.loading import load

_READS = frozenset(
    {"search_read", "read", "search", "search_count", "fields_get", "check_access_rights", "has_access"}
)


@dataclass
class Call:
    """One call: parameters by place, and by name with the context among them."""

    model: str
    method: str
    places: list[Any]
    named: Row

    @property
    def writes(self) -> bool:
        """Whether the call may change something."""
        return self.method not in _READS

    def arguments(self, *names: str) -> list[Any]:
        """Return parameters that come by place or by name."""
        return [_argument(self, place, name, []) for place, name in enumerate(names)]


def carry_out(db: OdooDatabase, call: Call) -> Any:
    """Do what is asked."""
    check_model(db, call.model)
    context = dict(call.named.pop("context", None) or {})
    if call.method.startswith("_"):
        raise UserError(f"Private methods (such as '{call.model}.{call.method}') cannot be called remotely.")
    known = _EVERYWHERE.get(call.method)
    if known:
        return known(db, call, context)
    method = db.methods.get((call.model, call.method))
    if method is None:
        raise NoSuch(f"The method '{call.method}' does not exist on the model '{call.model}'")
    return method(db, list(call.places[0]) if call.places else [], call.named, context)


def _argument(call: Call, place: int, name: str, default: Any = None) -> Any:
    if len(call.places) > place:
        return call.places[place]
    return call.named.get(name, default)


def _rows(db: OdooDatabase, call: Call, context: Row) -> list[Row]:
    rows = db.search(call.model, _argument(call, 0, "domain", []), context)
    rows = db.sorted(call.model, rows, call.named.get("order") or "id")
    rows = rows[call.named.get("offset") or 0 :]
    return rows[: call.named["limit"]] if call.named.get("limit") else rows


def _search_read(db: OdooDatabase, call: Call, context: Row) -> list[Row]:
    fields = call.named.get("fields") or list(db.models[call.model])
    return [
        db.shown(call.model, row, [f for f in fields if f != "id"], context)
        for row in _rows(db, call, context)
    ]


def _read(db: OdooDatabase, call: Call, context: Row) -> list[Row]:
    fields = _argument(call, 1, "fields") or list(db.models[call.model])
    return [db.shown(call.model, db.get(call.model, each), fields, context) for each in call.places[0]]


def _create(db: OdooDatabase, call: Call, context: Row) -> Any:
    given = call.places[0]
    if isinstance(given, dict):
        return db.create(call.model, given, context)
    if not isinstance(given, list):
        raise WrongCall("missing a required argument: 'vals_list'")
    return [db.create(call.model, each, context) for each in given]


def _fields_get(db: OdooDatabase, call: Call, _: Row) -> Row:
    found: Row = {"id": {"type": "integer", "string": "ID", "readonly": True}}
    for name, field in db.models[call.model].items():
        shown = {"type": field.type, "string": name, "readonly": field.computed}
        found[name] = {**shown, **({"relation": field.relation} if field.relation else {})}
    return found


_EVERYWHERE = {
    "search_read": _search_read,
    "read": _read,
    "search": lambda db, call, context: [row["id"] for row in _rows(db, call, context)],
    "search_count": lambda db, call, context: len(_rows(db, call, context)),
    "create": _create,
    "write": lambda db, call, context: db.write(
        call.model, call.places[0], _argument(call, 1, "vals"), context
    ),
    "unlink": lambda db, call, context: db.unlink(call.model, call.places[0], context),
    "load": lambda db, call, _: load(
        db, call.model, _argument(call, 0, "fields"), _argument(call, 1, "data")
    ),
    "fields_get": _fields_get,
    "check_access_rights": lambda *_: True,
    "has_access": lambda *_: True,
}
