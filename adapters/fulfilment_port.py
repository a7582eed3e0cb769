"""What Waybill asks of an ERP after an order was posted: what changed, what became of it, its papers."""

from collections.abc import Mapping
from typing import Protocol

from domain.fulfilment import Paper, Progress
from domain.model import Frozen
from domain.policy import DocumentKind, PaperKind
from domain.returns import IncomingPayment, PaymentEntry, TakeBack


class ErpHint(Frozen):
    """A hint that an order is worth asking for: one of its documents is new or changed.

    `entry` is the sales document's id where the ERP tells it, `key` our own key where the document carries
    it; at least one is set. `what` names the changed document for the log: `delivery 4711`.
    """

    kind: DocumentKind = DocumentKind.ORDER
    entry: str = ""
    key: str = ""
    what: str = ""


class ErpChanges(Frozen):
    """A page of hints, the cursor to go on from, and whether there is more to read at once."""

    hints: tuple[ErpHint, ...]
    cursor: dict[str, str]
    more: bool


class FulfilmentPort(Protocol):
    """An ERP after the order was posted."""

    async def changes(self, cursor: Mapping[str, str]) -> ErpChanges:
        """Read what changed from a cursor on ({}: from now on; nothing that is older).

        Sales documents (changed, closed, cancelled), deliveries, invoices, returns, credit notes and pick
        lists. Pages overlap and hints may come twice; a change that committed late, or in a clock's second
        hour of a daylight-saving night, is never passed over. Documents that no web order is behind are
        left out where the ERP can tell.
        """

    def answer_handshake(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the answer that the ERP wants before it sends webhooks. Raises `SignatureRefused`."""

    def verify_event(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check a webhook of the ERP: it only says that `changes` is worth a look.

        Raises `SignatureRefused`, or `BodyRefused` for one that is signed and cannot be read.
        """

    async def progress(self, kind: DocumentKind, entry: str) -> Progress:
        """Read the whole picture of one sales document. Raises `NotFound`."""

    async def paper_pdf(self, kind: PaperKind, entry: str) -> bytes:
        """Return a document as a PDF file (it begins with `%PDF-`).

        Raises `NotFound` when the ERP has none, `UnexpectedAnswer` when what it sent is no PDF,
        `BadConfiguration` when no layout is set for the kind.
        """


class AftercarePort(Protocol):
    """An ERP that takes goods and money back, and money in, after the order was posted."""

    async def take_back(self, wanted: TakeBack) -> Paper:
        """Make a return request, a return or a credit note, once under its key.

        Repeating it returns what is there. Raises `Refused` for more than was shipped or invoiced less what
        was taken back already, `InDoubt` when nobody knows whether it was made; then `find_paper` tells.
        """

    async def find_paper(self, kind: PaperKind, key: str) -> Paper | None:
        """Look for what was made under a key."""

    async def register_payment(self, payment: IncomingPayment) -> PaymentEntry | None:
        """Enter money that came in, once under its key; an amount of zero makes nothing.

        What an invoice does not need stays on the customer's account. Raises as `take_back`.
        """

    async def find_payment(self, key: str) -> PaymentEntry | None:
        """Look for the payment that was entered under a key."""
