"""Several lists read with one request, each to its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from adapters.erps.sap_business_one.batch import Reading
from adapters.erps.sap_business_one.client import SAFE, Object, ServiceLayer
from adapters.erps.sap_business_one.kinds import Kind, Ref
from domain.errors import UnexpectedAnswer

_MOST_PAGES = 50
_ENTRIES_AT_ONCE = 30
PAGE = 100


@dataclass(frozen=True)
class ListOf:
    """A list: where it is, and its query without paging."""

    entity: str
    query: str

    @property
    def path(self) -> str:
        """The list's address."""
        return f"{self.entity}?{self.query}"


def list_of(entity: str, select: str, where: str, more: str = "") -> ListOf:
    """Return the list of the rows a filter wants."""
    return ListOf(entity, f"$select={select}&$filter={quote(where, safe=SAFE)}{more}")


def by_entry(kind: Kind, select: str, entries: Iterable[int]) -> list[ListOf]:
    """Return the lists that together hold the documents of these entries."""
    ordered = sorted(entries)
    chunks = [ordered[at : at + _ENTRIES_AT_ONCE] for at in range(0, len(ordered), _ENTRIES_AT_ONCE)]
    return [list_of(kind.entity, select, _any_entry("DocEntry", chunk)) for chunk in chunks]


def drawn_from(kind: Kind, base: int, entries: Iterable[int]) -> list[ListOf]:
    """Return the lists of the DocEntries of a kind that were drawn from these documents.

    One row comes for each line. A lambda over the lines is refused by many systems; the join is not.
    """
    lines = f"{kind.entity}/DocumentLines"
    expand = f"{kind.entity}($select=DocEntry),{lines}($select=BaseEntry)"
    ordered = sorted(entries)
    found = []
    for at in range(0, len(ordered), _ENTRIES_AT_ONCE):
        chunk = ordered[at : at + _ENTRIES_AT_ONCE]
        wanted = _any_entry(f"{lines}/BaseEntry", chunk)
        where = f"{kind.entity}/DocEntry eq {lines}/DocEntry and {lines}/BaseType eq {base} and " + (
            wanted if len(chunk) == 1 else f"({wanted})"
        )
        join = f"$crossjoin({kind.entity},{lines})"
        found.append(ListOf(join, f"$expand={expand}&$filter={quote(where, safe=SAFE)}"))
    return found


def _any_entry(column: str, entries: Sequence[int]) -> str:
    return " or ".join(f"{column} eq {entry}" for entry in entries)


async def read_lists(layer: ServiceLayer, lists: Sequence[ListOf]) -> list[list[Object]]:
    """Read all of several lists, the first pages of all with one request, and so on."""
    found: list[list[Object]] = [[] for _ in lists]
    left = list(range(len(lists)))
    for _ in range(_MOST_PAGES):
        if not left:
            return found
        asked = tuple(Reading(_page(lists[number], len(found[number])), PAGE) for number in left)
        bodies = await layer.read_together(asked)
        left = [
            number for number, body in zip(left, bodies, strict=True) if _took(found[number], body, layer)
        ]
    raise UnexpectedAnswer("the list does not end", connection=layer.connection)


def _page(wanted: ListOf, skip: int) -> str:
    return wanted.path + (f"&$skip={skip}" if skip else "")


def _took(found: list[Object], body: Object, layer: ServiceLayer) -> bool:
    """Add a page's rows; tell whether there are more."""
    rows = rows_of(body, layer.connection)
    found += rows
    return bool(rows) and has_more(body)


def rows_of(body: Object, connection: str) -> list[Object]:
    """Return the rows of a page."""
    rows = body.get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnexpectedAnswer("the answer is no list", connection=connection)
    return rows


def numbered(rows: list[Object], connection: str, name: str = "DocEntry") -> list[Object]:
    """Return rows that all have their number. Raises `UnexpectedAnswer` where one has none."""
    if not all(isinstance(row.get(name), int) for row in rows):
        raise UnexpectedAnswer(f"a row has no {name}", connection=connection)
    return rows


def has_more(body: Object) -> bool:
    """Whether another page follows. The link itself may have lost the query, so it is not followed."""
    return bool(body.get("@odata.nextLink") or body.get("odata.nextLink"))


def entries_of(rows: Iterable[Object], kind: Kind) -> set[Ref]:
    """Return the documents a join names."""
    found = (row.get(kind.entity) for row in rows)
    entries = (each.get("DocEntry") for each in found if isinstance(each, dict))
    return {(kind.number, entry) for entry in entries if isinstance(entry, int)}
