"""Sales documents: written once under a key, found by it, calculated, read, cancelled."""

import asyncio

from adapters.erps.sap_business_one.batch import Write
from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.mapping import (
    ENTITIES,
    OBJECT_NUMBERS,
    document_body,
    erp_document,
    erp_totals,
    is_cancelled,
)
from adapters.erps.sap_business_one.models import Calculated, Document, read_as, select
from adapters.erps.sap_business_one.refusals import KeyExists, NothingMatches
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.erps.sap_business_one.writing import found_after, write_under_key
from domain.errors import ConnectionDown, InDoubt, NotFound, Passing
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpState, ErpTotals, SalesDocument


class Documents:
    """The company's orders, quotations and drafts."""

    def __init__(
        self, layer: ServiceLayer, settings: SapBusinessOneSettings, codes: Codes, company: Company
    ) -> None:
        self._layer, self._settings, self._codes, self._company = layer, settings, codes, company
        self._select = select(Document, settings.order_column)

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let the document engine calculate, and keep nothing. A quotation is calculated as an order is."""
        body = document_body(document, self._settings, self._codes)
        body.pop("DocObjectCode", None)
        answer = await self._layer.ask("OrdersService_Preview", {"Document": body})
        calculated = read_as(Calculated, answer, self._layer.connection)
        return erp_totals(calculated, await self._company.local_currency(), self._codes)

    async def create(self, document: SalesDocument) -> ErpDocument:
        """Write the document and the row of its key as one, so that a second one cannot come to be.

        Returns what carries the key already when there is such a document. Raises `InDoubt` when nobody
        knows whether it was written, or it was and cannot be read yet.
        """
        body = document_body(document, self._settings, self._codes)
        # Asked before the write: afterwards a failure would make a good answer useless.
        local = await self._company.local_currency()
        try:
            made = await write_under_key(
                self._layer, self._settings, document.key, Write(ENTITIES[document.kind], body)
            )
        except KeyExists as exists:
            return await found_after(
                exists, lambda: self.find(document.key, document.kind), self._layer.connection
            )
        except NothingMatches:
            found = await self._found_after_refusal(document)
            if found is None:
                raise
            return found
        written = read_as(Document, made, self._layer.connection, writes=True)
        if (written.DocCurrency or local) != body["DocCurrency"]:
            raise InDoubt("the answer is about another document", connection=self._layer.connection)
        return erp_document(written, document.kind, document.key, local, self._codes)

    async def find(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key, among the documents and among the drafts at once.

        The document wins over the draft, even where only a draft was wanted: then somebody made it into
        a document. A draft's `kind` is DRAFT, so that its entry can be read. Cancelled ones are returned.
        """
        made = DocumentKind.ORDER if kind is DocumentKind.DRAFT else kind
        keyed = f"{self._settings.order_column} eq {literal(key)}"
        drafted = f"{keyed} and DocObjectCode eq '{OBJECT_NUMBERS[kind]}'"
        documents, drafts = await asyncio.gather(
            self._rows(made, keyed),
            self._rows(DocumentKind.DRAFT, drafted),
            return_exceptions=True,  # so that neither is left running when the other fails
        )
        if isinstance(documents, BaseException):
            raise documents
        if isinstance(drafts, BaseException):
            raise drafts
        if documents:
            return await self._as_erp(_first(documents), made, key)
        if drafts:
            draft = await self._as_erp(_first(drafts), DocumentKind.DRAFT, key)
            return draft if kind is DocumentKind.DRAFT else _waiting(draft)
        return None

    async def read(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by its DocEntry. Raises `NotFound`."""
        body = await self.raw(kind, entry)
        key = body.get(self._settings.order_column)
        document = read_as(Document, body, self._layer.connection)
        return await self._as_erp(document, kind, key if isinstance(key, str) else "")

    async def raw(self, kind: DocumentKind, entry: str) -> Object:
        """Read a document as it comes."""
        return await self._layer.read(
            f"{path_of(kind, entry, self._layer.connection)}?$select={self._select}"
        )

    async def _rows(self, kind: DocumentKind, wanted: str) -> list[Document]:
        rows = await self._layer.rows(ENTITIES[kind], self._select, wanted)
        return [read_as(Document, row, self._layer.connection) for row in rows]

    async def _as_erp(self, document: Document, kind: DocumentKind, key: str) -> ErpDocument:
        return erp_document(document, kind, key, await self._company.local_currency(), self._codes)

    async def _found_after_refusal(self, document: SalesDocument) -> ErpDocument | None:
        """Look the key up after an answer that may mean it is there (-2028)."""
        try:
            return await self.find(document.key, document.kind)
        except (Passing, ConnectionDown) as lost:
            raise InDoubt(
                "something is there under the key, and could not be read",
                quote=lost.problem.quote,
                connection=self._layer.connection,
            ) from lost


def path_of(kind: DocumentKind, entry: str, connection: str) -> str:
    """Return the address of a document. Raises `NotFound` for an id that no document can have."""
    if not (entry.isascii() and entry.isdecimal() and len(entry) < 12):
        raise NotFound("no document of SAP Business One has such an id", connection=connection)
    return f"{ENTITIES[kind]}({entry})"


def _first(documents: list[Document]) -> Document:
    """Return the one that counts: user fields go along when somebody duplicates a document by hand."""
    return min(documents, key=lambda document: (is_cancelled(document), document.DocEntry))


def _waiting(draft: ErpDocument) -> ErpDocument:
    """A draft in place of the document that was wanted waits for an approval, whatever it says itself."""
    if draft.state is ErpState.CANCELLED:
        return draft
    return draft.model_copy(update={"state": ErpState.DRAFT_PENDING})
