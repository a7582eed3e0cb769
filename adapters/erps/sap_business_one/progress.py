"""The state of one order in the company: what is open, picked, and what was made of it."""

from collections.abc import Iterable

from adapters.erps.sap_business_one.client import Object, ServiceLayer
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.documents import Documents
from adapters.erps.sap_business_one.following import NUMBERS, Following
from adapters.erps.sap_business_one.mapping import erp_document
from adapters.erps.sap_business_one.models import Document, ShippingType, read_as, select
from adapters.erps.sap_business_one.papers import View, line_ids, picking
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.fulfilment import Progress
from domain.policy import DocumentKind


class ProgressOf:
    """Reads whole pictures."""

    def __init__(
        self,
        layer: ServiceLayer,
        settings: SapBusinessOneSettings,
        codes: Codes,
        company: Company,
        documents: Documents,
    ) -> None:
        self._layer, self._settings, self._codes = layer, settings, codes
        self._company, self._documents = company, documents
        self._following = Following(layer, settings)
        self._carriers: dict[int, str] = {}

    async def read(self, kind: DocumentKind, entry: str) -> Progress:
        """Read a sales document and all that follows it; a draft has nothing that follows."""
        body = await self._documents.raw(kind, entry)
        document = read_as(Document, body, self._layer.connection)
        key = str(body.get(self._settings.order_column) or "")
        local = await self._company.local_currency()
        found = erp_document(document, kind, key, local, self._codes)
        if kind is DocumentKind.DRAFT:
            return Progress(document=found)
        start = (NUMBERS[kind].number, document.DocEntry)
        documents = await self._following.documents(start, key)
        view = await self.view(documents.values())
        return Progress(
            document=found,
            picking=picking(document, line_ids(body, self._settings.line_column)),
            papers=view.papers(start, key, documents),
        )

    async def view(self, documents: Iterable[Object]) -> View:
        """Return what these documents are read with."""
        codes = {row.get("TransportationCode") for row in documents}
        local = await self._company.local_currency()
        names = await self._carrier_names(codes)
        return View(self._settings, self._codes, self._layer.connection, local, names)

    async def _carrier_names(self, codes: set[object]) -> dict[int, str]:
        """Return the shipping types' names; asked once, and again for a code that is new."""
        named = {code for code in codes if isinstance(code, int) and code > 0}
        if not named <= set(self._carriers):
            rows = await self._layer.rows("ShippingTypes", select(ShippingType), "")
            types = [read_as(ShippingType, row, self._layer.connection) for row in rows]
            self._carriers = dict.fromkeys(named, "") | {each.Code: each.Name or "" for each in types}
        return self._carriers
