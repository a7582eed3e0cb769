"""The records: created, written, searched, read and thrown away, strictly by the schema.

Every call is a transaction: what a call wrote before it failed is taken back.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.odoo.domains import read_domain
from sandbox.odoo.errors import MissingError, NoSuch, ValidationError, WrongCall
from sandbox.odoo.fault_kinds import FAULT_KINDS
from sandbox.odoo.schema import Field, Model, models, renames
from sandbox.odoo.settings import Settings

Row = dict[str, Any]
Context = dict[str, Any]
Compute = Callable[["OdooDatabase", Row, Context], Any]
_NOT_OWNED = ("picking_ids", "line_ids")
"""Lists of what goes on without the record."""
_MOMENT = "%Y-%m-%d %H:%M:%S"


class OdooDatabase:
    """One database."""

    def __init__(self, settings: Settings | None = None) -> None:
        from sandbox.odoo.behaviour import COMPUTED, DEFAULTS, METHODS
        from sandbox.odoo.opening import open_books

        self.settings = settings or Settings()
        self.models: dict[str, Model] = models(self.settings.version)
        self.renamed = renames(self.settings.version)
        self.tables: dict[str, dict[int, Row]] = {model: {} for model in self.models}
        self.numbers: dict[str, int] = {}
        self.faults, self.ledger = FaultBoard(FAULT_KINDS), Ledger()
        self.computed: dict[tuple[str, str], Any] = dict(COMPUTED)
        self.defaults: dict[str, Any] = dict(DEFAULTS)
        self.methods: dict[tuple[str, str], Any] = dict(METHODS)
        open_books(self)
        self.ledger.clear()

    def now(self) -> str:
        """Return the time as records hold it."""
        return datetime.now(UTC).strftime(_MOMENT)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Take back what was written when the block fails."""
        # A value is put in anew, never changed in its place: the rows' own copies are enough.
        before = {
            model: {number: dict(row) for number, row in table.items()}
            for model, table in self.tables.items()
        }
        with ExitStack() as undo:
            undo.callback(self._put_back, before, dict(self.numbers))
            yield
            undo.pop_all()

    def _put_back(self, tables: dict[str, dict[int, Row]], numbers: dict[str, int]) -> None:
        self.tables, self.numbers = tables, numbers

    def name(self, model: str, field: str) -> str:
        """Return what this version calls a field."""
        return self.renamed.get(model, {}).get(field, field)

    def get(self, model: str, number: int) -> Row:
        """Return a record. Raises `MissingError`."""
        found = self.tables[model].get(number)
        if found is None:
            raise MissingError(
                f"Record does not exist or has been deleted.\n(Record: {model}({number},), User: 2)"
            )
        return found

    def all(self, model: str, /, **facts: Any) -> list[Row]:
        """Return the records whose stored values are these."""
        rows = self.tables[model].values()
        return [row for row in rows if all(row.get(name) == value for name, value in facts.items())]

    def next_number(self, name: str, width: int = 5) -> str:
        """Return the next number of a sequence."""
        self.numbers[name] = self.numbers.get(name, 0) + 1
        return f"{name}{self.numbers[name]:0{width}d}"

    # ---- reading

    def value(self, model: str, row: Row, field: str, context: Context | None = None) -> Any:
        """Return what a field of a record holds, computed where it is."""
        known = self.field(model, field)
        if field == "display_name":
            return _display_name(row)
        if known.type == "one2many":
            found = [
                each["id"]
                for each in self.tables[known.relation].values()
                if each.get(known.inverse) == row["id"]
            ]
            shown = self.computed.get((model, f"{field}?"))
            return (
                [each for each in found if shown(self, self.tables[known.relation][each], {})]
                if shown
                else found
            )
        plain = next((old for old, new in self.renamed.get(model, {}).items() if new == field), field)
        if known.computed:
            return self.computed[model, plain](self, row, context or {})
        return row.get(field, known.default)

    def field(self, model: str, name: str) -> Field:
        """Return a field. Raises for one that the model does not have."""
        if name == "id":
            return Field("integer")
        found = self.models[model].get(name)
        if found is None:
            raise WrongCall(f"Invalid field {name!r} on model {model!r}")
        return found

    def check_path(self, model: str, path: str) -> None:
        """Raise for a path of fields that does not exist."""
        for step in path.split("."):
            model = self.field(model, step).relation or model

    def values_at(self, model: str, row: Row, path: str) -> list[Any]:
        """Return the values at the end of a path, ids where it ends in a relation."""
        first, _, rest = path.partition(".")
        if first == "id":
            return [row["id"]]
        known = self.field(model, first)
        value = self.value(model, row, first)
        if known.type in ("one2many", "many2many"):
            ids = list(value or [])
        elif known.type == "many2one":
            ids = [value] if value else []
        else:
            return [value]
        if not rest:
            return ids
        return [
            each
            for other in ids
            for each in self.values_at(known.relation, self.get(known.relation, other), rest)
        ]

    def is_below(self, model: str, number: int, above: int) -> bool:
        """Whether a record is another one or hangs below it."""
        while number and number != above:
            number = self.get(model, number).get("parent_id") or 0
        return number == above

    def search(self, model: str, domain: list[Any], context: Context) -> list[Row]:
        """Return the records that fit; archived ones only where they are asked for."""
        test = read_domain(self, model, domain)
        hides = "active" in self.models[model] and context.get("active_test", True)
        hides = hides and not any(isinstance(term, list) and term[0] == "active" for term in domain)
        return [
            row for row in self.tables[model].values() if (not hides or row.get("active", True)) and test(row)
        ]

    def sorted(self, model: str, rows: list[Row], order: str) -> list[Row]:
        """Sort records by an order clause."""
        for part in reversed([part.split() for part in (order or "id").split(",")]):
            self.field(model, part[0])
            rows = sorted(
                rows, key=lambda row: _sortable(row.get(part[0])), reverse=part[-1].lower() == "desc"
            )
        return rows

    def shown(self, model: str, row: Row, fields: Iterable[str], context: Context) -> Row:
        """Return a record as `read` shows it."""
        found: Row = {"id": row["id"]}
        for name in fields:
            known, value = self.field(model, name), self.value(model, row, name, context)
            if known.type == "many2one":
                value = [value, _display_name(self.get(known.relation, value))] if value else False
            found[name] = value
        return found

    # ---- writing

    def create(self, model: str, values: Row, context: Context | None = None) -> int:
        """Create one record and what its to-many commands say; return its id."""
        context = context or {}
        given = {**self._defaults(model, context), **values}
        table = self.tables[model]
        self.numbers[f"#{model}"] = self.numbers.get(f"#{model}", 0) + 1
        row: Row = {"id": self.numbers[f"#{model}"], "create_date": self.now()}
        table[row["id"]] = row
        self._fill(model, row, given)
        for name, known in self.models[model].items():
            if (
                known.required
                and not known.computed
                and (row.get(name) is None or row.get(name) is False or row.get(name) == "")
            ):
                raise ValidationError(
                    f"The operation cannot be completed: missing required field '{name}' ({model})"
                )
        after = self.methods.get((model, "_created"))
        if after:
            after(self, [row["id"]], {}, context)
        self.ledger.write(model, id=row["id"])
        return int(row["id"])

    def write(self, model: str, ids: list[int], values: Row, context: Context | None = None) -> bool:
        """Change records."""
        guard = self.methods.get((model, "_writing"))
        for number in ids:
            row = self.get(model, number)
            if guard:
                guard(self, [number], values, context or {})
            self._fill(model, row, values)
        after = self.methods.get((model, "_written"))
        if after:
            after(self, ids, values, context or {})
        return True

    def unlink(self, model: str, ids: list[int], context: Context | None = None) -> bool:
        """Throw records away, with their external ids and what belongs to them."""
        guard = self.methods.get((model, "_unlinking"))
        for number in ids:
            self.get(model, number)
            if guard:
                guard(self, [number], {}, context or {})
            self._let_go(model, number)
            for name, known in self.models[model].items():
                if known.type == "one2many":
                    owned = [row["id"] for row in self.all(known.relation, **{known.inverse: number})]
                    if name not in _NOT_OWNED:
                        self.unlink(known.relation, owned)
            del self.tables[model][number]
            for row in self.all("ir.model.data", model=model, res_id=number):
                del self.tables["ir.model.data"][row["id"]]
        return True

    def _let_go(self, model: str, number: int) -> None:
        """Empty what names a record that is deleted. Raises where the other record needs it."""
        own = self.models[model].items()
        inverses = {known.inverse for name, known in own if known.inverse and name not in _NOT_OWNED}
        for other, fields in self.models.items():
            for name, known in fields.items():
                if known.relation != model or known.computed or name in inverses:
                    continue
                if known.type == "many2many":
                    for row in self.tables[other].values():
                        row[name] = [each for each in row.get(name) or [] if each != number]
                if known.type != "many2one":
                    continue
                for row in self.all(other, **{name: number}):
                    if known.required or (model == "res.partner" and other.startswith("account.")):
                        raise ValidationError(
                            "The operation cannot be completed: another record needs this one."
                        )
                    row[name] = False

    def touch(self, model: str, *ids: int) -> None:
        """Note that records changed."""
        for number in ids:
            self.get(model, number)["write_date"] = self.now()

    def _defaults(self, model: str, context: Context) -> Row:
        found = self.defaults.get(model)
        named = {
            name.removeprefix("default_"): value
            for name, value in context.items()
            if name.startswith("default_")
        }
        return {
            **(found(self, context) if found else {}),
            **{n: v for n, v in named.items() if n in self.models[model]},
        }

    def _fill(self, model: str, row: Row, values: Row) -> None:
        for name, value in values.items():
            known = self.field(model, name)
            if name in ("id",):
                continue
            if known.type == "one2many":
                self._command_lines(known, row["id"], value)
            elif known.type == "many2many":
                row[name] = self._linked(known, row.get(name) or [], value)
            elif not known.computed:
                row[name] = self._checked(model, name, known, value)
        row["write_date"] = self.now()

    def _command_lines(self, known: Field, owner: int, commands: Any) -> None:
        for command in commands or []:
            if not isinstance(command, list | tuple) or not command:
                raise WrongCall(f"Wrong command {command!r}")
            kind = command[0]
            if kind == 0:
                self.create(known.relation, {**command[2], known.inverse: owner})
            elif kind == 1:
                self.write(known.relation, [command[1]], command[2])
            elif kind == 2:
                self.unlink(known.relation, [command[1]])
            elif kind == 5:
                self.unlink(
                    known.relation, [row["id"] for row in self.all(known.relation, **{known.inverse: owner})]
                )
            else:
                raise WrongCall(f"Wrong command {command!r}")

    def _linked(self, known: Field, before: list[int], commands: Any) -> list[int]:
        found = list(before)
        for command in commands or []:
            if command[0] == 6:
                found = list(command[2])
            elif command[0] == 4:
                found.append(command[1])
            elif command[0] == 5:
                found = []
            else:
                raise WrongCall(f"Wrong command {command!r}")
        for each in found:
            self.get(known.relation, each)
        return found if commands else []

    def _checked(self, model: str, name: str, known: Field, value: Any) -> Any:
        if value is None or value is False:
            return Decimal(0) if known.type == "float" else (0 if known.type == "integer" else False)
        if known.type == "many2one":
            if isinstance(value, bool) or not isinstance(value, int):
                raise WrongCall(f"Wrong value for {model}.{name}: {value!r}")
            self.get(known.relation, value)
            return value
        if known.type == "float":
            return self._number(name, value)
        wanted = {"integer": int, "boolean": bool}.get(known.type, str)
        if not isinstance(value, wanted):
            raise WrongCall(f"Wrong value for {model}.{name}: {value!r}")
        return value

    def _number(self, name: str, value: Any) -> Decimal:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise WrongCall(f"could not convert string to float: {value!r}") from None
        digits = self.settings.price_digits if name == "price_unit" else 6
        return number.quantize(Decimal(1).scaleb(-digits), "ROUND_HALF_UP")


def _display_name(row: Row) -> str:
    code = f"[{row['default_code']}] " if row.get("default_code") else ""
    return f"{code}{row.get('name') or ''}"


def _sortable(value: Any) -> Any:
    return (value not in (None, False), value if value not in (None, False) else 0)


def check_model(db: OdooDatabase, model: str) -> None:
    """Raise for a model that is not there."""
    if model not in db.models:
        raise NoSuch(f"'{model}'")
