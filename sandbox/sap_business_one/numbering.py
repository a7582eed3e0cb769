"""Number ranges (series) of documents and partners, and exchange rates."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.sap_business_one.document_kinds import PURCHASE_REQUESTS, SALES_KINDS
from sandbox.sap_business_one.errors import no_such_reference, rule
from sandbox.sap_business_one.storage import Figures, Journal
from sandbox.sap_business_one.wire import Row

PARTNER_SERIES = 70
"""The series that numbers customers by itself."""
WEB_ORDER_SERIES = 78
"""A second series for sales orders, so that document numbers repeat across series."""


def _series(number: int, name: str, document: str, sub_type: str, first: int, **extra: Any) -> Row:
    return {
        "Series": number,
        "Name": name,
        "Document": document,
        "DocumentSubType": sub_type,
        "InitialNumber": first,
        "Prefix": None,
        "Locked": "tNO",
        "PeriodIndicator": "Default",
        "IsManual": False,
        **extra,
    }


class Series:
    """The company's series. A document's number comes from its series; its key does not."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        kinds = (*SALES_KINDS, PURCHASE_REQUESTS)
        rows = [_series(kind.series, "Primary", str(kind.number), "--", kind.first_number) for kind in kinds]
        rows.append(_series(WEB_ORDER_SERIES, "Web", "17", "--", 2101))
        rows.append(_series(1, "Manual", "2", "C", 1, IsManual=True))
        rows.append(_series(2, "Manual", "2", "S", 1, IsManual=True))
        rows.append(_series(PARTNER_SERIES, "Web", "2", "C", 1, Prefix="W"))
        self._rows: dict[int, Row] = {row["Series"]: row for row in rows}

    def check(self, series: int, document: int) -> None:
        """Refuse a series that does not number this kind of document."""
        row = self._rows.get(series)
        if row is None or row["Document"] != str(document):
            raise no_such_reference()

    def draw(self, series: int) -> int:
        """Return the next number."""
        return self._figures.draw(("series", series), self._rows[series]["InitialNumber"])

    def upcoming(self, series: int) -> int:
        """Return the number that would be next."""
        return self._figures.upcoming(("series", series), self._rows[series]["InitialNumber"])

    def next_code(self, series: int) -> str:
        """Return the next partner code of a series."""
        return f"{self._rows[series]['Prefix']}{self.draw(series):05d}"

    def for_partners(self, wanted: int | None, card_type: str) -> Row:
        """Return the series of a new partner; without one it is the manual one."""
        sub_type = "S" if card_type == "cSupplier" else "C"
        row = self._rows.get(wanted or (2 if sub_type == "S" else 1))
        if row is None or row["Document"] != "2" or row["DocumentSubType"] != sub_type:
            raise no_such_reference()
        return row

    def of(self, document: str, sub_type: str | None) -> list[Row]:
        """Return the series of one object, as the series service shows them."""
        found = [row for row in self._rows.values() if row["Document"] == document]
        if document == "2" and sub_type:
            found = [row for row in found if row["DocumentSubType"] == sub_type]
        return [self._shown(row) for row in found]

    def _shown(self, row: Row) -> Row:
        manual = "tYES" if row["IsManual"] else "tNO"
        return {**row, "IsManual": manual, "NextNumber": self.upcoming(row["Series"])}


class Rates:
    """Local currency for one unit of a foreign currency, by day."""

    def __init__(self, journal: Journal, standing: dict[str, Decimal]) -> None:
        self._journal = journal
        self._standing = standing
        self._by_day: dict[tuple[str, date], Decimal] = {}

    def on(self, currency: str, day: date, column: str = "") -> Decimal:
        """Return a day's rate, or refuse: without one no document in that currency can be posted."""
        rate = self._by_day.get((currency, day)) or self._standing.get(currency)
        if rate is None:
            raise rule(f"Update the exchange rate for currency '{currency}'", column)
        return rate

    def set(self, currency: str, day: date, rate: Decimal) -> None:
        """Set a day's rate."""
        before = self._by_day.get((currency, day))
        self._by_day[currency, day] = rate
        self._journal.remember(lambda: self._put_back((currency, day), before))

    def _put_back(self, key: tuple[str, date], before: Decimal | None) -> None:
        if before is None:
            self._by_day.pop(key)
        else:
            self._by_day[key] = before
