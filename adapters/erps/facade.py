"""What is the same in every ERP adapter: a question of the port goes to the part that knows its subject."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from adapters.fulfilment_port import ErpChanges
from adapters.ports import Finding, RestockLine, SetupStep
from domain.errors import InDoubt
from domain.facts import Credit, CustomerMatch, ItemStock
from domain.fulfilment import Paper, Progress
from domain.order import Order
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpTotals, SalesDocument
from domain.returns import IncomingPayment, PaymentEntry, TakeBack


class CheckupPart(Protocol):
    """Looks at the connection, the user's rights and what the settings name."""

    async def findings(self) -> tuple[Finding, ...]: ...


class SetUpPart(Protocol):
    """Knows what Waybill needs inside the ERP."""

    async def steps(self) -> tuple[SetupStep, ...]: ...
    async def do(self, step: str, /) -> None: ...
    async def missing_fields(self, header: tuple[str, ...], lines: tuple[str, ...], /) -> tuple[str, ...]: ...


class PartnersPart(Protocol):
    """Finds and creates buyers."""

    async def find(self, order: Order, named: str, /) -> tuple[CustomerMatch, Credit | None]: ...
    async def create(self, order: Order, price_list: str, /) -> str: ...


class ArticlesPart(Protocol):
    """Knows articles and their stock."""

    async def stock(self, skus: tuple[str, ...], warehouse: str, /) -> tuple[ItemStock, ...]: ...


class DocumentsPart(Protocol):
    """Makes and reads sales documents."""

    async def preview(self, document: SalesDocument, /) -> ErpTotals: ...
    async def find(self, key: str, kind: DocumentKind, /) -> ErpDocument | None: ...
    async def create(self, document: SalesDocument, /) -> ErpDocument: ...
    async def read(self, kind: DocumentKind, entry: str, /) -> ErpDocument: ...


class FeedPart(Protocol):
    """Reads what changed."""

    async def read(self, cursor: Mapping[str, str], /) -> ErpChanges: ...


class ProgressPart(Protocol):
    """Reads a sales document and all that follows it."""

    async def read(self, kind: DocumentKind, entry: str, /) -> Progress: ...


class PapersPart(Protocol):
    """Prints documents."""

    async def read(self, kind: PaperKind, entry: str, /) -> bytes: ...


class AftercarePart(Protocol):
    """Takes goods and money back."""

    async def take_back(self, wanted: TakeBack, /) -> Paper: ...
    async def find_paper(self, kind: PaperKind, key: str, /) -> Paper | None: ...


class PaymentsPart(Protocol):
    """Enters money that came in."""

    async def register(self, payment: IncomingPayment, /) -> PaymentEntry | None: ...
    async def find(self, key: str, /) -> PaymentEntry | None: ...


class RestockPart(Protocol):
    """Asks for articles to be bought."""

    async def request(self, reference: str, lines: tuple[RestockLine, ...], warehouse: str, /) -> str: ...


class ErpFacade(ABC):
    """One company of an ERP, made of parts that its adapter names.

    It carries the questions of `ErpPort` that every ERP answers in this way; an adapter adds the others. What
    each takes, answers and raises is said at the port. Writes are given up after `write_timeout`: `InDoubt`.
    """

    _connection: str
    _checkup: CheckupPart
    _set_up: SetUpPart
    _partners: PartnersPart
    _articles: ArticlesPart
    _documents: DocumentsPart
    _feed: FeedPart
    _progress: ProgressPart
    _papers: PapersPart
    _aftercare: AftercarePart
    _payments: PaymentsPart
    _restock: RestockPart

    @property
    @abstractmethod
    def write_timeout(self) -> timedelta:
        """How long a write may be under way before we give up on its answer."""

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection, the user's rights and what the settings name."""
        return await self._checkup.findings()

    async def setup_steps(self) -> tuple[SetupStep, ...]:
        """Tell what Waybill needs inside the ERP and what of it is there."""
        return await self._set_up.steps()

    async def set_up(self, step: str) -> None:
        """Create one of the things that `setup_steps` names. Safe to repeat."""
        await self._set_up.do(step)

    async def missing_fields(self, header: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Tell which own fields of documents and lines cannot be filled."""
        return await self._set_up.missing_fields(tuple(header), tuple(lines))

    async def find_customer(self, order: Order, named: str) -> tuple[CustomerMatch, Credit | None]:
        """Find the buyer: whom a person named, else by own id, VAT id, e-mail."""
        return await self._partners.find(order, named)

    async def create_customer(self, order: Order, *, price_list: str = "") -> str:
        """Create the buyer and return the code. Safe to repeat: a lost answer is `Passing`."""
        return await self._partners.create(order, price_list)

    async def items(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is known of each article, and its stock in a warehouse ("" for all)."""
        return await self._articles.stock(skus, warehouse)

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let the ERP calculate a document without keeping it."""
        return await self._documents.preview(document)

    async def find_document(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key."""
        return await self._documents.find(key, kind)

    async def create_document(self, document: SalesDocument) -> ErpDocument:
        """Create the document under its key; the ERP itself refuses a second one."""
        async with self._writing():
            return await self._documents.create(document)

    async def read_document(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by its id."""
        return await self._documents.read(kind, entry)

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

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Give up a write whose answer takes too long: then nobody knows."""
        try:
            async with asyncio.timeout(self.write_timeout.total_seconds()):
                yield
        except TimeoutError:
            raise InDoubt("the write took too long", connection=self._connection) from None
