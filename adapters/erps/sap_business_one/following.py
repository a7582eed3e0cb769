"""The whole picture of one order: the documents that follow it, found by our key and by their lines."""

from collections import defaultdict
from collections.abc import Iterable

from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.kinds import BY_NUMBER, FOLLOWERS, ORDER, PAPERS, QUOTATION, Kind, Ref
from adapters.erps.sap_business_one.lists import (
    ListOf,
    by_entry,
    drawn_from,
    entries_of,
    list_of,
    numbered,
    read_lists,
)
from adapters.erps.sap_business_one.models import FollowingDocument, select
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.errors import UnexpectedAnswer
from domain.policy import DocumentKind

_LONGEST_CHAIN = 8
NUMBERS = {DocumentKind.ORDER: ORDER, DocumentKind.QUOTATION: QUOTATION}


class Following:
    """Finds what follows a sales document: with a request for each step of the chain, and one more."""

    def __init__(self, layer: ServiceLayer, settings: SapBusinessOneSettings) -> None:
        self._layer, self._settings = layer, settings
        self.columns = select(
            FollowingDocument, settings.order_column, settings.paper_column, *_own_columns(settings)
        )

    async def documents(self, start: Ref, key: str) -> dict[Ref, Object]:
        """Return the documents that follow, as they came.

        Our key is copied along when a document is drawn, but a delivery for several orders carries only one
        of theirs; so what was drawn from each document is asked for as well.
        """
        known: dict[Ref, Object] = {}
        unread: set[Ref] = set()
        frontier, asked_key = {start}, not key
        for _ in range(_LONGEST_CHAIN):
            asked = [*self._rows(unread, "" if asked_key else key), *_joins(frontier | unread)]
            if not asked:
                return known
            pages = await read_lists(self._layer, [each for _, each in asked])
            done, asked_key = frontier | unread, True
            found: set[Ref] = set()
            new: dict[Ref, Object] = {}
            for (kind, each), rows in zip(asked, pages, strict=True):
                if each.entity == kind.entity:
                    numbered(rows, self._layer.connection)
                    new |= {(kind.number, int(row["DocEntry"])): row for row in rows}
                else:
                    found |= entries_of(rows, kind)
            known |= new
            frontier = set(new) - done
            unread = found - set(known) - {start}
        raise UnexpectedAnswer("the documents of an order do not end", connection=self._layer.connection)

    def _rows(self, unread: set[Ref], key: str) -> list[tuple[Kind, ListOf]]:
        lists = [
            (BY_NUMBER[number], each)
            for number, entries in _by_number(unread).items()
            for each in by_entry(BY_NUMBER[number], self.columns, entries)
        ]
        if key:
            keyed = f"{self._settings.order_column} eq {literal(key)}"
            lists += [(kind, list_of(kind.entity, self.columns, keyed)) for kind in PAPERS]
        return lists


def _joins(bases: set[Ref]) -> list[tuple[Kind, ListOf]]:
    return [
        (kind, each)
        for number, entries in _by_number(bases).items()
        for kind in FOLLOWERS[number]
        for each in drawn_from(kind, number, entries)
    ]


def _by_number(refs: Iterable[Ref]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number, entry in sorted(refs):
        found[number].append(entry)
    return found


def _own_columns(settings: SapBusinessOneSettings) -> tuple[str, ...]:
    known = FollowingDocument.model_fields
    return () if settings.tracking_field in known else (settings.tracking_field,)
