"""Stored SQL queries: one table, some columns, comparisons joined by `and`, an order.

The real service takes much more of SQL; this is the part that reads stock and change marks in bulk.
"""

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import ServiceLayerError, already_exists, rule
from sandbox.sap_business_one.wire import Row, day

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_SELECT = re.compile(
    r"select\s+(?P<columns>.+?)\s+from\s+(?P<table>\w+)(?:\s+where\s+(?P<where>.+?))?"
    r"(?:\s+order\s+by\s+(?P<order>[\w\s,]+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(?P<column>\w+)\s*(?P<test><=|>=|<>|=|<|>)\s*(?P<value>:\w+|'(?:[^']|'')*'|-?\d+)")
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class SqlQueries(EntitySet):
    """The stored queries."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "SQLQueries", company.shapes["SQLQuery"], "SqlCode")

    def create(self, body: Row) -> Row:
        """Store a query whose text can be run."""
        given = self.shape.read(body)
        code, text = given.get("SqlCode"), given.get("SqlText")
        if not code or not text:
            raise rule("Enter a code and a text for the query")
        if self.table.get(code) is not None:
            raise already_exists()
        parameters = sorted(set(re.findall(r":(\w+)", text)))
        _columns(_parsed(text), _tables(self.company))
        today = day(self.company.now())
        row = {**given, "ParamList": ",".join(parameters), "CreateDate": today, "UpdateDate": today}
        self.table.insert(code, row)
        return row

    def remove(self, row: Row) -> None:
        """Delete a query."""
        self.table.remove(row["SqlCode"])

    def run(self, row: Row, parameters: dict[str, str]) -> list[Row]:
        """Return the rows a query finds; parameter values are quoted as in SQL."""
        parsed, tables = _parsed(row["SqlText"]), _tables(self.company)
        columns = _columns(parsed, tables)
        where, table = parsed["where"], tables[parsed["table"].upper()]
        rows = [each for each in table() if _holds(where, each, parameters)]
        for name in reversed([part.strip() for part in (parsed["order"] or "").split(",") if part.strip()]):
            column, *direction = name.split()
            rows.sort(key=lambda each, by=column: each[by], reverse=direction == ["desc"])  # type: ignore[misc]
        return [{name: each[name] for name in columns} for each in rows]


def _parsed(text: str) -> dict[str, Any]:
    match = _SELECT.fullmatch(text.strip())
    if match is None:
        raise ServiceLayerError(400, "701", "Invalid SQL syntax.")
    return match.groupdict()


def _columns(parsed: dict[str, Any], tables: dict[str, Callable[[], Iterator[Row]]]) -> list[str]:
    table = parsed["table"].upper()
    if table not in tables:
        raise ServiceLayerError(400, "702", f"Table '{parsed['table']}' not accessible")
    names = [name.strip() for name in parsed["columns"].split(",")]
    known = next(tables[table](), None)
    for name in names:
        if known is not None and name not in known:
            message = f"Column '{name}' from table '{parsed['table']}' not accessible"
            raise ServiceLayerError(400, "703", message)
    return names


def _holds(where: str | None, row: Row, parameters: dict[str, str]) -> bool:
    for condition in re.split(r"\s+and\s+", where or "", flags=re.IGNORECASE):
        if not condition:
            continue
        match = _CONDITION.fullmatch(condition.strip())
        if match is None:
            raise ServiceLayerError(400, "701", "Invalid SQL syntax.")
        text = match["value"]
        if text.startswith(":"):
            if text[1:] not in parameters:
                raise ServiceLayerError(400, "704", "Parameter error.")
            text = parameters[text[1:]]
        if not _TESTS[match["test"]](row[match["column"]], _value(text)):
            return False
    return True


def _value(text: str) -> Any:
    return text[1:-1].replace("''", "'") if text.startswith("'") else Decimal(text)


def _tables(company: "Company") -> dict[str, Callable[[], Iterator[Row]]]:
    def stock() -> Iterator[Row]:
        for item in company.items.table.rows():
            for each in company.items.stock(item):
                yield {
                    "ItemCode": each["ItemCode"],
                    "WhsCode": each["WarehouseCode"],
                    "OnHand": each["InStock"],
                    "IsCommited": each["Committed"],
                    "OnOrder": each["Ordered"],
                    "MinStock": each.get("MinimalStock", Decimal(0)),
                }

    def items() -> Iterator[Row]:
        for item in company.items.table.rows():
            yield {"ItemCode": item["ItemCode"], "ItemName": item.get("ItemName")}

    def orders() -> Iterator[Row]:
        for row in company.orders.table.rows():
            yield {
                "DocEntry": row["DocEntry"],
                "DocNum": row["DocNum"],
                "UpdateDate": row["UpdateDate"].strftime("%Y%m%d"),
                "UpdateTS": int(row["UpdateTime"].strftime("%H%M%S")),
            }

    return {"OITW": stock, "OITM": items, "ORDR": orders}
