"""The document an ERP is asked for, the key that makes it exist once, and its comparison with the order."""

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.mapping.lines import TextLine
from domain.mapping.values import OwnField
from domain.model import Frozen
from domain.money import Money
from domain.order import Address, Order, OrderLine
from domain.policy import DocumentKind, Pair
from domain.totals import Pricing

KEY_LENGTH = 50
"""The shortest key column among the ERPs we know (SAP Business One: a user table's Code)."""


def posting_key(connection: str, store_order_id: str, kind: DocumentKind, revision: int) -> str:
    """Return the key of one ERP document, from business ids alone: `shop:1042:order:1`.

    `revision` counts documents of the same order: 1 until a posted document was cancelled and replaced.
    """
    return shortened_key(f"{connection}:{store_order_id}:{kind.value}:{revision}")


def shortened_key(key: str) -> str:
    """Return a key that fits the column: its end is replaced by a digest of the whole when it is too long."""
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 17]}~{hashlib.sha256(key.encode()).hexdigest()[:16]}"


class Choices(Frozen):
    """What rules chose for a document; an empty text leaves it to the mapping and the pair.

    `series`, `terms` and `price_list` (of a customer who is created) are names that the ERP's connection
    maps, or the ERP's own numbers. `fields` are further fields of the document by their targets in mappings.
    """

    series: str = ""
    terms: str = ""
    price_list: str = ""
    fields: dict[str, str] = Field(default_factory=dict)


class Attempt(Frozen):
    """What is being posted, frozen when the first create may go out: a changed order is another attempt.

    `revision` counts the documents of the same order: 1 until a posted one was cancelled and replaced.
    `mapping_version` 0 is none; `unknown_skus` are articles that the ERP was asked for and does not know.
    """

    order: Order
    pair: Pair
    customer_code: str
    revision: int = 1
    mapping_version: int = 0
    unknown_skus: tuple[str, ...] = ()
    choices: Choices = Choices()
    exchange: str = Field(default="", description="The return that sends these pieces instead.")

    @property
    def key(self) -> str:
        """The key under which the document exists at most once: `shop:1042:exchange:R1` for an exchange."""
        if self.exchange:
            return shortened_key(f"{self.order.connection}:{self.order.store_id}:exchange:{self.exchange}")
        return posting_key(self.order.connection, self.order.store_id, self.pair.document, self.revision)


class LineDetails(Frozen):
    """What a mapping says of a line, by the ERP's codes; empty leaves it to the ERP and its connection."""

    description: str = ""
    warehouse: str = ""
    tax_code: str = ""
    unit: str = ""
    fields: dict[str, OwnField] = Field(default_factory=dict)


class SalesDocument(Frozen):
    """What is posted: the order priced for the ERP, under its key and for one customer.

    `carrier`, `payment_method` and `series` are the ERP's codes or names that its connection maps; `fields`
    are the company's own fields. `details` belong to lines, by their ids.
    """

    key: str
    kind: DocumentKind
    order_number: str
    customer_code: str
    currency: str
    ordered_on: date
    deliver_on: date
    warehouse: str = ""
    terms: str = ""
    comment: str = ""
    billing: Address
    delivery: Address
    pricing: Pricing
    carrier: str = ""
    payment_method: str = ""
    series: str = ""
    fields: dict[str, OwnField] = Field(default_factory=dict)
    details: dict[str, LineDetails] = Field(default_factory=dict)
    texts: tuple[TextLine, ...] = ()


class ErpState(StrEnum):
    """What the ERP says of a document."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    DRAFT_PENDING = "draft_pending"


class ErpLine(Frozen):
    """A line as the ERP kept it."""

    sku: str
    quantity: Decimal
    open_quantity: Decimal | None = None


class ErpDocument(Frozen):
    """A document as the ERP holds it. `entry` is its id there, `number` what people call it."""

    kind: DocumentKind
    entry: str
    number: str
    state: ErpState
    key: str = ""
    customer_code: str = ""
    total: Money | None = None
    tax: Money | None = None
    lines: tuple[ErpLine, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether something of it was delivered already."""
        return any(
            line.open_quantity is not None and line.open_quantity < line.quantity for line in self.lines
        )


class ErpTotals(Frozen):
    """What the ERP calculates for a document it has not kept."""

    total: Money
    tax: Money | None = None


class Difference(Frozen):
    """One thing in which the ERP's document is not what was asked for."""

    what: str
    asked: str
    found: str


def differences(document: SalesDocument, total: Money, found: ErpDocument) -> tuple[Difference, ...]:
    """Compare the ERP's document with what was asked: customer, lines, quantities, tax and the total."""
    pricing = document.pricing
    asked_lines = Counter((line.sku, line.quantity) for line in pricing.lines)
    found_lines = Counter((line.sku, line.quantity) for line in found.lines)
    missing, extra = asked_lines - found_lines, found_lines - asked_lines
    tax = Money(pricing.expected.tax, document.currency)
    rows: list[tuple[bool, str, object, object]] = [
        (
            found.customer_code != document.customer_code,
            "customer",
            document.customer_code,
            found.customer_code,
        ),
        (
            bool(missing) or extra.total() != len(pricing.adjustments),
            "lines",
            _named([*missing.elements(), *((extra.kind.value, Decimal(1)) for extra in pricing.adjustments)]),
            _named(list(extra.elements())),
        ),
        (found.state is ErpState.CANCELLED, "state", ErpState.OPEN.value, found.state.value),
        (found.total is None or found.total.rounded() != total.rounded(), "total", total, found.total),
        (found.tax is not None and found.tax.rounded() != tax.rounded(), "tax", tax, found.tax),
    ]
    return tuple(
        Difference(what=what, asked=str(asked), found=str(seen))
        for differs, what, asked, seen in rows
        if differs
    )


def _named(lines: list[tuple[str, Decimal]]) -> str:
    return ", ".join(f"{quantity:f} × {sku}" for sku, quantity in sorted(lines))[:300] or "nothing"


def sales_document(
    order: Order, pair: Pair, *, key: str, customer_code: str, pricing: Pricing, today: date
) -> SalesDocument:
    """Return the document that an ERP is asked for."""
    rule = pair.payments.get(order.payment.method)
    deliver_on = order.deliver_by or today + timedelta(days=pair.deliver_days)
    return SalesDocument(
        key=key,
        kind=pair.document,
        order_number=order.number,
        customer_code=customer_code,
        currency=order.currency,
        ordered_on=today,
        deliver_on=max(deliver_on, today),
        warehouse=pair.warehouse,
        terms=(rule.terms if rule else "") or order.payment.terms,
        comment=order.comment,
        billing=order.billing,
        delivery=order.delivery,
        pricing=pricing,
    )


class Reservation(Frozen):
    """What our own books say of a key: who may write under it, and what became of it.

    `sent_at` is when a create was last sent without a known answer; until `lease_until` its request may
    still be under way. `turn` counts the attempts: only the latest may send. `bound` is what was made.
    """

    key: str
    turn: int = 0
    bound: dict[str, Any] | None = None
    sent_at: datetime | None = None
    lease_until: datetime | None = None

    def may_send(self, now: datetime, settle: timedelta) -> bool:
        """Whether a create may go out: none is open, or the open one can no longer land unseen."""
        return self.sent_at is None or now >= self.settles_at(settle)

    def settles_at(self, settle: timedelta) -> datetime:
        """When a create that was sent must have become visible, if it was done at all.

        One whose sender fell silent may have been done as late as its lease ends.
        """
        if self.sent_at is None:
            raise ValueError("nothing was sent under this key")
        return (self.lease_until or self.sent_at) + settle


class ChangeOutcome(StrEnum):
    """What became of a cancellation in the ERP."""

    CANCELLED = "cancelled"
    CLOSED = "closed"
    IMPOSSIBLE = "impossible"


class Cancellation(Frozen):
    """The ERP's answer to a cancellation, with the reason when it is impossible."""

    outcome: ChangeOutcome
    sentence: str = ""


def changes(before: Order, after: Order) -> tuple[Difference, ...]:
    """Tell in words what differs between two states of a store's order, for a person who must act on it."""
    old, new = ({line.id: line for line in order.lines} for order in (before, after))
    rows = [
        _changed(f"line {key}", _pieces(new.get(key)) or "removed", _pieces(old.get(key)) or "not there")
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    ]
    now, then = after.payment, before.payment
    if after.total != before.total:
        rows.append(_changed("total", str(after.total), str(before.total)))
    if after.delivery != before.delivery:
        rows.append(_changed("delivery address", _place(after.delivery), _place(before.delivery)))
    if after.billing != before.billing:
        rows.append(_changed("billing address", _place(after.billing), _place(before.billing)))
    if (now.method, now.terms) != (then.method, then.terms):
        rows.append(_changed("payment method", now.method, then.method))
    others = ("customer", "discounts", "shipping", "wrapping", "deliver_by")
    rows += [
        _changed(name.replace("_", " ")) for name in others if getattr(after, name) != getattr(before, name)
    ]
    if not rows and after.revision != before.revision:
        rows.append(_changed("order"))
    return tuple(rows)


def _changed(what: str, asked: str = "", found: str = "") -> Difference:
    # What has no short words of its own, or no words that may be shown, is only named.
    if asked == found:
        asked, found = "changed", "as posted"
    return Difference(what=what, asked=asked, found=found)


def _pieces(line: OrderLine | None) -> str:
    return f"{line.quantity:f} × {line.sku}" if line else ""


def _place(address: Address) -> str:
    return ", ".join(
        part for part in (address.street, address.postcode, address.city, address.country) if part
    )
