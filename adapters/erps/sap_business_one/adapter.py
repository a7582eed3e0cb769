"""SAP Business One behind the ERP port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

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
from adapters.fulfilment_port import ErpChanges
from adapters.ports import Finding, RestockLine, SetupStep
from domain.errors import InDoubt
from domain.facts import Credit, CustomerMatch, ItemStock
from domain.fulfilment import Paper, Progress
from domain.order import Order
from domain.policy import DocumentKind, PaperKind
from domain.posting import Cancellation, ErpDocument, ErpTotals, SalesDocument
from domain.returns import IncomingPayment, PaymentEntry, TakeBack
from domain.totals import Arithmetic

_REQUESTS_OF_A_WRITE = 2
"""A write may need a login and be sent again, or be followed by a look-up."""


class SapBusinessOne:
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

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection and at each code the settings name."""
        return await self._checkup.findings()

    async def setup_steps(self) -> tuple[SetupStep, ...]:
        """Tell what Waybill needs inside the company and what of it is there."""
        return await self._set_up.steps()

    async def set_up(self, step: str) -> None:
        """Create one of the things that `setup_steps` names. Safe to repeat."""
        await self._set_up.do(step)

    async def find_customer(self, order: Order, named: str) -> tuple[CustomerMatch, Credit | None]:
        """Find the buyer: whom a person named, else by own id, VAT id, e-mail."""
        return await self._partners.find(order, named)

    async def create_customer(self, order: Order, *, price_list: str = "") -> str:
        """Create the buyer and return the code. Safe to repeat: a lost answer is `Passing`."""
        return await self._partners.create(order, price_list)

    async def items(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is known of each article, and its stock in a warehouse ("" for all)."""
        return await self._articles.stock(skus, warehouse)

    def written(self, document: SalesDocument) -> dict[str, Any]:
        """Return the document as it would be sent."""
        return document_body(document, self._settings, self._codes)

    async def missing_fields(self, header: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Tell which own fields the company does not know, and which are kept for Waybill's keys."""
        return await self._set_up.missing_fields(tuple(header), tuple(lines))

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let the document engine calculate a document without keeping it."""
        return await self._documents.preview(document)

    async def find_document(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key, drafts that wait for an approval included."""
        return await self._documents.find(key, kind)

    async def create_document(self, document: SalesDocument) -> ErpDocument:
        """Create the document under its key; the company itself refuses a second one."""
        async with self._writing():
            return await self._documents.create(document)

    async def read_document(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by its DocEntry."""
        return await self._documents.read(kind, entry)

    async def cancel_document(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel what is untouched, close what is partly delivered, say why when neither is possible."""
        return await self._cancelling.cancel(kind, entry)

    async def changes(self, cursor: Mapping[str, str]) -> ErpChanges:
        """Read what changed from a cursor on."""
        return await self._feed.read(cursor)

    async def progress(self, kind: DocumentKind, entry: str) -> Progress:
        """Read a sales document and all that follows it."""
        return await self._progress.read(kind, entry)

    async def paper_pdf(self, kind: PaperKind, entry: str) -> bytes:
        """Return a document as a PDF file."""
        return await self._papers.read(kind, entry)

    async def take_back(self, wanted: TakeBack) -> Paper:
        """Make a return request, a return or a credit note, once under its key."""
        async with self._writing():
            return await self._aftercare.take_back(wanted)

    async def find_paper(self, kind: PaperKind, key: str) -> Paper | None:
        """Look for what was made under a key."""
        return await self._aftercare.find_paper(kind, key)

    async def register_payment(self, payment: IncomingPayment) -> PaymentEntry | None:
        """Enter money that came in, once under its key."""
        async with self._writing():
            return await self._payments.register(payment)

    async def find_payment(self, key: str) -> PaymentEntry | None:
        """Look for the payment under a key."""
        return await self._payments.find(key)

    async def request_restock(self, reference: str, lines: tuple[RestockLine, ...], warehouse: str) -> str:
        """Ask for articles to be bought; return the request's number. Safe to repeat with one reference."""
        return await self._restock.request(reference, lines, warehouse)

    def answer_handshake(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return what the company wants to read before it sends events."""
        return webhooks.answer_handshake(self._settings.webhook_key, headers)

    def verify_event(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check an event of the company's own webhooks."""
        webhooks.check(self._settings.webhook_key, headers, body)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Give up a write whose answer takes too long: then nobody knows."""
        try:
            async with asyncio.timeout(self.write_timeout.total_seconds()):
                yield
        except TimeoutError:
            raise InDoubt("the write took too long", connection=self._connection) from None

    async def close(self) -> None:
        """Log out and give back connections."""
        await self._printer.close()
        await self._layer.close()
