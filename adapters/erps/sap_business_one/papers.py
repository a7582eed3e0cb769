"""The documents that follow an order, as the domain knows them, with the lines that belong to it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adapters.erps.sap_business_one.client import Object
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.kinds import BY_NUMBER, INVOICE, Ref, id_of
from adapters.erps.sap_business_one.models import (
    CLOSED,
    YES,
    Document,
    FollowingDocument,
    FollowingLine,
    read_as,
)
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.errors import UnexpectedAnswer
from domain.fulfilment import Paper, PaperLine, Picking
from domain.money import Money
from domain.policy import PaperKind

_OPPOSITE = "csCancellation"
"""The document that takes another back; the one taken back says csYes."""
_BETWEEN_NUMBERS = re.compile(r"[\s,;|]+")
_PICKED, _IN_PART, _RELEASED = "dlps_Picked", "dlps_PartiallyPicked", "dlps_ReleasedForPicking"
_BILLS = frozenset({PaperKind.INVOICE, PaperKind.CREDIT_NOTE})
LineRef = tuple[int, int, int]


@dataclass(frozen=True)
class Found:
    """A document that follows, with the columns only this company has.

    `key` is its order's, `own_key` the one we made it under.
    """

    ref: Ref
    document: FollowingDocument
    key: str
    own_key: str
    tracking: str
    line_ids: tuple[str, ...]

    def lines(self) -> Iterable[tuple[LineRef, FollowingLine, str]]:
        """Yield each line with its place and the store's id of it."""
        pairs = zip(self.document.DocumentLines, self.line_ids, strict=True)
        return (((*self.ref, line.LineNum), line, line_id) for line, line_id in pairs)


@dataclass(frozen=True)
class View:
    """What a document of this company is read with; `carriers` are the names of the shipping types."""

    settings: SapBusinessOneSettings
    codes: Codes
    connection: str
    local: str
    carriers: Mapping[int, str]

    def papers(self, start: Ref, key: str, documents: Mapping[Ref, Object]) -> tuple[Paper, ...]:
        """Return the documents that follow an order, by kind and in the order of their making."""
        found = [self._found(ref, body) for ref, body in sorted(documents.items())]
        counted = [each for each in found if each.document.CancelStatus != _OPPOSITE]
        belonging = _belonging(start, key, counted)
        papers = (self._paper(each, belonging, id_of(start)) for each in counted)
        return tuple(paper for paper in papers if paper is not None)

    def _found(self, ref: Ref, body: Object) -> Found:
        document = read_as(FollowingDocument, body, self.connection)
        return Found(
            ref=ref,
            document=document,
            key=str(body.get(self.settings.order_column) or ""),
            own_key=str(body.get(self.settings.paper_column) or ""),
            tracking=str(body.get(self.settings.tracking_field) or ""),
            line_ids=line_ids(body, self.settings.line_column),
        )

    def alone(self, ref: Ref, body: Object) -> Paper | None:
        """Return one document with all its lines, whatever they were drawn from."""
        found = self._found(ref, body)
        return self._paper(found, {place for place, _, _ in found.lines()}, "")

    def _paper(self, found: Found, belonging: set[LineRef], sales: str) -> Paper | None:
        kind, document = BY_NUMBER[found.ref[0]].paper, found.document
        mine = [(line, line_id) for ref, line, line_id in found.lines() if ref in belonging]
        if kind is None or not mine:
            return None
        bases = {base for line, _ in mine if (base := _base_of(line))}
        total, left = self._amounts(document)
        return Paper(
            kind=kind,
            entry=str(document.DocEntry),
            number=str(document.DocNum or ""),
            on=self._day(document.DocDate),
            cancelled=document.CancelStatus == "csYes" or document.Cancelled == YES,
            lines=tuple(
                PaperLine(
                    line_id=line_id, sku=line.ItemCode or "", quantity=line.Quantity, base=_base_of(line)
                )
                for line, line_id in mine
                if line.Quantity > 0
            ),
            tracking=tracking_numbers(found.tracking),
            carrier=self.carriers.get(document.TransportationCode or -1, ""),
            total=total,
            open=left if kind in _BILLS else None,
            follows=tuple(sorted(bases)),
            ships=found.ref[0] == INVOICE.number and sales in bases and document.ReserveInvoice != YES,
            key=found.own_key,
        )

    def _amounts(self, document: FollowingDocument) -> tuple[Money, Money]:
        """Return the total and what of it is not settled, in the document's currency."""
        currency = document.DocCurrency or self.local
        foreign = currency != self.local
        total = document.DocTotalFc if foreign and document.DocTotalFc is not None else document.DocTotal
        paid = document.PaidToDateFC if foreign else document.PaidToDate
        settled = document.DocumentStatus == CLOSED
        left = Decimal(0) if settled else total - (paid or Decimal(0))
        iso = self.codes.iso_currency(currency)
        return Money(total, iso).rounded(), Money(left, iso).rounded()

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise UnexpectedAnswer("a document has no date", connection=self.connection) from None


def line_ids(body: Object, column: str) -> tuple[str, ...]:
    """Return the store's id of each line, "" where the line has none."""
    lines = body.get("DocumentLines")
    known = lines if isinstance(lines, list) else []
    return tuple(str(line.get(column) or "") for line in known if isinstance(line, dict))


def tracking_numbers(text: str) -> tuple[str, ...]:
    """Return the parcels' numbers from a field that holds one or several."""
    return tuple(dict.fromkeys(part for part in _BETWEEN_NUMBERS.split(text) if part))


def picking(document: Document, line_ids: Sequence[str]) -> Picking:
    """Return how far the warehouse is with what is open of an order.

    Our extra lines (wrapping, rounding) have no store's line id, and nobody takes them from a shelf.
    """
    pairs = list(zip(document.DocumentLines, line_ids, strict=True))
    states = {
        line.PickStatusEx
        for line, line_id in pairs
        if line.LineStatus != CLOSED
        and (line.RemainingOpenQuantity or 0) > 0
        and (line_id or not any(line_ids))
    }
    if states == {_PICKED}:
        return Picking.PICKED
    if states & {_PICKED, _IN_PART}:
        return Picking.PARTLY_PICKED
    return Picking.RELEASED if _RELEASED in states else Picking.NOT_RELEASED


def _base_of(line: FollowingLine) -> str:
    if line.BaseType in (None, -1) or line.BaseEntry is None:
        return ""
    return id_of((line.BaseType, line.BaseEntry))


def _belonging(start: Ref, key: str, documents: list[Found]) -> set[LineRef]:
    """Return the lines that go back to the order's own, by their base or by the key of their document."""
    mine: set[LineRef] = set()
    while True:
        more = {
            ref
            for found in documents
            for ref, line, _ in found.lines()
            if ref not in mine and _goes_back(line, found, mine, start, key)
        }
        if not more:
            return mine
        mine |= more


def _goes_back(line: FollowingLine, found: Found, mine: set[LineRef], start: Ref, key: str) -> bool:
    if line.BaseType in (None, -1) or line.BaseEntry is None:
        return bool(key) and found.key == key
    base = (line.BaseType, line.BaseEntry)
    return base == start or (*base, line.BaseLine) in mine
