"""The ports: what Waybill asks of a store, an ERP and a mail channel, in the domain's words.

Every method raises only classes of `domain.errors`. A method that writes raises `InDoubt` when it cannot
know whether the other side wrote, `Refused` when it said no, and never repeats the write by itself.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from adapters.fulfilment_port import AftercarePort, FulfilmentPort
from domain.facts import Credit, CustomerMatch, ItemStock
from domain.model import Frozen
from domain.order import Order
from domain.policy import DocumentKind
from domain.posting import Cancellation, ErpDocument, ErpTotals, SalesDocument
from domain.refunds import StoreRefund
from domain.stock import PublishedStock, StoreStock
from domain.totals import Arithmetic

STATUS_WENT_ON = "status_went_on"
"""The code of a refused status: somebody else changed the order in the store meanwhile."""


class Finding(Frozen):
    """One thing a connection test looked at, and the fix when it is not right."""

    what: str
    ok: bool
    fix: str = ""


class SetupStep(Frozen):
    """One thing Waybill needs inside the other system, and whether it is there already."""

    name: str
    what: str
    done: bool


class WebhookEvent(Frozen):
    """What a store's webhook says: a hint about one order, or about something we do not follow.

    `subject` is the store's number of what of the order it is about: the return that was asked for.
    """

    kind: str
    order_id: str = ""
    subject: str = ""


class OrderHint(Frozen):
    """An order that the store's own list names as new or changed.

    `mark` identifies this state of the order, so that the same state is not taken twice. `kind` is that of
    the webhook that would have told it, where the list tells.
    """

    order_id: str
    mark: str
    kind: str = "order.listed"


class ChangedOrders(Frozen):
    """A page of hints, the cursor to go on from, and whether there is more."""

    hints: tuple[OrderHint, ...]
    cursor: dict[str, str]
    more: bool


class RestockLine(Frozen):
    """An article to be bought, in pieces."""

    sku: str
    quantity: Decimal


class SignatureRefused(ValueError):
    """A webhook is not from whom it says: unsigned, wrongly signed, too old or from the future."""


class Greeting(SignatureRefused):
    """It is not signed and says nothing: the store asks whether anybody is there, and wants a 200."""


class BodyRefused(ValueError):
    """A signed webhook cannot be read; `field` names the place."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class StorePort(Protocol):
    """A store."""

    async def answers(self) -> None:
        """Return when the store answers and takes our key; raise what is in the way."""

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, key accepted, each right that is needed."""

    async def read_order(self, order_id: str) -> Order:
        """Read an order in full. Raises `NotFound` when the store denies it."""

    async def changed_orders(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read the store's own list of new and changed orders from a cursor on ({}: from now back a little).

        Pages overlap, and a hint may come twice: `OrderHint.mark` tells repeats.
        """

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime, /) -> str:
        """Check a webhook's signature over its raw bytes; return the delivery id.

        Raises `SignatureRefused`; `Greeting`, one of its kind, where the store only asks whether anybody is
        there. Header names are in lower case.
        """

    def read_webhook(self, headers: Mapping[str, str], body: bytes, /) -> WebhookEvent:
        """Read a webhook whose signature was right. Raises `BodyRefused`."""

    async def refunds(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Read what the store gave back of an order, the oldest first; nothing for an order it denies."""

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Show the ERP's number with the order in the store. Safe to repeat: it is read before written."""

    async def set_status(self, order_id: str, status: str, *, only_from: tuple[str, ...] = ()) -> None:
        """Set the order's status (the store's own code). Safe to repeat: it is read before written.

        With `only_from`, an order that has another status by now keeps it, and one that somebody gave it
        while ours was written is put back: raises `Refused` with the code `STATUS_WENT_ON`.
        """

    async def set_tracking(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' tracking numbers. Safe to repeat."""

    async def read_stock(self, skus: tuple[str, ...]) -> StoreStock:
        """Read what is for sale of some articles; one that cannot be told for sure is left out."""

    async def publish_stock(
        self, levels: Mapping[str, Decimal], *, seen: Mapping[str, Decimal] | None = None
    ) -> PublishedStock:
        """Set what is for sale, in whole pieces by SKU. Safe to repeat: only what differs is written.

        With `seen`, an article whose stock is another by now is left alone: somebody bought meanwhile. One
        article that cannot be written stops no other.
        """

    async def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class SendsInParts(Protocol):
    """A store that keeps which pieces of an order have left."""

    async def set_tracking_of_part(
        self, order_id: str, numbers: tuple[str, ...], sent: Mapping[str, Decimal]
    ) -> None:
        """Show the parcels' numbers while a part of the order is still to leave. Safe to repeat.

        `sent` are the pieces that left so far, by article.
        """


class ErpPort(FulfilmentPort, AftercarePort, Protocol):
    """An ERP, from the customer's look-up to the last return."""

    @property
    def arithmetic(self) -> Arithmetic:
        """How it calculates a document."""

    @property
    def write_timeout(self) -> timedelta:
        """How long a write may be under way before we give up on its answer."""

    async def answers(self) -> None:
        """Return when the ERP answers and takes our login; raise what is in the way."""

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, login accepted, company, each thing the adapter needs there."""

    async def setup_steps(self) -> tuple[SetupStep, ...]:
        """Tell what Waybill needs inside the ERP and what of it is there."""

    async def set_up(self, step: str) -> None:
        """Create one of the things that `setup_steps` names. Safe to repeat."""

    async def find_customer(self, order: Order, named: str) -> tuple[CustomerMatch, Credit | None]:
        """Find the buyer by the matching ladder: `named` by a person, own id, VAT id, e-mail."""

    async def create_customer(self, order: Order, *, price_list: str = "") -> str:
        """Create the buyer and return the ERP's code. Safe to repeat: the same buyer gets the same code.

        `price_list` is a name that the connection maps, or the ERP's own number; empty: the connection's.
        """

    async def items(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is known of each article, and its stock in a warehouse ("" for all)."""

    def written(self, document: SalesDocument) -> dict[str, Any]:
        """Return the document as it would be sent. Raises what `create_document` raises before it sends."""

    async def missing_fields(self, header: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Tell which of these own fields (`U_…`) of documents and of lines a mapping cannot fill, and why."""

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let the ERP calculate a document without keeping it."""

    async def find_document(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key, drafts that wait for an approval included."""

    async def create_document(self, document: SalesDocument) -> ErpDocument:
        """Create the document under its key, at most once for ever where the ERP can enforce that."""

    async def read_document(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by the ERP's id."""

    async def cancel_document(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel what is untouched, close what is partly delivered, say why when neither is possible."""

    async def request_restock(self, reference: str, lines: tuple[RestockLine, ...], warehouse: str) -> str:
        """Ask for articles to be bought; return the ERP's number. Safe to repeat with one reference."""

    async def close(self) -> None:
        """Log out and give back connections."""


class Attachment(Frozen):
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


class Mail(Frozen):
    """One mail to one person. `message_id` is the same for every attempt, so that doubles can be told.

    `html` stands beside the text for those who can show it.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


class MailPort(Protocol):
    """A way to send mail."""

    async def test(self) -> tuple[Finding, ...]:
        """Look whether mail could be sent."""

    async def send(self, mail: Mail) -> str:
        """Hand over one mail; return the server's answer. Raises `InDoubt` after an ambiguous end."""
