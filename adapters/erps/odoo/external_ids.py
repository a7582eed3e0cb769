"""External ids: the rows of `ir.model.data` under which each of our records exists at most once.

`(module, name)` is unique by a constraint of the database, and `load` makes a record and its row in one
transaction. Loading an id that is there already changes its record and makes no second one.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote
from weakref import WeakValueDictionary

from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.errors import Fault, error_of
from adapters.erps.odoo.records import reading, text
from domain.errors import InDoubt, NotPermitted, Passing, Refused, WaybillError

_TABLE = "ir.model.data"
_RAISED = re.compile(r".*<class '(?:\w+\.)*(\w+)'>: (.*)", re.S)
"""How a load tells an exception: «Unknown error during import: <class 'odoo.exceptions.UserError'>: No.»"""
_QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


def name_of(kind: str, key: str) -> str:
    """Return the name of a key's row: `order.shop:1042:order:1`; a name holds no blanks."""
    return f"{kind}.{quote(key, safe=':~-_')}"


def key_of(name: str) -> str:
    """Return the key in a row's name."""
    return unquote(name.partition(".")[2])


class ExternalIds:
    """The rows of one namespace."""

    def __init__(self, client: OdooClient, namespace: str) -> None:
        self._client, self._namespace = client, namespace
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, kind: str, key: str, model: str) -> int:
        """Return the id of the record under a key, 0 when there is none."""
        wanted = [["name", "=", name_of(kind, key)], ["model", "=", model]]
        rows = await self._rows(wanted)
        with reading(self._client.connection):
            return int(rows[0]["res_id"]) if rows else 0

    async def keys(self, kind: str, model: str, ids: Iterable[int]) -> dict[int, str]:
        """Return the keys of those records that have one."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self._rows(
            [["model", "=", model], ["res_id", "in", wanted], ["name", "=like", f"{kind}.%"]]
        )
        with reading(self._client.connection):
            return {int(row["res_id"]): key_of(text(row, "name")) for row in rows}

    async def _rows(self, wanted: list[Any]) -> list[dict[str, Any]]:
        domain = [["module", "=", self._namespace], *wanted]
        return await self._client.rows(_TABLE, domain, ("name", "res_id"))

    async def load(self, kind: str, key: str, model: str, values: Mapping[str, Any]) -> int:
        """Make a record under its key, or change the one that is there; return its id.

        Raises `Refused` with the server's words, `InDoubt` when nobody knows.
        """
        return (await self.load_all(kind, model, {key: values}))[0]

    async def load_all(self, kind: str, model: str, records: Mapping[str, Mapping[str, Any]]) -> list[int]:
        """Make several records of a model, all or none. A value may be a list of rows of a to-many."""
        columns, table = _table(
            {f"{self._namespace}.{name_of(kind, key)}": values for key, values in records.items()}
        )
        # Two loads of one external id at once: the database refuses the second.
        async with self._turns.setdefault(table[0][0], asyncio.Lock()):
            answer = await self._client.call(
                model, "load", writes=True, context=_QUIET, fields=columns, data=table
            )
        messages = answer.get("messages") if isinstance(answer, dict) else None
        ids = answer.get("ids") if isinstance(answer, dict) else None
        if isinstance(ids, list) and len(ids) == len(records) and all(_is_id(each) for each in ids):
            return ids
        if isinstance(messages, list) and messages and isinstance(messages[0], dict):
            raise _refused(str(messages[0].get("message") or ""), self._client.connection)
        raise InDoubt("the answer to a write cannot be read", connection=self._client.connection)


def _refused(said: str, connection: str) -> WaybillError:
    """Return our error for a message of a load: all of it was taken back, whatever the reason."""
    raised = _RAISED.fullmatch(said)
    name, words = raised.groups() if raised else ("UserError", said)
    error = error_of(Fault(name, words), connection, writes=True)
    if isinstance(error, Passing | NotPermitted):
        return error
    return Refused("Odoo refuses it", quote=words, connection=connection)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _table(records: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Return the columns and the cells of a load; rows of a to-many follow their record's first row."""
    cells: list[dict[str, str]] = []
    for name, values in records.items():
        plain = {column: _cell(value) for column, value in values.items() if not _is_rows(value)}
        rows: list[dict[str, str]] = [{"id": name, **plain}]
        for column, value in values.items():
            for place, line in enumerate(value if _is_rows(value) else ()):
                if place >= len(rows):
                    rows.append({})
                rows[place].update({f"{column}/{inner}": _cell(each) for inner, each in line.items()})
        cells += rows
    columns = list(dict.fromkeys(column for row in cells for column in row))
    return columns, [[row.get(column, "") for column in columns] for row in cells]


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _cell(value: Any) -> str:
    """Return a value as an import file would hold it."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return "" if value is None else str(value)
