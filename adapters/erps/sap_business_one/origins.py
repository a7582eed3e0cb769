"""Which orders are behind documents: followed back line by line, because one delivery may serve several."""

from collections.abc import Iterable

from adapters.erps.sap_business_one.client import Object, ServiceLayer
from adapters.erps.sap_business_one.kinds import BY_NUMBER, ORDER, Ref
from adapters.erps.sap_business_one.lists import by_entry, numbered, read_lists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings

_LONGEST_CHAIN = 6


class Origins:
    """The way back from a delivery, invoice, return or credit note."""

    def __init__(self, layer: ServiceLayer, settings: SapBusinessOneSettings) -> None:
        self._layer, self._column = layer, settings.order_column

    async def orders_behind(self, documents: Iterable[Ref]) -> dict[Ref, set[int]]:
        """Return the DocEntries of the orders that each document goes back to; few requests for all."""
        asked = set(documents)
        bases: dict[Ref, set[Ref]] = {}
        unread = {ref for ref in asked if ref[0] != ORDER.number}
        for _ in range(_LONGEST_CHAIN):
            if not unread:
                break
            bases |= await self._bases_of(unread)
            known = {base for ref in unread for base in bases.get(ref, ())}
            unread = {ref for ref in known if ref not in bases and ref[0] != ORDER.number}
        return {ref: _orders(ref, bases) for ref in asked}

    async def keys_of(self, orders: Iterable[int]) -> dict[int, str]:
        """Return the key that each order carries; "" for one that no web order is behind."""
        lists = by_entry(ORDER, f"DocEntry,{self._column}", orders)
        rows = numbered(
            [row for some in await read_lists(self._layer, lists) for row in some], self._layer.connection
        )
        return {int(row["DocEntry"]): str(row.get(self._column) or "") for row in rows}

    async def _bases_of(self, documents: set[Ref]) -> dict[Ref, set[Ref]]:
        numbers = sorted({number for number, _ in documents})
        asked = [
            (number, each)
            for number in numbers
            for each in by_entry(
                BY_NUMBER[number],
                "DocEntry,DocumentLines",
                [entry for kind, entry in documents if kind == number],
            )
        ]
        pages = await read_lists(self._layer, [each for _, each in asked])
        found: dict[Ref, set[Ref]] = {ref: set() for ref in documents}
        for (number, _), rows in zip(asked, pages, strict=True):
            for row in numbered(rows, self._layer.connection):
                found[number, int(row["DocEntry"])] = bases_of(row)
        return found


def bases_of(row: Object) -> set[Ref]:
    """Return the documents that a document's lines were drawn from."""
    lines = row.get("DocumentLines")
    known = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    refs = {(line.get("BaseType"), line.get("BaseEntry")) for line in known}
    return {(number, entry) for number, entry in refs if number in BY_NUMBER and isinstance(entry, int)}


def _orders(start: Ref, bases: dict[Ref, set[Ref]]) -> set[int]:
    found: set[int] = set()
    met, left = {start}, [start]
    while left:
        ref = left.pop()
        if ref[0] == ORDER.number:
            found.add(ref[1])
        new = bases.get(ref, set()) - met
        met |= new
        left += new
    return found
