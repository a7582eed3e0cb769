"""SAP Business One behind the ERP port."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.erps.facade import ErpFacade
from adapters.erps.sap_business_one import webhooks
from adapters.erps.sap_business_one.aftercare import Aftercare
from adapters.erps.sap_business_one.articles import Articles
from adapters.erps.sap_business_one.cancelling import Cancelling
from adapters.erps.sap_business_one.checkup import Checkup
from adapters.erps.sap_business_one.client import ServiceLayer
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.documents import Documents
from adapters.erps.sap_business_one.feed import Feed
from adapters.erps.sap_business_one.mapping import document_body
from adapters.erps.sap_business_one.partners import Partners
from adapters.erps.sap_business_one.payments import Payments
from adapters.erps.sap_business_one.pdf import PaperFiles
from adapters.erps.sap_business_one.printing import Printer
from adapters.erps.sap_business_one.progress import ProgressOf
from adapters.erps.sap_business_one.restock import Restock
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.erps.sap_business_one.setup import SetUp
from domain.policy import DocumentKind
from domain.posting import Cancellation, SalesDocument
from domain.totals import Arithmetic

_REQUESTS_OF_A_WRITE = 2
"""A write may need a login and be sent again, or be followed by a look-up."""


class SapBusinessOne(ErpFacade):
    """One company of SAP Business One. Implements `ErpPort`. `clock` tells the time with its zone."""

    def __init__(
        self,
        connection: str,
        settings: SapBusinessOneSettings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connection, self._settings = connection, settings
        self._layer = layer = ServiceLayer(connection, settings)
        self._codes = codes = Codes(settings, connection)
        self._company = company = Company(layer)
        self._printer = Printer(connection, settings)
        self._documents = Documents(layer, settings, codes, company)
        self._partners = Partners(layer, settings, codes, company)
        self._articles = Articles(layer)
        self._cancelling = Cancelling(layer, self._documents)
        self._restock = Restock(layer, settings)
        self._feed = Feed(layer, settings, clock)
        self._papers = PaperFiles(layer, settings, self._printer)
        self._progress = ProgressOf(layer, settings, codes, company, self._documents)
        self._aftercare = Aftercare(layer, settings, codes, company, self._progress)
        self._payments = Payments(layer, settings, codes, company, self._aftercare)
        self._set_up = SetUp(layer, settings)
        self._checkup = Checkup(layer, settings, codes, company, self._printer)

    @property
    def arithmetic(self) -> Arithmetic:
        """How the company calculates a document."""
        return Arithmetic(
            price_digits=self._settings.price_digits,
            percent_digits=self._settings.percent_digits,
            tax_per_line=self._settings.tax_per_line,
        )

    @property
    def write_timeout(self) -> timedelta:
        """How long a write may be under way before we give up on its answer."""
        return self._settings.timeout * _REQUESTS_OF_A_WRITE

    async def answers(self) -> None:
        """Return when the company answers and takes our login; raise what is in the way."""
        await self._company.read()

    def written(self, document: SalesDocument) -> dict[str, Any]:
        """Return the document as it would be sent."""
        return document_body(document, self._settings, self._codes)

    async def cancel_document(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel what is untouched, close what is partly delivered, say why when neither is possible."""
        return await self._cancelling.cancel(kind, entry)

    def answer_handshake(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return what the company wants to read before it sends events."""
        return webhooks.answer_handshake(self._settings.webhook_key, headers)

    def verify_event(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check an event of the company's own webhooks."""
        webhooks.check(self._settings.webhook_key, headers, body)

    async def close(self) -> None:
        """Log out and give back connections."""
        await self._printer.close()
        await self._layer.close()
