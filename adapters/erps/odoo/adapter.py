"""Odoo behind the ERP port."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from adapters.erps.odoo.aftercare import Aftercare
from adapters.erps.odoo.articles import Articles
from adapters.erps.odoo.cancelling import Cancelling
from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.checkup import Checkup
from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.documents import Documents
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.feed import Feed
from adapters.erps.odoo.mapping import document_body
from adapters.erps.odoo.papers import PaperFiles
from adapters.erps.odoo.partners import Partners
from adapters.erps.odoo.payments import Payments
from adapters.erps.odoo.progress import ProgressOf
from adapters.erps.odoo.restock import Restock
from adapters.erps.odoo.settings import OdooSettings
from adapters.erps.odoo.setup import SetUp
from adapters.fulfilment_port import ErpChanges
from adapters.ports import Finding, RestockLine, SetupStep, SignatureRefused
from domain.errors import InDoubt
from domain.facts import Credit, CustomerMatch, ItemStock
from domain.fulfilment import Paper, Progress
from domain.order import Order
from domain.policy import DocumentKind, PaperKind
from domain.posting import Cancellation, ErpDocument, ErpTotals, SalesDocument
from domain.returns import IncomingPayment, PaymentEntry, TakeBack
from domain.totals import Arithmetic

_REQUESTS_OF_A_WRITE = 4
"""A document is made in steps: its header, its lines, its confirmation, and it is read back."""


class Odoo:
    """One company of an Odoo database. Implements `ErpPort`."""

    def __init__(self, connection: str, settings: OdooSettings) -> None:
        self._connection, self._settings = connection, settings
        self._client = client = OdooClient(connection, settings)
        self._catalogue = catalogue = Catalogue(client, settings)
        self._ids = ids = ExternalIds(client, settings.namespace)
        self._partners = Partners(client, settings, catalogue, ids)
        self._documents = Documents(client, settings, catalogue, ids, self._partners)
        self._articles = Articles(client, catalogue)
        self._cancelling = Cancelling(client, self._documents)
        self._restock = Restock(client, settings, catalogue, ids, self._partners)
        self._feed = Feed(client, settings, ids)
        self._progress = ProgressOf(client, catalogue, ids, self._documents)
        self._aftercare = Aftercare(client, settings, catalogue, ids, self._documents, self._progress)
        self._payments = Payments(client, settings, catalogue, ids, self._partners)
        self._papers = PaperFiles(client)
        self._set_up = SetUp(client, settings, catalogue)
        self._checkup = Checkup(client, settings, catalogue)

    @property
    def arithmetic(self) -> Arithmetic:
        """How the company calculates a document."""
        return Arithmetic(
            price_digits=self._settings.price_digits,
            tax_per_line=self._settings.tax_per_line,
            header_discount=False,
        )

    @property
    def write_timeout(self) -> timedelta:
        """How long a write may be under way before we give up on its answer."""
        return self._settings.timeout * _REQUESTS_OF_A_WRITE

    async def answers(self) -> None:
        """Return when the database answers and takes our key; raise what is in the way."""
        await self._client.rows("res.users", [["login", "=", self._settings.user]], ("company_id",), limit=1)

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection, the user's rights and each record that is needed."""
        return await self._checkup.findings()

    async def setup_steps(self) -> tuple[SetupStep, ...]:
        """Tell what Waybill needs inside the database and what of it is there."""
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
        """Return the document as it would be sent, before articles and taxes become ids."""
        return document_body(document, self._settings, self._connection)

    async def missing_fields(self, header: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Tell which own fields the database does not have, or does not let anybody write."""
        return await self._set_up.missing_fields(tuple(header), tuple(lines))

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let Odoo calculate a document without keeping it."""
        return await self._documents.preview(document)

    async def find_document(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key."""
        return await self._documents.find(key, kind)

    async def create_document(self, document: SalesDocument) -> ErpDocument:
        """Create the document under its key; the database itself refuses a second external id."""
        async with self._writing():
            return await self._documents.create(document)

    async def read_document(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by its id."""
        return await self._documents.read(kind, entry)

    async def cancel_document(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel what is untouched, close what is partly delivered, say why when neither is possible."""
        del kind  # quotations and drafts are orders that nobody confirmed
        return await self._cancelling.cancel(entry)

    async def changes(self, cursor: Mapping[str, str]) -> ErpChanges:
        """Read what changed from a cursor on."""
        return await self._feed.read(cursor)

    async def progress(self, kind: DocumentKind, entry: str) -> Progress:
        """Read a sales order and all that follows it."""
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
        """Refuse: Odoo's own webhooks have no handshake."""
        del headers
        raise SignatureRefused("Odoo sends no handshake")

    def verify_event(self, headers: Mapping[str, str], body: bytes) -> None:
        """Refuse: Odoo's own webhooks carry no signature, so that none is taken."""
        del headers, body
        raise SignatureRefused("Odoo signs no webhook")

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Give up a write whose answer takes too long: then nobody knows."""
        try:
            async with asyncio.timeout(self.write_timeout.total_seconds()):
                yield
        except TimeoutError:
            raise InDoubt("the write took too long", connection=self._connection) from None

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
